"""The worker process: takes jobs from the workspace, starts what is due, polls what comes back.

The window and the command line only write jobs and read progress. A workspace of files has one worker at a time; of
a team's several may be at work at once, of which the oldest begins what is due.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from campaign_app.domain.campaign import Campaign, CampaignState, Noted
from campaign_app.domain.errors import NotAllowed, NotFound, WorkspaceError
from campaign_app.domain.ports import Job
from campaign_app.jobs import lookback
from campaign_app.jobs.dispatch import Step
from campaign_app.jobs.rounds import Every, Rounds
from campaign_app.jobs.sharing import WHOLE, Share, place_of, queue_of
from campaign_app.jobs.stores import Context
from campaign_app.services.preflight import HEARTBEAT

_log = logging.getLogger(__name__)
HEARTBEAT_EVERY: Final = timedelta(seconds=2)
POLL_EVERY: Final = timedelta(seconds=30)
LOOK_BACK_EVERY: Final = timedelta(seconds=10)
UPKEEP_EVERY: Final = timedelta(seconds=1)
PURGE_EVERY: Final = timedelta(minutes=1)
# an ended flow whose job could not be ended (a full disk) is noticed after this long; a failed job is not begun sooner
LOOK_AGAIN: Final = timedelta(seconds=5)
# flows of a worker whose lease has ended are looked for
TAKE_OVER_EVERY: Final = timedelta(seconds=1)
# twice as long after every begin that did not help, up to this
LONGEST_PAUSE: Final = timedelta(minutes=5)
# what the clock began comes every half minute and says little; what a person began is kept for a quarter of a year
POLLS_KEPT: Final = timedelta(days=1)
JOBS_KEPT: Final = timedelta(days=90)
PURGED_AT_ONCE: Final = 200
# jobs of a kind among which the last one of a campaign is looked for
LATELY: Final = 100
# between two ticks; every tick takes the interpreter away from the work that is under way
IDLE_SECONDS: Final = 0.05
BUSY_SECONDS: Final = 0.25
TROUBLED_SECONDS: Final = 2.0
# trouble of the disk or the server that may pass while the worker waits
PASSING: Final = frozenset(
    {"disk_full", "server_disk_full", "temp_full", "busy", "server_unreachable", "server_read_only"}
    | {"server_connections"}
)

WORK: Final = {
    CampaignState.SCREENING: "screen",
    CampaignState.SCHEDULED: "",
    CampaignState.SENDING: "dispatch",
    CampaignState.CANCELLING: "reconcile",
}


class Starter(Protocol):
    def __call__(self, job: Job) -> None:
        """Starts the job's flow unless it is already running or ended; must be idempotent per job id."""
        ...


def _whoever_asks(_job: Job) -> bool:
    """Of a workspace of one computer."""
    return True


class _Rhythm:
    """When something was done last that is done every so often."""

    def __init__(self, every: timedelta) -> None:
        self._every = every
        self._last: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        return is_time(self._last, now, self._every)

    def done(self, now: datetime) -> None:
        self._last = now

    def begins(self, now: datetime) -> bool:
        """Whether it is time again. From here on it counts as done, whatever comes of it."""
        due = self.is_due(now)
        if due:
            self.done(now)
        return due


