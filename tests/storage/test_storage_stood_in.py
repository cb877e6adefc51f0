"""A server that took over may lack what the former one committed last: every host that was at work has to look."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from storage_samples import KEY, NOW, Campaigning, pass_triggers

from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.errors import WorkspaceError
from campaign_app.storage import copies, leases, moving, schema_workers, seen, stood_in
from campaign_app.storage.homes import Hand, ServerHome
from campaign_app.storage.leases import SqlLeases
from campaign_app.storage.program import VERSION
from campaign_app.storage.schema_sending import ledger, submission
from campaign_app.storage.schema_workers import worker
from campaign_app.storage.seen import Seen
from campaign_app.storage.workspace import Workspace, open_workspace

DIALECTS = ("postgresql",)
HAND = Hand(VERSION, ("send",), 60.0, bool)


class Host:
    """A worker's process on a host of its own."""

    def __init__(self, workspace: Workspace, folder: Path, name: str, patch: pytest.MonkeyPatch) -> None:
        self.workspace, self.name, self._patch = workspace, name, patch
        self._seen = Seen(workspace.database, folder / name, "", lambda: NOW)
        assert isinstance(workspace.home, ServerHome)
        self.leases: SqlLeases = workspace.home.leases

    def enter(self) -> int:
        """Without the look at what was seen, by which a worker begins."""
        self._here()
        return self.leases.enter(VERSION, ("send",), 60.0)

    def leave(self, number: int) -> None:
        self._here()
        self.leases.leave(number)

    def begin(self) -> int:
        number = self.enter()
        assert self.guard() == ""
        return number

    def guard(self) -> str:
        self._here()
        return self._seen.guard()

    def waits(self) -> bool:
        """What a worker asks all the time, and before anything is claimed or leaves."""
        self._here()
        return self._seen.waits()

    def _here(self) -> None:
        for module in (leases, schema_workers, seen):
            self._patch.setattr(module, "place_id", lambda: self.name)


def change(workspace: Workspace, number: int, **values: object) -> None:
    with workspace.database.write() as connection:
        connection.execute(sa.update(worker).where(worker.c.id == number).values(values))


def alarm(workspace: Workspace) -> str:
    with workspace.database.look() as connection:
        return copies.noticed(copies.meta_of(connection)).get("why", "")


def waited_for(workspace: Workspace) -> stood_in.Awaited | None:
    """What a window tells."""
    with workspace.database.look() as connection:
        return stood_in.awaited(connection)


def stand_in(patch: pytest.MonkeyPatch, timeline: int, last: int = 0) -> None:
    """`last`: when what it took over ends; 0 for a server that was restarted since."""
    patch.setattr(stood_in, "timeline", lambda *_: timeline)
    patch.setattr(stood_in, "_REPLAYED", sa.select(sa.literal(last) if last else sa.null()))


@pytest.fixture
def hosts(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Host, Host]]:
    with closing(open_workspace(shutil.copytree(workspace.folder, tmp_path / "o"), MemoryKeeper(KEY))) as other:
        yield Host(workspace, tmp_path, "a", monkeypatch), Host(other, tmp_path, "b", monkeypatch)


def test_a_server_tells_its_timeline(workspace: Workspace) -> None:
    with workspace.database.look() as connection:
        assert stood_in.timeline(connection, nullcontext()) == 1
        assert connection.execute(stood_in._REPLAYED).scalar() is None, "it took over from nobody"


