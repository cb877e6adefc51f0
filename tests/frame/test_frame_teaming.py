"""One of several workers: who leads, and what it says of itself on its own machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.request import urlopen

import pytest
import sqlalchemy as sa

from campaign_app.credentials import MemoryKeeper
from campaign_app.jobs.sharing import QUEUES, WHOLE
from campaign_app.storage.homes import Hand
from campaign_app.storage.leasing import Lease
from campaign_app.storage.program import RELEASE, VERSION
from campaign_app.storage.workspace import Workspace, open_workspace
from campaign_app.teaming import EVERYTHING, Part, health, share_of
from tests.helpers.pg import team_workspace

KEY = bytes(range(32))
HAND = Hand(VERSION, tuple(QUEUES), 60.0, bool)
WAITS = sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with team_workspace(tmp_path / "ws", KEY) as opened:
        yield opened


def later(lease: Lease) -> None:
    """A second is over."""
    known = lease.now
    lease.now = lambda: known() + 1


def test_the_oldest_leads_and_the_next_one_once_it_has_ended(workspace: Workspace) -> None:
    with closing(open_workspace(workspace.folder, MemoryKeeper(KEY))) as other, other.work(HAND) as second_to_be:
        assert second_to_be is not None
        with workspace.work(HAND) as younger:
            assert younger is not None
            looks = list[float]()
            first = share_of(EVERYTHING, second_to_be, lambda: looks.append(second_to_be.now()))
            second = share_of(Part(("send",), 3), younger)
            assert (second.executor, second.queues, second.concurrency) == (younger.executor, {"send"}, 3)
            assert (first.leads(), second.leads()) == (True, False)
            later(second_to_be)
            assert (first.leads(), first.leads(), len(looks)) == (True, True, 2), "who leads has to look as well"
            second_to_be.store.leave(second_to_be.worker_id)
            assert not second.leads(), "it knows for a second that another one does"
            later(younger)
            assert second.leads()
            assert second.leads()


def test_nobody_is_declared_over_right_behind_a_server_that_was_away_from_all(workspace: Workspace) -> None:
    with workspace.work(HAND) as lease:
        assert lease is not None
        store, known, share = lease.store, lease.now, share_of(EVERYTHING, lease)
        silent = store.enter(VERSION, ["send"], 0.0)  # its lease is over at once
        lease.now = lambda: known() + 31  # more than half of its own without an answer
        share.leads()
        assert silent in store.not_ended()
        lease.renew()
        lease.now = lambda: known() + 34
        share_of(EVERYTHING, lease).leads()
        assert silent in store.not_ended(), "it may be about to renew its own"
        lease.now = lambda: known() + 36  # 4.5 s behind the first answer
        share_of(EVERYTHING, lease).leads()
        assert store.not_ended() == (lease.worker_id,)


def test_nor_by_who_had_begun_to_before_the_server_was_away(workspace: Workspace) -> None:
    with workspace.work(HAND) as lease, ThreadPoolExecutor(1) as flows:
        assert lease is not None
        store, known = lease.store, lease.now
        silent = store.enter(VERSION, ["send"], 0.0)
        with workspace.database.write() as connection:
            leads = flows.submit(share_of(EVERYTHING, lease).leads)
            while not connection.execute(WAITS).scalar_one():
                assert not leads.done()
            lease.now = lambda: known() + 31
        assert leads.result(30)
        assert silent in store.not_ended()


def test_a_workspace_of_one_computer_is_shared_with_nobody() -> None:
    assert share_of(EVERYTHING, None) is WHOLE
    with health(Part(health_port=0), None) as port:
        assert port == 0


def test_it_says_how_it_does(workspace: Workspace) -> None:
    with workspace.work(HAND) as lease:
        assert lease is not None
        with health(EVERYTHING, lease) as port:
            assert port == 0, "nobody asked for it"
        with (
            health(Part(("send",), health_port=0), lease) as port,
            urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer,
        ):
            said = json.load(answer)
        assert said.keys() == {"version", "worker", "lease_seconds", "queues", "last_heartbeat"}
        assert (said["version"], said["worker"], said["queues"]) == (RELEASE, lease.worker_id, ["send"])
        assert 0 < said["lease_seconds"] <= 60