class Worker:
    """Call `tick` again and again; it never blocks on work. `forget` drops what was kept for the flows of old jobs.

    `every` says how often accounts are synced, as it is set by now; `share` what this worker takes of the jobs;
    `allowed` whether whoever put a job down may have it done; `look_backs` every how many days one is begun by the
    clock, over how many days.
    """

    def __init__(
        self,
        context: Context,
        start: Starter,
        forget: Callable[[Sequence[int]], object] = lambda _: None,
        every: Callable[[], Every] = Every,
        share: Share = WHOLE,
        allowed: Callable[[Job], bool] = _whoever_asks,
        look_backs: Callable[[], tuple[int, int]] = lambda: (0, 1),
    ) -> None:
        self._context = context
        self._look_backs = look_backs
        self._allowed = allowed
        self._share = share
        self._every = every
        self._rounds = Rounds(context.stores.accounts)
        self._start = start
        self._forget = forget
        # jobs that were started here, and when
        self._started: dict[int, datetime] = {}
        # kind and campaign of the jobs that were begun here: when, and how long the next one waits
        self._begun: dict[tuple[str, int], tuple[datetime, timedelta]] = {}
        self._heartbeat = _Rhythm(HEARTBEAT_EVERY)
        self._polls = _Rhythm(POLL_EVERY)
        self._looks_back = _Rhythm(LOOK_BACK_EVERY)
        self._purges = _Rhythm(PURGE_EVERY)
        self._upkeep = _Rhythm(UPKEEP_EVERY)
        self._takes_over = _Rhythm(TAKE_OVER_EVERY)

    def tick(self) -> bool:
        """Says whether anything is under way."""
        now = self._context.clock()
        if self._share.leads():
            self._lead(now)
        jobs = self._context.stores.jobs.open_jobs()
        rooms = self._share.rooms(jobs)
        # of jobs that have ended nothing is kept: a worker may run for months
        self._started = {job.id: self._started[job.id] for job in jobs if job.id in self._started}
        for job in jobs:
            if self._share.takes(job) and is_time(self._started.get(job.id), now, LOOK_AGAIN):
                self._take(job, rooms, now)
        self._share.crowd(self._waiting(jobs, now))
        return bool(jobs)

    def _lead(self, now: datetime) -> None:
        if self._heartbeat.is_due(now):
            self._context.stores.accounts.set_setting(HEARTBEAT, now.isoformat())
            self._heartbeat.done(now)
        self._start_campaigns(now)
        self._poll_accounts(now)
        self._look_back(now)
        self._purge(now)
        if self._upkeep.begins(now):
            self._context.upkeep()
        if self._takes_over.begins(now):
            self._share.take_over(self._place_of)

    def _take(self, job: Job, rooms: dict[str, int], now: datetime) -> None:
        if job.state == "queued":
            queue = queue_of(job.kind)
            if rooms[queue] <= 0:
                return
            if not self._allowed(job):
                self._context.stores.jobs.set_state(job.id, "failed", error="not_permitted")
                return
            rooms[queue] -= 1
            self._context.stores.jobs.set_state(job.id, "running")
        self._started[job.id] = now
        self._start(job)

    def _waiting(self, jobs: Sequence[Job], now: datetime) -> int:
        """How many campaigns have waited for a place here."""
        waiting = (job for job in jobs if job.kind == "dispatch" and job.state == "queued")
        return sum(job.id not in self._started and is_time(job.queued_at, now, LOOK_AGAIN) for job in waiting)

    def _place_of(self, job_id: int) -> str | None:
        try:
            return place_of(self._context.stores.jobs.job(job_id))
        except NotFound:
            return None

    def _start_campaigns(self, now: datetime) -> None:
        """A campaign's state alone says what is to be done: nothing is lost between the state and its job."""
        campaigns = self._context.stores.campaigns.campaigns(tuple(WORK))
        wanted = {(WORK[campaign.state], campaign.id) for campaign in campaigns}
        self._begun = {key: begun for key, begun in self._begun.items() if key in wanted}
        if not campaigns:
            return
        jobs = self._context.stores.jobs
        busy = {(job.kind, job.args.get("campaign_id")) for job in jobs.open_jobs()}
        for campaign in campaigns:
            kind = WORK[campaign.state]
            if campaign.state is CampaignState.SCHEDULED:
                self._begin_if_due(campaign, now)
            elif (kind, campaign.id) not in busy and self._may_begin(kind, campaign.id, now):
                jobs.enqueue(kind, {"campaign_id": campaign.id}, now)

    def _may_begin(self, kind: str, campaign_id: int, now: datetime) -> bool:
        """Not again at once, and ever later: work that fails in a moment must not become a storm of jobs."""
        last, pause = self._begun.get((kind, campaign_id), (None, LOOK_AGAIN / 2))
        ended = None if last is None else self._ended(kind, campaign_id)
        if ended in (Step.GIVES_WAY, Step.LEAVES):
            pause = LOOK_AGAIN / 2
        if ended != Step.GIVES_WAY and not is_time(last, now, 2 * pause if ended == Step.LEAVES else pause):
            return False
        self._begun[kind, campaign_id] = now, min(pause * 2, LONGEST_PAUSE)
        return True

    def _ended(self, kind: str, campaign_id: int) -> str | None:
        """How its last job ended: one that gave its place to another campaign stands behind that one, at once if it

        has anything to send.
        """
        ended = self._context.stores.jobs.ended_jobs(LATELY, kind=kind)
        last = next((job for job in ended if job.args.get("campaign_id") == campaign_id), None)
        return None if last is None else (last.result or {}).get("ended")

    def _begin_if_due(self, campaign: Campaign, now: datetime) -> None:
        """A schedule that came due begins; one whose window is over waits for a person: late is never sent.

        So does one that a budget does not allow.
        """
        if campaign.send_at is not None and campaign.send_at > now:
            return
        late = campaign.window_end is not None and now >= campaign.window_end
        campaigns = self._context.stores.campaigns
        # somebody who changed or cancelled it between the look and this step is right
        with contextlib.suppress(NotAllowed):
            if late:
                waiting = replace(campaign, state=CampaignState.WAITING, state_note="window_over")
                noted = _stopped("window_over", now)
                campaigns.update(waiting, expected=CampaignState.SCHEDULED, noted=noted, seen=campaign)
            else:
                campaigns.begin(campaign, now, _stopped("budget", now))

    def _poll_accounts(self, now: datetime) -> None:
        if not self._polls.begins(now):
            return
        if self._context.aside():  # what a queue hands out once, or a token that is renewed, is the other one's
            return
        stores = self._context.stores
        busy = {(job.kind, job.args.get("account_id")) for job in stores.jobs.open_jobs()}
        untold, every = stores.opt_outs.accounts_waiting(), self._every()
        for account in stores.accounts.accounts():
            wanted = {"poll": self._context.remotes.sends(account.id), "tell": account.id in untold}
            wanted |= self._rounds.due(account.id, every, now)
            for kind, holds in wanted.items():
                if account.state == "connected" and holds and (kind, account.id) not in busy:
                    stores.jobs.enqueue(kind, {"account_id": account.id}, now)
                    self._rounds.begun(kind, account.id, now)

    def _look_back(self, now: datetime) -> None:
        """A run's state alone says what is to be done, as with campaigns."""
        if not self._looks_back.begins(now):
            return
        lookback.begin_if_due(self._context, *self._look_backs(), now)
        jobs = self._context.stores.jobs
        busy = {job.args.get("run_id") for job in jobs.open_jobs() if job.kind == "lookback"}
        for run_id in set(self._context.stores.lookbacks.running()) - busy:
            jobs.enqueue("lookback", {"run_id": run_id}, now)

    def _purge(self, now: datetime) -> None:
        """Removes old jobs, a few at a time; their flows first, so that none is left behind."""
        if not self._purges.begins(now):
            return
        jobs = self._context.stores.jobs
        polls = (
            one
            for kind in ("poll", "tell", "changes")
            for one in jobs.ended(now - POLLS_KEPT, PURGED_AT_ONCE, kind=kind)
        )
        if old := [*polls, *jobs.ended(now - JOBS_KEPT, PURGED_AT_ONCE)]:
            self._forget(old)
            jobs.forget(old)


def _stopped(note: str, now: datetime) -> Noted:
    return Noted("campaign.stopped", "worker", now, {"state": CampaignState.WAITING.value, "note": note})


def is_time(last: datetime | None, now: datetime, every: timedelta) -> bool:
    """Whether it is time again. A clock that was set back must not make anybody wait for as long as that."""
    return last is None or not timedelta(0) <= now - last < every


def run(
    worker: Worker,
    *,
    stopped: Callable[[float], bool],
    idle: float = IDLE_SECONDS,
    waits: Callable[[WorkspaceError], object] = bool,
) -> None:
    """Ticks until `stopped(seconds)`, which waits that long, says so; `idle`: how long where nothing is under way.

    A disk without room, here or on a server, is waited for: whoever frees some must not have to start the worker as
    well. Its missing signs of life tell meanwhile that nothing goes on; `waits` is told once what for.
    """
    told = ""
    while True:
        try:
            pause, told = BUSY_SECONDS if worker.tick() else idle, ""
        except WorkspaceError as trouble:
            if trouble.code not in PASSING:
                raise
            if trouble.code != told:
                _log.info("waiting: %s", trouble)
                waits(trouble)
            pause, told = TROUBLED_SECONDS, trouble.code
        if stopped(pause):
            return