def test_nothing_is_claimed_until_whoever_comes_back_has_looked_and_what_it_misses_stops_everything(
    workspace: Workspace, hosts: tuple[Host, Host], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sign of life says nothing: what it sent last would leave once more."""
    made, (here, there) = Campaigning(workspace, 3), hosts
    here.begin()
    theirs = there.begin()
    made.claim(0)
    assert there.guard() == "", "and hands it over"
    with workspace.database.write() as connection:
        pass_triggers(connection, "submission")
        connection.execute(sa.delete(ledger))
        connection.execute(sa.delete(submission))
    stand_in(monkeypatch, 2)
    change(workspace, theirs, beat_at=stood_in.SERVER_NOW)
    assert [here.waits(), here.waits()] == [True, True]
    assert (here.guard(), alarm(workspace)) == ("", "")
    assert there.waits()
    assert (alarm(workspace), here.guard()) == ("older_copy", "older_copy")


def test_where_all_come_back_it_goes_on(
    workspace: Workspace, hosts: tuple[Host, Host], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = hosts
    here.begin()
    theirs = there.begin()
    assert not here.waits()
    stand_in(monkeypatch, 2)
    assert waited_for(workspace) is None, "nobody has noted it yet"
    there.leave(theirs)
    assert here.waits(), "it ended, and has not looked"
    told = waited_for(workspace)
    assert told is not None
    assert told.hosts == 1
    left = told.until - datetime.now(UTC)
    assert timedelta(minutes=4) < left <= timedelta(milliseconds=stood_in.PATIENCE_MS), "by the server's clock"
    with monkeypatch.context() as later:
        later.setattr(stood_in, "PATIENCE_MS", 0)
        assert waited_for(workspace) is None, "it is over, whoever notes that"
    assert not there.waits(), "another process of that host"
    assert not here.waits()
    assert waited_for(workspace) is None
    monkeypatch.setattr(stood_in, "PATIENCE_MS", 0)
    there.begin()
    change(workspace, theirs + 1, lease_until=0)
    assert here.leases.end_expired(lambda: True)
    assert (here.waits(), alarm(workspace)) == (False, ""), "as any other that ended"


def test_a_host_that_does_not_come_back_in_time_stops_everything(
    workspace: Workspace, hosts: tuple[Host, Host], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = hosts
    theirs = there.begin()
    stand_in(monkeypatch, 2)
    change(workspace, theirs, lease_until=stood_in.SERVER_NOW - 5_000)
    here.begin()
    assert (here.waits(), alarm(workspace)) == (True, ""), "it may come back any moment"
    stand_in(monkeypatch, 3)
    assert (here.waits(), alarm(workspace)) == (True, ""), "its row has ended, and it is waited for still"
    monkeypatch.setattr(stood_in, "PATIENCE_MS", 0)
    assert (here.waits(), alarm(workspace), here.guard()) == (True, "older_copy", "older_copy")
    with workspace.database.write() as connection:
        copies.accept(connection, "", "王", NOW)
    assert (here.guard(), here.waits()) == ("", False), "a person who accepted what is there is not asked again"


def test_who_has_no_mark_cannot_tell(
    workspace: Workspace, hosts: tuple[Host, Host], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = hosts
    here.begin()
    there.enter()
    stand_in(monkeypatch, 2)
    assert here.waits()
    assert there.waits()


def test_a_laptop_that_was_closed_long_before_is_not_waited_for(
    workspace: Workspace, hosts: tuple[Host, Host], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = hosts
    theirs = there.begin()
    change(workspace, theirs, lease_until=1_000)
    stand_in(monkeypatch, 2, last=2_000)
    here.begin()
    monkeypatch.setattr(stood_in, "PATIENCE_MS", 0)
    assert (here.waits(), alarm(workspace)) == (False, "")


def test_another_count_and_a_server_that_tells_none_stop_nobody(
    workspace: Workspace, hosts: tuple[Host, Host], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = hosts
    with monkeypatch.context() as then:
        stand_in(then, 3)
        there.begin()
        stand_in(then, 1)  # as pg_upgrade begins anew
        here.begin()
        assert not here.waits()
    monkeypatch.setattr(stood_in, "_TOLD", sa.text("SELECT no_such_function()"))
    here.begin()
    assert not here.waits()


def test_a_number_that_a_restored_server_gave_anew_is_no_longer_the_former_ones(workspace: Workspace) -> None:
    """Both would send as one, and the other one's lease would end with this one's."""
    assert isinstance(workspace.home, ServerHome)
    with workspace.work(HAND) as mine:
        assert mine is not None
        with workspace.database.engine.connect() as beside:
            beside.execute(sa.update(worker).values(pid=worker.c.pid + 1))
            beside.commit()
        with pytest.raises(WorkspaceError, match="taken over"), workspace.database.write():
            pass
        assert workspace.gone()
        mine.lost = False
        mine.renew()
        assert workspace.gone()
    assert workspace.home.leases.not_ended() == (mine.worker_id,)


def test_nothing_is_moved_away_from_a_server_before_all_have_looked(
    workspace: Workspace, hosts: tuple[Host, Host], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it went to nobody would wait for them, and what they claimed last would leave once more."""
    here, there = hosts
    for each in (here, there):
        change(workspace, each.begin(), lease_until=int(NOW.timestamp() * 1000))
    stand_in(monkeypatch, 2)

    def move() -> None:
        to, seen = moving.to_folder(tmp_path / "to", KEY), here._seen
        here._here()
        moving.move(workspace, to, actor="x", clock=lambda: NOW, seen=seen, tick=bool)

    with pytest.raises(WorkspaceError) as caught:
        move()
    assert (caught.value.code, caught.value.facts) == ("move_held", {"hosts": 1})
    assert (there.guard(), waited_for(workspace)) == ("", None)
    monkeypatch.setattr(moving, "leave", lambda *_: None)  # the tests' database is used again
    move()
    assert (tmp_path / "to").exists()
