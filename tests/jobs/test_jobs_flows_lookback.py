"""The durable flow of a look-back: to its end, paused, ended by trouble, left for the worker while a server is away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign_app.domain.errors import WorkspaceError
from campaign_app.domain.lookback import RunState
from campaign_app.jobs import flows, lookback
from tests.helpers.flowing import Running, stop
from tests.helpers.looking_back import Hindsight, open_hindsight
from tests.helpers.shop import NOW


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hindsight]:
    monkeypatch.setattr(lookback, "BATCHES", 1)
    monkeypatch.setattr(flows, "WINDOWS_A_STEP", 1)
    for opened in open_hindsight(tmp_path / "ws"):
        opened.account(1_200)
        opened.sent()
        yield opened


@pytest.fixture
def running(here: Hindsight) -> Iterator[Running]:
    running = Running(here.shop)
    yield running
    stop(1)


def test_it_goes_through_every_batch_and_says_how_far_it_is(here: Hindsight, running: Running) -> None:
    run = here.begin()
    job = running.run("lookback", run_id=run.id)
    assert (job.state, job.result, job.progress, job.total) == ("done", {"ended": "done"}, 1_200, 1_200)
    ended = here.shop.workspace.lookbacks.run(run.id)
    assert (ended.state, ended.looked) == (RunState.DONE, 1_200)


def test_a_paused_one_ends_its_job_and_the_next_job_goes_on(here: Hindsight, running: Running) -> None:
    store, run = here.shop.workspace.lookbacks, here.begin()
    lookback.look_some(here.shop.context, run.id, 1, lookback.Walk())
    store.set_state(run.id, RunState.PAUSED, among=[RunState.RUNNING], actor="王", at=NOW)
    assert running.run("lookback", run_id=run.id).result == {"ended": "paused"}
    store.set_state(run.id, RunState.RUNNING, among=[RunState.PAUSED], actor="王", at=NOW)
    running.run("lookback", run_id=run.id)
    assert store.run(run.id).looked == 1_200


@pytest.mark.expects_logs("campaign_app.jobs.flows")
def test_a_bug_stops_the_run_and_says_so(here: Hindsight, running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("odd")

    monkeypatch.setattr(lookback, "look_some", broken)
    run = here.begin()
    assert running.run("lookback", run_id=run.id).error == "bug"
    ended = here.shop.workspace.lookbacks.run(run.id)
    assert (ended.state, ended.note) == (RunState.FAILED, "bug")


def test_an_expected_error_is_named(here: Hindsight, running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise WorkspaceError("disk_full", "The disk is full")

    monkeypatch.setattr(lookback, "look_some", full)
    run = here.begin()
    assert running.run("lookback", run_id=run.id).error == "disk_full"
    assert here.shop.workspace.lookbacks.run(run.id).note == "disk_full"


def test_a_server_that_is_away_for_long_leaves_the_run_for_the_worker(
    here: Hindsight, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dbos import error

    def give_up(*_: object, **__: object) -> None:
        away = WorkspaceError("server_unreachable", "Away")
        raise error.DBOSMaxStepRetriesExceeded("lookback_some", 7, [away])

    monkeypatch.setattr(running.flows, "lookback_some", give_up)
    run = here.begin()
    assert running.run("lookback", run_id=run.id).error == "server_unreachable"
    assert here.shop.workspace.lookbacks.run(run.id).state is RunState.RUNNING
