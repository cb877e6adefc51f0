"""The service of look-backs: what it begins, whom it shows and how masked, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.errors import NotFound
from campaign_app.domain.lookback import RunState, Scope, Wish
from campaign_app.services.lookback import LookBacks
from tests.helpers.desk import code_of
from tests.helpers.looking_back import Hindsight, open_hindsight
from tests.helpers.shop import NOW

SCOPE = Scope(NOW - timedelta(days=9), NOW + timedelta(days=9))


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Hindsight]:
    yield from open_hindsight(tmp_path / "ws")


@pytest.fixture
def service(here: Hindsight) -> LookBacks:
    workspace = here.shop.workspace
    return LookBacks(workspace, workspace.jobs, here.shop.clock)


def test_it_begins_a_run_and_puts_its_job_down(here: Hindsight, service: LookBacks) -> None:
    assert code_of(lambda: service.start(Scope(NOW, NOW), actor="王")) == "lookback_period"
    with pytest.raises(NotFound):
        service.start(Scope(SCOPE.since, SCOPE.until, (7,)), actor="王")
    run = service.start(SCOPE, actor="王")
    assert [(job.kind, job.args) for job in here.shop.workspace.jobs.open_jobs()] == [("lookback", {"run_id": run.id})]
    assert code_of(lambda: service.start(SCOPE, actor="王")) == "lookback_running"
    assert service.runs() == (run,)


def test_a_run_is_paused_goes_on_and_is_cancelled(here: Hindsight, service: LookBacks) -> None:
    run = service.start(SCOPE, actor="王")
    assert code_of(lambda: service.resume(run.id, actor="王")) == "lookback_running"
    assert service.pause(run.id, actor="王").state is RunState.PAUSED
    assert code_of(lambda: service.pause(run.id, actor="王")) == "lookback_state"
    assert service.resume(run.id, actor="王").state is RunState.RUNNING
    assert service.cancel(run.id, actor="王").state is RunState.CANCELLED
    assert code_of(lambda: service.resume(run.id, actor="王")) == "lookback_state"
    assert service.run(run.id).ended_at == NOW
    actions = [entry.action for entry in reversed(here.shop.workspace.audit.entries(limit=4))]
    assert actions == ["lookback.started", "lookback.paused", "lookback.running", "lookback.cancelled"]


def test_the_person_is_masked_and_both_consents_are_shown(here: Hindsight, service: LookBacks) -> None:
    account = here.account(2)
    here.sent()
    here.later(days=3)
    here.sign(account)
    gone = {"status": ConsentStatus.WITHDRAWN, "withdrawn_at": NOW + timedelta(days=1)}
    here.shop.platforms[account].truth = {"c00001": gone}
    run = here.look()
    (group,) = run.groups
    (row,) = service.rows(run.id, group, 0, 9)
    assert (row.name, row.shop, row.ref) == ("顾**", "店c", "c00001")
    assert "****" in row.phone
    assert row.then is not None
    assert row.now is not None
    assert (row.then.status, row.now.status) == (ConsentStatus.CONFIRMED, ConsentStatus.WITHDRAWN)
    assert row.text.startswith("【安宁百货】顾**您好")
    assert row.text not in repr(row)
    assert service.rows(run.id, None, 0, 9) == (row,)


def test_only_two_finished_runs_are_compared(here: Hindsight, service: LookBacks) -> None:
    here.account(1)
    here.sent()
    first = here.look()
    second = service.start(SCOPE, actor="王")
    for pair in ((first.id, second.id), (first.id, first.id)):
        assert code_of(lambda pair=pair: service.difference(*pair)) == "lookback_unfinished"
    service.cancel(second.id, actor="王")
    third = here.look()
    assert service.difference(first.id, third.id).same == 0
    assert service.first_sent() is not None


def test_a_task_says_what_and_who(here: Hindsight, service: LookBacks) -> None:
    run = here.look()
    for wish in (Wish("", "李"), Wish("改文案", " "), Wish("改" * 2_001, "李")):
        assert code_of(lambda wish=wish: service.add_task(run.id, wish, actor="王")) == "lookback_task"
    task = service.add_task(run.id, Wish("改文案", "李", date(2026, 12, 1)), actor="王")
    changed = service.change_task(task, owner="赵", due=None, done=True, note="已改", actor="李")
    assert service.tasks() == service.tasks(run.id) == (changed,)
    assert service.task(task.id).done
