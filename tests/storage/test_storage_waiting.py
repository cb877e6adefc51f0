"""Work of a team's workspace that no worker takes: which, since when, and whose files it needs."""

from __future__ import annotations

import json
import platform
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from storage_samples import KEY

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.errors import WorkspaceError
from campaign_app.domain.ports import Job
from campaign_app.storage import host, leases
from campaign_app.storage.copies import put_meta
from campaign_app.storage.host import place_id
from campaign_app.storage.leases import AtWork
from campaign_app.storage.moved import MOVED
from campaign_app.storage.program import VERSION
from campaign_app.storage.schema_workers import worker
from campaign_app.storage.waiting import Takers, Waiting, waiting, waits_here
from campaign_app.storage.workspace import Workspace
from campaign_app.wiring import App, wire

DIALECTS = ("postgresql",)
NOW = datetime(2026, 11, 11, 9, tzinfo=UTC)
LONG_AGO = NOW - timedelta(minutes=7)


def at_work(*queues: str, place: str = "there") -> AtWork:
    return AtWork(1, place, 7, VERSION, queues, NOW, NOW)


def job(kind: str, asked: datetime = LONG_AGO, **args: str | int) -> Job:
    return Job(1, kind, args, "queued", queued_at=asked)


def test_what_nobody_takes_is_told_by_queue_once_it_has_waited() -> None:
    takers = Takers((at_work("send"), at_work("poll")), {"sync": NOW - timedelta(minutes=2)})
    jobs = [job("dispatch"), job("screen"), job("screen", NOW), job("sync"), job("import", NOW)]
    assert waiting(jobs, takers, NOW, "here") == (
        Waiting("screen", 2, LONG_AGO),
        Waiting("sync", 1, NOW - timedelta(minutes=2)),
    ), "of the last one that took it nobody waited before its end; whoever has just come waits for nobody yet"


def test_a_server_whose_clock_is_ahead_keeps_nobody_from_hearing_of_it() -> None:
    takers = Takers((), {"screen": NOW + timedelta(hours=2), "sync": NOW + timedelta(seconds=3)})
    told = waiting([job("screen"), job("sync")], takers, NOW, "here")
    assert told == (Waiting("screen", 1, LONG_AGO),), "of one that ended just now one waits for another"


def test_a_file_is_seen_by_workers_of_its_machine_only() -> None:
    mine, theirs = job("import", place="here"), job("import", place="elsewhere")
    there = Takers((at_work("import", place="there"),), {})
    assert waiting([mine, theirs, job("import")], there, NOW, "here") == (
        Waiting("import", 1, LONG_AGO, files=True, here=True),
        Waiting("import", 1, LONG_AGO, files=True, here=False),
    )
    assert waits_here([mine], there, "here")
    assert not waits_here([theirs], there, "here")
    here = Takers((at_work("send", place="here"), at_work("import", place="here")), {})
    assert not waits_here([mine], here, "here")
    assert (here.see("here"), there.see("here")) == (True, False)


@pytest.fixture
def app(workspace: Workspace) -> App:
    return wire(workspace, MemoryKeeper(KEY), timedelta(0))


def enter(workspace: Workspace, *queues: str, place: str, monkeypatch: pytest.MonkeyPatch) -> int:
    with monkeypatch.context() as there:
        there.setattr(leases, "place_id", lambda: place)
        taken = workspace.home.leases.enter(VERSION, queues, 60)
    assert isinstance(taken, int)
    return taken


def test_a_queue_is_told_of_since_its_last_worker_ended(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = app.workspace
    app.jobs.enqueue("screen", {"campaign_id": 1}, app.clock() - timedelta(hours=1))
    enter(workspace, "send", place="there", monkeypatch=monkeypatch)
    number = enter(workspace, "screen", "poll", place="there", monkeypatch=monkeypatch)
    assert bootstrap.waiting_work(app) == ()
    ended = int((app.clock() - timedelta(minutes=3)).timestamp()) * 1000
    with workspace.database.write() as connection:
        connection.execute(sa.update(worker).where(worker.c.id == number).values(lease_until=ended))
    (told,) = bootstrap.waiting_work(app)
    assert (told.queue, told.jobs, int(told.since.timestamp()) * 1000) == ("screen", 1, ended)


def test_a_desktop_is_not_served_by_workers_that_do_not_see_its_file(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(app.workspace, "send", "import", place="there", monkeypatch=monkeypatch)
    handle = bootstrap.start_worker_for(app)
    assert (handle.own, handle.there()) == (False, True)
    begun = app.jobs.enqueue("import", {"import_id": 1, "chunks": 1, "place": place_id()}, app.clock())
    assert not handle.there(), "by which the window starts one of its own"
    assert not bootstrap._is_served(app, files=True)
    enter(app.workspace, "import", place=place_id(), monkeypatch=monkeypatch)
    assert handle.there()
    assert bootstrap._is_served(app, files=True)
    app.jobs.set_state(begun.id, "done")


def test_a_desktop_that_is_open_notices_that_workers_were_updated(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    number = enter(app.workspace, "send", place="there", monkeypatch=monkeypatch)
    handle = bootstrap.start_worker_for(app)
    with app.workspace.database.write() as connection:
        connection.execute(sa.update(worker).where(worker.c.id == number).values(version="9.9 0099"))
    with pytest.raises(WorkspaceError) as caught:
        handle.there()
    assert (caught.value.code, caught.value.facts["their_tables"]) == ("other_version", "0099")


def test_a_desktop_that_is_open_notices_that_a_colleague_moved_the_workspace(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(app.workspace, "send", place="there", monkeypatch=monkeypatch)
    handle = bootstrap.start_worker_for(app)
    with app.workspace.database.write() as connection:
        went = {"id": "m", "to": "/there", "at": NOW.isoformat()}
        put_meta(connection, MOVED, json.dumps(went))
    for look in (handle.there, lambda: bootstrap.start_worker_for(app)):
        with pytest.raises(WorkspaceError) as caught:
            look()
        assert (caught.value.code, caught.value.facts["to"]) == ("workspace_moved", "/there")


def test_a_machine_without_an_id_is_known_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def named(name: str) -> str:
        monkeypatch.setattr(platform, "node", lambda: name)
        place_id.cache_clear()
        return place_id()

    with_id = place_id()
    monkeypatch.setattr(host, "host_id", lambda: "")
    try:
        assert named("a") == named("a") != named("b")
    finally:
        place_id.cache_clear()
    assert with_id
