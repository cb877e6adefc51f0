"""Follows the worker's jobs for every page: what runs, how far it is, and how it ended."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from campaign_app.domain.errors import AppError, NotFound
from campaign_app.domain.ports import Job, JobStore

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.tasks import Tasks

LOOK_MS: Final = 400
OPEN: Final = ("queued", "running")
NEWS_EVERY: Final = 5  # looks between two at what was done since, by whomever
TROUBLED_MS: Final = 2_000  # while the workspace cannot be read: a server may count the tries of a login


@dataclass(frozen=True, slots=True)
class Mark:
    """How far it is known what was done: the numbers of the last entry of the audit and of the last job."""

    entry: int
    job: int


@dataclass(frozen=True, slots=True)
class Seen:
    """Jobs that are open, and those that ended since the last look.

    Where it was looked so far as well, up to `mark`: the kinds of what was done, and the jobs that were put down.
    """

    open: tuple[Job, ...] = ()
    ended: tuple[Job, ...] = ()
    mark: Mark | None = None
    kinds: frozenset[str] = frozenset()
    put_down: tuple[Job, ...] = ()


class Jobs(QObject):
    """`changed` carries every open job, `ended` each one that ended (done, failed or cancelled), once.

    `news`: something was done in the workspace, by this window or another, a command or a worker; with the first words
    of the audit's actions (`account`, `segment`, …) and the kinds of jobs that ended. `back`: the workspace can be read
    again, with the codes of the errors that were told meanwhile.
    """

    changed = Signal(object)  # tuple[Job, ...]
    ended = Signal(object)  # Job
    news = Signal(object)  # frozenset[str]
    back = Signal(object)  # frozenset[str]

    def __init__(self, app: App, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app, self._tasks = app, tasks
        self.open: tuple[Job, ...] = ()
        self._known: frozenset[int] = frozenset()
        self._looking = False
        self._looks = 0
        self._mark: Mark | None = None
        self._told: set[int] = set()  # jobs whose end was told since the mark
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
        known, mark, news = self._known, self._mark, self._looks % NEWS_EVERY == 0
        self._looks += 1
        see = (lambda _: self._see_news(known, mark)) if news else (lambda _: self._see(known))
        self._tasks.run(see, self._saw, failed=self._unseen, owner=self)

    def _added(self, job: Job) -> None:
        self._known |= {job.id}
        if all(each.id != job.id for each in self.open):
            self.open = (*self.open, job)
            self.changed.emit(self.open)

    def _see(self, known: frozenset[int]) -> Seen:
        found = self._app.jobs.open_jobs()
        gone = known - {job.id for job in found}
        return Seen(found, _those_there(self._app.jobs, gone))

    def _see_news(self, known: frozenset[int], mark: Mark | None) -> Seen:
        """The jobs first: one that is put down between the two questions is told of by the next look."""
        jobs, audit = self._app.jobs, self._app.workspace.audit
        put_down = () if mark is None else jobs.put_down_since(mark.job)
        newest = put_down[-1].id if put_down else jobs.newest() if mark is None else mark.job
        entry, kinds = audit.kinds_since(None if mark is None else mark.entry)
        return replace(self._see(known), mark=Mark(entry, newest), kinds=kinds, put_down=put_down)

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
        ended = [*seen.ended, *self._quick(seen)]
        # a job that was put down after this look is not in it
        late = self._known - {job.id for job in (*seen.open, *seen.ended)}
        kept = tuple(job for job in self.open if job.id in late)
        self._known = frozenset(job.id for job in seen.open) | late
        if seen.open + kept != self.open:
            self.open = seen.open + kept
            self.changed.emit(self.open)
        self._told |= {job.id for job in ended}
        for job in ended:
            self.ended.emit(job)
        if kinds := seen.kinds.union(job.kind for job in ended):
            self.news.emit(kinds)

    def _quick(self, seen: Seen) -> list[Job]:
        """Those that were begun and had ended between two looks, such as a short sync that a colleague asked for."""
        if seen.mark is None:
            return []
        told, self._told, self._mark = self._told, set(), seen.mark
        self._known |= {job.id for job in seen.put_down if job.state in OPEN}
        return [job for job in seen.put_down if job.state not in OPEN and job.id not in self._known | told]

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
