"""A server that took over may lack what the former one committed last: whoever was at work then has to come back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, nullcontext
from pathlib import Path

import pytest
import sqlalchemy as sa
from storage_samples import KEY

from campaign_app.credentials import MemoryKeeper
from campaign_app.storage import copies, stood_in
from campaign_app.storage.homes import Hand, ServerHome
from campaign_app.storage.program import VERSION
from campaign_app.storage.schema_workers import worker
from campaign_app.storage.workspace import Workspace, open_workspace

DIALECTS = ("postgresql",)
HAND = Hand(VERSION, ("send",), 60.0, bool)


@pytest.fixture
def other(workspace: Workspace, tmp_path: Path) -> Iterator[Workspace]:
    with closing(open_workspace(shutil.copytree(workspace.folder, tmp_path / "o"), MemoryKeeper(KEY))) as opened:
        yield opened


def look(workspace: Workspace) -> str:
    """What a worker of this host does all the time, and why it then takes the database for a copy."""
    assert isinstance(workspace.home, ServerHome)
    workspace.home.leases.end_expired(lambda: True)
    with workspace.database.look() as connection:
        return copies.noticed(copies.meta_of(connection)).get("why", "")


def expire(workspace: Workspace, worker_id: int, host: str = "another") -> None:
    with workspace.database.write() as connection:
        connection.execute(sa.update(worker).where(worker.c.id == worker_id).values(lease_until=0, host=host))


def stand_in(monkeypatch: pytest.MonkeyPatch, timeline: int) -> None:
    monkeypatch.setattr(stood_in, "timeline", lambda *_: timeline)


def test_a_server_tells_its_timeline(workspace: Workspace) -> None:
    with workspace.database.look() as connection:
        assert stood_in.timeline(connection, nullcontext()) == 1


def test_whoever_does_not_come_back_behind_a_standby_that_took_over_stops_everything(
    workspace: Workspace, other: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it claimed last may be lost with the former server, and would leave once more."""
    with workspace.work(HAND) as mine, other.work(HAND) as theirs:
        assert mine is not None
        assert theirs is not None
        assert look(workspace) == ""
        stand_in(monkeypatch, 2)
        assert look(workspace) == "", "its lease is not over"
        expire(workspace, theirs.worker_id)
        assert look(workspace) == "older_copy"


def test_one_that_enters_first_behind_it_asks_the_same(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with workspace.work(HAND) as former, monkeypatch.context() as then:
        assert former is not None
        expire(workspace, former.worker_id)
        stand_in(then, 2)
        assert isinstance(workspace.home, ServerHome)
        workspace.home.leases.enter(VERSION, (), 60.0)
        assert look(workspace) == "older_copy"


def test_where_all_come_back_nobody_is_alarmed_nor_by_one_that_ends_later(
    workspace: Workspace, other: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with workspace.work(HAND) as mine, other.work(HAND) as theirs:
        assert mine is not None
        assert theirs is not None
        look(workspace)
        stand_in(monkeypatch, 2)
        look(workspace)
        for each in (mine, theirs):
            each.renew()
        assert look(workspace) == ""
        expire(workspace, theirs.worker_id)
        assert look(workspace) == "", "as any other that ended"


def test_one_of_this_host_has_its_marks_here(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with workspace.work(HAND) as former:
        assert former is not None
        look(workspace)
        expire(workspace, former.worker_id, stood_in.place_id())
        stand_in(monkeypatch, 2)
        assert look(workspace) == ""


def test_another_count_and_a_server_that_tells_none_alarm_nobody(
    workspace: Workspace, other: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as then:
        stand_in(then, 3)
        with workspace.work(HAND) as former:
            assert former is not None
            stand_in(then, 1)  # as pg_upgrade begins anew
            expire(workspace, former.worker_id)
            assert look(workspace) == ""
    monkeypatch.setattr(stood_in, "_TOLD", sa.text("SELECT no_such_function()"))
    with other.work(HAND):
        assert look(other) == ""


def test_a_person_who_accepted_what_is_there_is_not_asked_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with workspace.work(HAND) as former:
        assert former is not None
        look(workspace)
        stand_in(monkeypatch, 2)
        look(workspace)
        with workspace.database.write() as connection:
            copies.begin_anew(connection)
        expire(workspace, former.worker_id)
        assert look(workspace) == ""


def test_a_number_that_a_restored_server_gave_anew_is_no_longer_the_former_ones(workspace: Workspace) -> None:
    with workspace.work(HAND) as mine:
        assert mine is not None
        with workspace.database.engine.begin() as beside:
            beside.execute(sa.update(worker).values(pid=worker.c.pid + 1))
        mine.renew()
        assert workspace.gone(), "both would send as one"
