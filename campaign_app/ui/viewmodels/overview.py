"""What needs the user today, and how the last campaigns went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from campaign_app.domain.campaign import CampaignState as State
from campaign_app.domain.customer import Account
from campaign_app.domain.errors import AppError
from campaign_app.domain.ports import Job
from campaign_app.services import account_matters, campaign_rows, shared_accounts
from campaign_app.services.campaign_rows import CampaignRow
from campaign_app.services.complaint_matters import of_complaints
from campaign_app.services.matters import Matter, matters, of_backup, of_certificate, of_tasks

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Tasks
    from campaign_app.ui.viewmodels.jobs import Jobs
    from campaign_app.ui.viewmodels.session import Session

LOOK_MS: Final = 5_000
LAST: Final = 3
ENDED_JOBS: Final = 200
ASK_AGAIN: Final = timedelta(hours=12)
TRY_AGAIN: Final = timedelta(minutes=10)  # of a server that could not be asked
UNDER_WAY: Final = frozenset({State.SCREENING, State.SCHEDULED, State.SENDING, State.CANCELLING})


@dataclass(frozen=True, slots=True)
class OverviewState:
    """`results` are of the last campaigns that sent anything, `syncing` is what running syncs brought, or None.

    `worker_ended` and `staging` (a demo is being prepared) come from the session.
    """

    loaded: bool = False
    matters: tuple[Matter, ...] = ()
    results: tuple[CampaignRow, ...] = ()
    campaigns: int = 0
    under_way: int = 0
    connected: int = 0
    customers: int = 0
    synced_at: datetime | None = None
    looked_at: datetime | None = None
    syncing: int | None = None
    staging: bool = False
    worker_ended: bool = False


class OverviewModel(QObject):
    """`changed` carries an OverviewState."""

    changed = Signal(object)

    def __init__(
        self, app: App, tasks: Tasks, messages: Messages, jobs: Jobs, session: Session, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._app, self._tasks, self._messages, self._jobs, self._session = app, tasks, messages, jobs, session
        self.state = OverviewState()
        self._loading = False
        self._told = ""
        self._synced: dict[int, int] = {}
        self._rows: tuple[CampaignRow, ...] = ()
        self._certified: datetime | None = None
        self._asked: datetime | None = None
        self._heard = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        jobs.changed.connect(self._jobs_changed)
        jobs.ended.connect(self._job_ended)
        session.changed.connect(self._session_changed)
        session.staged.connect(self._session_changed)
        session.staged.connect(self.load)
        self._session_changed()
        self._jobs_changed(jobs.open)

    def load(self) -> None:
        self._loading = True
        self._ask_server()
        self._tasks.run(lambda _: self._read(), self._loaded, failed=self._unread, owner=self, key="load")

    def watch(self, *, seen: bool) -> None:
        """Looks now and again for as long as somebody sees it."""
        if seen:
            self._timer.start()
            self.load()
        else:
            self._timer.stop()

    def _look(self) -> None:
        if not self._loading:
            self.load()

    def _read(self) -> OverviewState:
        app, now = self._app, self._app.clock()
        rows = self._rows = campaign_rows.rows(app.campaigns, app.accounts, self._rows)
        accounts, entities = app.accounts.all(), app.accounts.entities()
        connected = {account.entity_uscc for account in accounts if account.state == "connected"}
        signatures = {uscc: app.accounts.signatures(uscc) for uscc in sorted(connected)}
        ended = app.jobs.ended_jobs(ENDED_JOBS)
        refused = app.rules.refused()
        synced = (job.queued_at for job in ended if job.kind == "sync" and job.state == "done")
        return OverviewState(
            loaded=True,
            matters=matters(
                rows,
                ended,
                accounts,
                entities,
                signatures,
                now,
                Path(str(refused.facts["file"])).name if refused else "",
                (
                    *self._of_copy(),
                    *self._of_backup(now),
                    *self._of_waiting(),
                    *self._of_held(),
                    *of_certificate(self._certified, now),
                    *self._of_accounts(accounts, now),
                    *of_complaints(app.complaints.pressing()),
                    *of_tasks(app.lookbacks.tasks(), now),
                ),
            ),
            results=tuple(row for row in rows if row.counts.get("submitted"))[:LAST],
            campaigns=len(rows),
            under_way=sum(row.campaign.state in UNDER_WAY for row in rows),
            connected=sum(account.state == "connected" for account in accounts),
            customers=app.audiences.customers(),
            synced_at=next(synced, None),
            looked_at=now,
        )

    def _ask_server(self) -> None:
        """Twice a day, apart from what is read: it may take its time, and whoever looks is not told if it is away.

        Where it did not tell it is asked again soon: its certificate may end before the day does.
        """
        from campaign_app import bootstrap

        app, now = self._app, self._app.clock()
        if self._asked is None or abs(now - self._asked) >= (ASK_AGAIN if self._heard else TRY_AGAIN):
            self._asked, self._heard = now, False
            self._tasks.run(
                lambda _: bootstrap.certified_until(app), self._told_until, failed=lambda _: None, owner=self
            )

    def _told_until(self, until: datetime | None) -> None:
        """What was known before holds where it did not tell."""
        self._heard = until is not None
        self._certified = until or self._certified

    def _of_copy(self) -> Iterable[Matter]:
        from campaign_app import backups

        if why := backups.standing(self._app).why:
            yield Matter("copied", "block", "", why, page="settings", what="workspace")

    def _of_backup(self, now: datetime) -> Iterable[Matter]:
        """Neither of a demo, which is gone at its end, nor of a team's, which is backed up where its server is."""
        from campaign_app import backups

        if self._app.workspace.shared or self._session.plan.demo:
            return
        made = backups.last_backup(self._app)
        yield from of_backup(self._app.workspace.ledger.last_claimed(), None if made is None else made[0], now)

    def _of_waiting(self) -> Iterable[Matter]:
        """Not while a worker of our own is started, or has ended: that is told in another way."""
        from campaign_app import bootstrap

        if self._session.state.worker != "running":
            return
        for each in bootstrap.waiting_work(self._app):
            code = "waiting" if not each.files else "waiting_here" if each.here else "waiting_elsewhere"
            page = "" if code == "waiting_elsewhere" else "worker"
            yield Matter(code, "block", each.queue, at=each.since, number=each.jobs, page=page)

    def _of_held(self) -> Iterable[Matter]:
        from campaign_app import bootstrap

        if found := bootstrap.awaited_hosts(self._app):
            yield Matter("held", "info", "", at=found.until, number=found.hosts)

    def _of_accounts(self, accounts: Sequence[Account], now: datetime) -> Iterable[Matter]:
        app = self._app
        yield from account_matters.of_opt_outs(accounts, app.opt_outs.untold(), now)
        yield from account_matters.of_expiries(accounts, app.accounts.expiring(now), now)
        seen = shared_accounts.last_seen(app.workspace.accounts, [account.id for account in accounts])
        yield from account_matters.of_shared(accounts, seen, now)

    def _loaded(self, read: OverviewState) -> None:
        self._loading, self._told = False, ""
        known = self.state
        self._become(replace(read, syncing=known.syncing, staging=known.staging, worker_ended=known.worker_ended))

    def _unread(self, error: AppError) -> None:
        self._loading = False
        if error.code != self._told:  # it looks again by the clock: once said is enough
            self._told = error.code
            self._messages.error(error)

    def _jobs_changed(self, jobs: tuple[Job, ...]) -> None:
        syncs = {job.id: job.progress for job in jobs if job.kind == "sync"}
        # a sync that has ended meanwhile still counts until all of them have
        self._synced = {**self._synced, **syncs} if syncs else {}
        self._become(replace(self.state, syncing=sum(self._synced.values()) if syncs else None))

    def _job_ended(self, job: Job) -> None:
        if job.kind != "poll":
            self.load()

    def _session_changed(self, _: object = None) -> None:
        ended = self._session.state.worker in ("ended", "away")
        self._become(replace(self.state, staging=self._session.staging, worker_ended=ended))

    def _become(self, state: OverviewState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)
