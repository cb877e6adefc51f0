"""Following a job: until it ends, or nobody is at work on it any more."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from campaign_app.bootstrap import App
from campaign_app.cli.follow import wait_for_job
from campaign_app.domain.errors import AppError

BEGAN = datetime(2026, 11, 11, 9, tzinfo=UTC)


@dataclass
class Desk:
    """What following asks for. The job ends after so many seconds; the last sign of life is so many before it began."""

    ends: float
    beat: float
    shared: bool = False
    leased: bool = False
    now: datetime = field(default=BEGAN)

    @property
    def app(self) -> App:
        stored = SimpleNamespace(setting=lambda _name, _other: (BEGAN - timedelta(seconds=self.beat)).isoformat())
        workspace = SimpleNamespace(accounts=stored, shared=self.shared, has_worker=lambda: self.leased)
        jobs = SimpleNamespace(job=self.job)
        asked: Any = SimpleNamespace(workspace=workspace, jobs=jobs, clock=lambda: self.now, wait=self.wait)
        return cast("App", asked)

    def job(self, _job_id: int) -> Any:
        state = "done" if self.now - BEGAN >= timedelta(seconds=self.ends) else "running"
        return SimpleNamespace(state=state, result={"rows": 1})

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def test_the_silence_of_an_earlier_worker_is_not_that_of_one_that_begins() -> None:
    assert wait_for_job(Desk(ends=20, beat=86_400).app, 1, seconds=600) == {"rows": 1}


@pytest.mark.parametrize("shared", [False, True])
def test_a_worker_that_says_nothing_has_ended(*, shared: bool) -> None:
    desk = Desk(ends=600, beat=86_400, shared=shared)
    with pytest.raises(AppError) as ended:
        wait_for_job(desk.app, 1, seconds=600)
    assert ended.value.code == "no_worker"
    assert timedelta(seconds=29) < desk.now - BEGAN < timedelta(seconds=32)


def test_a_team_goes_by_leases_not_by_the_clock_of_another_host() -> None:
    assert wait_for_job(Desk(ends=300, beat=120, shared=True, leased=True).app, 1, seconds=600) == {"rows": 1}
