"""The worker: a campaign's state says what is to be done, and nothing late goes out."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.errors import NotFound, WorkspaceError
from campaign_app.jobs import worker as worker_module
from campaign_app.jobs.worker import BUSY_SECONDS, IDLE_SECONDS, POLL_EVERY, TROUBLED_SECONDS, Worker, run
from campaign_app.services.preflight import HEARTBEAT
from tests.helpers.account_state import set_account_state
from tests.helpers.shop import NOW, Shop
from tests.jobs.started import Started

pytestmark = pytest.mark.slow


@pytest.fixture
def started() -> Started:
    return Started()


def test_takes_every_job_once(shop: Shop, started: Started) -> None:
    worker = Worker(shop.context, started)
    job = shop.workspace.jobs.enqueue("sync", {"account_id": 4}, NOW)
    worker.tick()
    worker.tick()
    assert started == [("sync", 4)]
    shop.clock.advance(5)
    worker.tick()
    assert started == [("sync", 4)] * 2, "an open job is looked at again, in case its flow ended unsaid"
    assert shop.workspace.jobs.job(job.id).state == "running"
    again = Started()
    Worker(shop.context, again).tick()
    assert again == [("sync", 4)], "a new process takes up what a dead one had begun"


@pytest.mark.no_cover
def test_keeps_nothing_of_jobs_that_have_ended(shop: Shop, started: Started) -> None:
    """A worker may run for months, with thousands of jobs a day."""
    worker, jobs = Worker(shop.context, started), shop.workspace.jobs

    def held_after(more: int) -> int:
        for number in range(more):
            shop.clock.advance(1)
            job = jobs.enqueue("poll", {"account_id": number}, shop.clock())
            worker.tick()
            jobs.set_state(job.id, "done")
        worker.tick()
        held = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, worker_module.__file__)])
        return sum(each.size for each in held.statistics("filename"))

    tracemalloc.start()
    try:
        # what runs beside it, and the first use of anything, is held once
        first = held_after(100)
        assert held_after(200) - first < 4_000
    finally:
        tracemalloc.stop()
    assert len(started) >= 300


def test_a_job_of_whoever_may_not_have_it_done_is_ended_and_never_begun(shop: Shop, started: Started) -> None:
    worker = Worker(shop.context, started, allowed=lambda job: job.kind != "import")
    refused = shop.workspace.jobs.enqueue("import", {"import_id": 1, "chunks": 1}, NOW)
    shop.workspace.jobs.enqueue("sync", {"account_id": 4}, NOW)
    worker.tick()
    assert started == [("sync", 4)]
    ended = shop.workspace.jobs.job(refused.id)
    assert (ended.state, ended.error) == ("failed", "not_permitted")


@pytest.mark.parametrize(
    ("state", "kind"),
    [(CampaignState.SCREENING, "screen"), (CampaignState.SENDING, "dispatch"), (CampaignState.CANCELLING, "reconcile")],
)
def test_a_campaigns_state_alone_starts_its_work(shop: Shop, started: Started, state: CampaignState, kind: str) -> None:
    campaign = shop.campaign(state=state, screened=False)
    worker = Worker(shop.context, started)
    worker.tick()
    worker.tick()
    assert started == [(kind, campaign.id)]
    (job,) = shop.workspace.jobs.open_jobs()
    shop.workspace.jobs.set_state(job.id, "failed", error="account_disconnected")
    worker.tick()
    assert len(started) == 1, "work that failed is not begun again at once"
    shop.clock.advance(5)
    worker.tick()
    assert len(started) == 2


@pytest.mark.no_cover
def test_work_that_fails_again_and_again_is_begun_less_and_less_often(shop: Shop, started: Started) -> None:
    campaign = shop.campaign(state=CampaignState.CANCELLING, screened=False)
    worker = Worker(shop.context, started)

    def begun_in(seconds: int) -> int:
        """Ends every job as failed and looks every five seconds."""
        before = len(started)
        for _ in range(0, seconds, 5):
            worker.tick()
            for job in shop.workspace.jobs.open_jobs():
                shop.workspace.jobs.set_state(job.id, "failed", error="account_disconnected")
            shop.clock.advance(5)
        return len(started) - before

    assert begun_in(40) == 4, "after 0, 5, 15 and 35 seconds"
    assert begun_in(700) == 4
    assert begun_in(900) == 3, "every five minutes"
    shop.set_state(campaign.id, CampaignState.PAUSED)
    worker.tick()
    shop.set_state(campaign.id, CampaignState.CANCELLING)
    assert begun_in(2) == 1, "a person's word begins anew"


def scheduled(shop: Shop, *, hours: float, window: float) -> Campaign:
    send_at = NOW + timedelta(hours=hours)
    return shop.campaign(
        state=CampaignState.SCHEDULED, screened=False, send_at=send_at, window_end=send_at + timedelta(hours=window)
    )


def test_a_schedule_starts_when_it_is_due(shop: Shop, started: Started) -> None:
    campaign = scheduled(shop, hours=1, window=2)
    worker = Worker(shop.context, started)
    worker.tick()
    assert shop.state(campaign.id)[0] is CampaignState.SCHEDULED
    shop.clock.advance(3_601)
    worker.tick()
    assert shop.state(campaign.id)[0] is CampaignState.SENDING
    worker.tick()
    assert ("dispatch", campaign.id) in started


def test_a_late_schedule_waits_for_a_person(shop: Shop, started: Started) -> None:
    campaign = scheduled(shop, hours=-5, window=2)
    Worker(shop.context, started).tick()
    assert shop.state(campaign.id) == (CampaignState.WAITING, "window_over")
    assert campaign.id in shop.workspace.audit.touched("campaign")
    assert started == []


def test_whoever_changed_a_due_campaign_first_is_right(shop: Shop, started: Started) -> None:
    campaign = scheduled(shop, hours=-1, window=5)
    campaigns = shop.workspace.campaigns

    class Overtaken(Worker):
        def _begin_if_due(self, due: Campaign, now: object) -> None:
            campaigns.update(replace(due, state=CampaignState.CANCELLED), expected=CampaignState.SCHEDULED)
            super()._begin_if_due(due, NOW)

    Overtaken(shop.context, started).tick()
    assert shop.state(campaign.id)[0] is CampaignState.CANCELLED


def test_connected_accounts_are_polled_from_time_to_time(shop: Shop, started: Started) -> None:
    first, second = shop.add_account(0, prefix="a"), shop.add_account(0, prefix="b")
    set_account_state(shop.workspace.accounts, second, "disconnected")
    worker = Worker(shop.context, started)
    worker.tick()
    assert started == [("poll", first)], "at once: an opt-out may have waited as long as no worker ran"
    shop.clock.advance(POLL_EVERY.total_seconds())
    worker.tick()
    (job,) = shop.workspace.jobs.open_jobs()
    shop.workspace.jobs.set_state(job.id, "done")
    shop.clock.advance(POLL_EVERY.total_seconds() - 1)
    worker.tick()
    assert shop.workspace.jobs.open_jobs() == (), "a poll that was still running was not started again"
    shop.clock.advance(1)
    worker.tick()
    assert len(shop.workspace.jobs.open_jobs()) == 1
    assert set(started) == {("poll", first)}


def test_says_that_it_is_alive(shop: Shop, started: Started) -> None:
    worker = Worker(shop.context, started)
    worker.tick()
    assert shop.workspace.accounts.setting(HEARTBEAT, "") == NOW.isoformat()
    shop.clock.advance(1)
    worker.tick()
    assert shop.workspace.accounts.setting(HEARTBEAT, "") == NOW.isoformat()
    shop.clock.advance(1)
    worker.tick()
    assert shop.workspace.accounts.setting(HEARTBEAT, "") == (NOW + timedelta(seconds=2)).isoformat()


def test_a_clock_that_was_set_back_a_day_stops_nothing(shop: Shop, started: Started) -> None:
    account = shop.add_account(0)
    worker = Worker(shop.context, started)
    shop.workspace.jobs.enqueue("sync", {"account_id": account}, NOW)
    worker.tick()
    begun = len(started)
    shop.clock.advance(-86_400)
    worker.tick()
    yesterday = NOW - timedelta(days=1)
    assert shop.workspace.accounts.setting(HEARTBEAT, "") == yesterday.isoformat()
    assert len(started) == begun + 2, "the same jobs are looked at again at once"
    for job in shop.workspace.jobs.open_jobs():
        shop.workspace.jobs.set_state(job.id, "done")
    shop.clock.advance(31)
    worker.tick()
    assert [job.kind for job in shop.workspace.jobs.open_jobs()] == ["poll"]


def full(shop: Shop) -> Callable[[], None]:
    """No page more than the real database has; returns what frees the disk again."""
    engine = shop.workspace.database.engine

    def limit(connection: sa.PoolProxiedConnection, *_: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")

    def free() -> None:
        event.remove(engine, "checkout", limit)
        engine.dispose()

    event.listen(engine, "checkout", limit)
    return free


def test_a_disk_without_room_is_waited_for(shop: Shop, started: Started) -> None:
    waits: list[float] = []
    told: list[str] = []
    shop.workspace.accounts.set_setting("filler", "")
    free = full(shop)

    class Filling(Worker):
        """As if every tick had much to write."""

        def tick(self) -> bool:
            shop.workspace.accounts.set_setting("filler", "x" * 2_000_000)
            return super().tick()

    def stopped(seconds: float) -> bool:
        waits.append(seconds)
        if len(waits) == 2:
            free()
        return len(waits) == 4

    run(Filling(shop.context, started), stopped=stopped, waits=lambda trouble: told.append(trouble.code))
    assert waits == [TROUBLED_SECONDS, TROUBLED_SECONDS, IDLE_SECONDS, IDLE_SECONDS]
    assert told == ["disk_full"], "once"
    assert shop.workspace.accounts.setting(HEARTBEAT, "") == NOW.isoformat()


def test_any_other_trouble_of_the_disk_ends_the_worker(shop: Shop, started: Started) -> None:
    class Broken(Worker):
        def tick(self) -> bool:
            raise WorkspaceError("damaged", "The workspace is damaged")

    with pytest.raises(WorkspaceError, match="damaged"):
        run(Broken(shop.context, started), stopped=lambda _: False)


def test_runs_until_it_is_stopped(shop: Shop, started: Started) -> None:
    waits: list[float] = []

    def stopped(seconds: float) -> bool:
        waits.append(seconds)
        if len(waits) == 1:
            shop.workspace.jobs.enqueue("poll", {"account_id": 1}, NOW)
        return len(waits) == 3

    run(Worker(shop.context, started), stopped=stopped)
    # less often beside work, from which every look takes time
    assert waits == [IDLE_SECONDS, BUSY_SECONDS, BUSY_SECONDS]


def test_a_worker_may_be_told_to_look_less_often(shop: Shop, started: Started) -> None:
    waits: list[float] = []

    def stopped(seconds: float) -> bool:
        waits.append(seconds)
        return len(waits) == 2

    run(Worker(shop.context, started), stopped=stopped, idle=7)
    assert waits == [7, 7]


def test_old_jobs_are_forgotten_with_their_flows_and_never_the_newest(shop: Shop, started: Started) -> None:
    jobs, forgotten = shop.workspace.jobs, list[int]()

    def forget(job_ids: Sequence[int]) -> None:
        assert [jobs.job(job_id).state for job_id in job_ids], "the flow goes first"
        forgotten.extend(job_ids)

    kinds = ("poll", "sync", "poll", "poll")
    poll, other, running, last = (jobs.enqueue(kind, {"account_id": n}, NOW).id for n, kind in enumerate(kinds))
    for ended in (poll, other, last):
        jobs.set_state(ended, "done")
    worker = Worker(shop.context, started, forget)
    worker.tick()
    shop.clock.advance(86_401)
    worker.tick()
    worker.tick()
    assert forgotten == [poll]
    assert code_of_missing(shop, poll) == "job"
    shop.clock.advance(90 * 86_400)
    worker.tick()
    assert forgotten == [poll, other]
    assert jobs.job(running).state == "running", "what has not ended is kept"
    assert jobs.job(last).state == "done", "its number must not be given out again"


def code_of_missing(shop: Shop, job_id: int) -> str:
    with pytest.raises(NotFound) as caught:
        shop.workspace.jobs.job(job_id)
    return caught.value.code


def test_the_files_are_kept_small_once_a_second(shop: Shop, started: Started) -> None:
    steps: list[int] = []
    worker = Worker(replace(shop.context, upkeep=lambda: steps.append(1)), started)
    for _ in range(4):
        worker.tick()
        shop.clock.advance(0.5)
    assert len(steps) == 2
