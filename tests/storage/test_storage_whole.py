"""What is asked of a server costs as few waits as it can, and a connection that it has ended is replaced unnoticed."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from threading import Thread

import pytest
import sqlalchemy as sa
from storage_samples import NOW

from campaign_app.storage.fetching import read_rows
from campaign_app.storage.lists import write_all
from campaign_app.storage.postgres import ServerDatabase, open_server
from campaign_app.storage.schema_imports import waiting_key
from campaign_app.storage.upserts import plain_insert
from campaign_app.storage.whole import require_whole
from campaign_app.storage.workspace import Workspace
from tests.helpers.pg import PASSWORD, cluster, cut_connections

DIALECTS = ("postgresql",)
ONE = sa.select(waiting_key.c.key).where(waiting_key.c.key == sa.bindparam("which"))


class Relay:
    """Between a program and its server: how often somebody said something and waited for an answer."""

    def __init__(self, port: int) -> None:
        self.asked = 0
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._listener.accept()
                there = socket.create_connection(("127.0.0.1", self._to))
                Thread(target=self._carry, args=(here, there), daemon=True).start()

    def _carry(self, here: socket.socket, there: socket.socket) -> None:
        spoke, pairs = there, {here: there, there: here}
        with here, there, suppress(OSError):
            while True:
                for ready in select.select(list(pairs), [], [])[0]:
                    said = ready.recv(1 << 16)
                    if not said:
                        return
                    self.asked += ready is here and spoke is there
                    spoke = ready
                    pairs[ready].sendall(said)

    def close(self) -> None:
        self._listener.close()


@contextmanager
def relayed(workspace: Workspace) -> Iterator[tuple[ServerDatabase, Relay]]:
    name = workspace.database.engine.url.database
    assert name is not None
    server = cluster().server(name)
    with closing(Relay(server.port)) as relay:
        database = ServerDatabase(open_server(replace(server, port=relay.port), PASSWORD))
        yield database, relay
        database.engine.dispose()


def test_one_statement_is_one_wait(workspace: Workspace) -> None:
    with relayed(workspace) as (database, relay):
        for _ in range(6):  # then it is prepared
            read_rows(database, ONE, which=1)
        before = relay.asked
        for _ in range(10):
            read_rows(database, ONE, which=1)
        assert relay.asked - before == 10


def test_all_rows_of_a_list_are_one_wait(workspace: Workspace) -> None:
    def write(first: int) -> None:
        with database.write() as connection:
            rows = [{"key": first + n, "import_id": 1, "row_no": n} for n in range(1_000)]
            write_all(connection, plain_insert(waiting_key), rows)

    with relayed(workspace) as (database, relay):
        for n in range(6):
            write(1_000 * n)
        before = relay.asked
        write(6_000)
        assert relay.asked - before == 4, "to begin, to have the writers' lock, to write, to commit"


def test_connections_that_the_server_ended_are_replaced_unnoticed(workspace: Workspace) -> None:
    for n in range(3):
        with workspace.database.read() as one, workspace.database.read() as other:
            assert one.execute(sa.select(1)).scalar() == other.execute(sa.select(1)).scalar() == 1
        cut_connections(workspace)
        read_rows(workspace.database, ONE, which=1)
        workspace.audit.record("still", actor="test", at=NOW, n=n)
    assert workspace.audit.verify() == 3


def test_without_poll_it_is_told_as_well(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(select, "poll", raising=False)
    with workspace.database.read() as connection:
        driver = connection.connection.driver_connection
        require_whole(driver, None, None)
        cut_connections(workspace)
        with pytest.raises(sa.exc.DisconnectionError):
            require_whole(driver, None, None)
        connection.invalidate()
    assert read_rows(workspace.database, ONE, which=1) == []
