"""Workspaces with rows in every table, and moves of them to the tests' server and back."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa

from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.errors import WorkspaceError
from campaign_app.storage import migrate, moving
from campaign_app.storage.moving import Report
from campaign_app.storage.schema_sending import campaign
from campaign_app.storage.seen import Seen
from campaign_app.storage.server import Server
from campaign_app.storage.workspace import Workspace, open_workspace
from tests.helpers.old import encrypted
from tests.helpers.pg import PASSWORD, cluster
from tools.make_workspace_vectors import AT, KEY

AWAY = "server_unreachable"


@contextmanager
def opened(folder: Path, key: bytes = KEY) -> Iterator[Workspace]:
    with closing(open_workspace(folder, MemoryKeeper(key))) as found:
        yield found


def code_of(folder: Path, key: bytes = KEY) -> str:
    with pytest.raises(WorkspaceError) as caught:
        open_workspace(folder, MemoryKeeper(key)).close()
    return caught.value.code


def full(folder: Path) -> Path:
    """A workspace with rows in every table, and nothing under way."""
    return Path(shutil.copytree(_full(), folder))


@cache
def _full() -> Path:
    made = encrypted(Path(tempfile.mkdtemp(prefix="full-", dir=Path.home())) / "workspace", migrate.HEAD)
    with opened(made) as found, found.database.write() as connection:
        connection.execute(sa.update(campaign).values(state="paused"))
    return made


def move(source: Path, folder: Path, server: Server | None = None, **how: object) -> Report:
    key = bytes(how.pop("key", KEY))
    tick: Callable[[float], object] = how.pop("tick", lambda _: None)
    password = str(how.pop("password", PASSWORD))
    to = moving.to_folder(folder, key) if server is None else moving.to_server(folder, key, server, password)
    with opened(source, key) as found:
        seen: Seen | None = how.pop("seen", lambda _: None)(found)
        return moving.move(found, to, actor="wang", clock=lambda: AT, seen=seen, tick=tick)


def refused(source: Path, folder: Path, server: Server | None, **how: object) -> str:
    with pytest.raises(WorkspaceError) as caught:
        move(source, folder, server, **how)
    return caught.value.code


def cut(server: Server) -> None:
    """As a server that restarts does."""
    with cluster().admin() as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid, 9000) FROM pg_stat_activity WHERE datname = %s", [server.database]
        )


def require_still_live(source: Path, folder: Path, server: Server | None = None) -> None:
    """And nothing is left of the try."""
    assert not folder.exists() or not any(folder.iterdir())
    assert not [path for path in folder.parent.iterdir() if path.name.startswith(".")]
    if server is not None:
        with cluster().admin(server.database) as admin:
            there = admin.execute("SELECT nspname FROM pg_namespace WHERE nspname = 'campaign_app'").fetchall()
        assert not there
    with opened(source) as found:
        found.jobs.enqueue("sync", {}, AT)
        assert found.audit.verify()
