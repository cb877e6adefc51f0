"""Follows the worker's jobs for every page: what runs, how far it is, and how it ended."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from campaign_app.domain.errors import AppError, NotFound
from campaign_app.domain.ports import Job, JobStore

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.tasks import Tasks

LOOK_MS: Final = 400
TROUBLED_MS: Final = 2_000  # while the workspace cannot be read: a server may count the tries of a login


@dataclass(frozen=True, slots=True)
class Seen:
    """Jobs that are open, and those that ended since the last look."""

    open: tuple[Job, ...] = ()
    ended: tuple[Job, ...] = ()


class Jobs(QObject):
    """`changed` carries every open job, `ended` each one that ended (done, failed or cancelled), once.

    `back`: the workspace can be read again, with the codes of the errors that were told meanwhile.
    """

    changed = Signal(object)  # tuple[Job, ...]
    ended = Signal(object)  # Job
    back = Signal(object)  # frozenset[str]

    def __init__(self, app: App, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app, self._tasks = app, tasks
        self.open: tuple[Job, ...] = ()
        self._known: frozenset[int] = frozenset()
        self._looking = False
        self._troubles: frozenset[str] = frozenset()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def enqueue(self, kind: str, **args: Any) -> None:
        """Puts a job down for the worker; a second one of the same kind and arguments is not begun beside the first."""
        self._tasks.run(lambda _: self._app.jobs.enqueue(kind, args, self._app.clock()), self._added, owner=self)

    def of(self, kind: str, **args: Any) -> Job | None:
        """The open job of that kind with those arguments."""
        return same(self.open, kind, args)

    def follow(self, job: Job) -> None:
        """One that was found open elsewhere: its end is told, also where it comes before the next look."""
        self._added(job)

    def look(self) -> None:
        if self._looking:
            return
        self._looking = True
        known = self._known
        self._tasks.run(lambda _: self._see(known), self._saw, failed=self._unseen, owner=self)

    def _added(self, job: Job) -> None:
        self._known |= {job.id}
        if all(each.id != job.id for each in self.open):
            self.open = (*self.open, job)
            self.changed.emit(self.open)

    def _see(self, known: frozenset[int]) -> Seen:
        found = self._app.jobs.open_jobs()
        gone = known - {job.id for job in found}
        return Seen(found, _those_there(self._app.jobs, gone))

    def _unseen(self, error: AppError) -> None:
        """It looks again by the clock: once said is enough."""
        self._looking = False
        self._timer.setInterval(TROUBLED_MS)
        if error.code not in self._troubles:
            self._troubles |= {error.code}
            self._tasks.failed.emit(error)

    def _saw(self, seen: Seen) -> None:
        self._looking = False
        self._over()
        # a job that was put down after this look is not in it
        late = self._known - {job.id for job in (*seen.open, *seen.ended)}
        kept = tuple(job for job in self.open if job.id in late)
        self._known = frozenset(job.id for job in seen.open) | late
        if seen.open + kept != self.open:
            self.open = seen.open + kept
            self.changed.emit(self.open)
        for job in seen.ended:
            self.ended.emit(job)

    def _over(self) -> None:
        if self._troubles:
            troubles, self._troubles = self._troubles, frozenset()
            self._timer.setInterval(LOOK_MS)
            self.back.emit(troubles)


def _those_there(jobs: JobStore, job_ids: Collection[int]) -> tuple[Job, ...]:
    """Without those that were forgotten meanwhile, as while this computer slept."""
    found: list[Job] = []
    for job_id in sorted(job_ids):
        with suppress(NotFound):
            found.append(jobs.job(job_id))
    return tuple(found)


def same(jobs: tuple[Job, ...], kind: str, args: Mapping[str, Any]) -> Job | None:
    """The first one of that kind with those arguments."""
    return next((job for job in jobs if job.kind == kind and dict(job.args) == dict(args)), None)
