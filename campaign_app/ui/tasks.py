"""The one door from the window to background work.

Work runs on a pool of threads; its result comes back on the window's thread. There are three ends: a result, an
expected error (`AppError`), and a bug. Work that stops when it is asked to, or is overtaken by newer work under the
same key, ends in silence; what it did all the same is told. A bug is always told. Work that is overtaken while it waits
for a thread never begins.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThreadPool, Signal, Slot

from campaign_app.domain.errors import AppError

T = TypeVar("T")
THREADS: Final = 4
log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Raised by work that was asked to stop; nobody is told."""


class Task(QObject):
    """One piece of work: its progress (0 to 1), and a way to ask it to stop. `cancel` may come from any thread."""

    progressed = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self._stopped = False

    @property
    def stopped(self) -> bool:
        return self._stopped

    def cancel(self) -> None:
        self._stopped = True

    def tick(self, done: float) -> None:
        """For the work itself, on its thread: says how far it is; raises Cancelled if it should stop."""
        if self._stopped:
            raise Cancelled
        self.progressed.emit(done)


Work = Callable[[Task], T]
Then = Callable[[T], None]
Failed = Callable[[AppError], None]


@dataclass(frozen=True, slots=True)
class _End:
    task: Task
    key: tuple[int, str] | None
    owner: QObject | None
    call: Callable[[], None] = field(repr=False)
    ended: Callable[[], None] = field(repr=False)
    bug: bool = False


def _nothing() -> None: ...


class Tasks(QObject):
    """`failed` has the expected errors that no caller took, `crashed` the bugs; `busy` how much work is under way."""

    failed = Signal(object)
    crashed = Signal(object)
    busy = Signal(int)
    _ended = Signal(object)

    def __init__(self, parent: QObject | None = None, threads: int = THREADS) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        self._writes = QThreadPool(self)
        self._writes.setMaxThreadCount(1)
        self._running: set[Task] = set()
        self._saving: set[Task] = set()
        self._newest: dict[tuple[int, str], Task] = {}
        self._ended.connect(self._end)

    def run(
        self, work: Work[T], then: Then[T], *, failed: Failed | None = None, owner: QObject | None = None, key: str = ""
    ) -> Task:
        """Starts `work(task)` and later calls `then(result)`.

        Nothing is called for an `owner` that is gone by then. Newer work of the same owner and `key` overtakes older:
        that is asked to stop, and its end is dropped.
        """
        return self._begin(self._pool, work, then, failed, owner, key)

    def write(
        self,
        work: Work[T],
        then: Then[T],
        *,
        failed: Failed | None = None,
        ended: Callable[[], None] | None = None,
        owner: QObject | None = None,
    ) -> Task:
        """As `run`, but one after the other in the order of the calls: for whatever changes the workspace.

        `ended` is called before anything else, whatever came of it, a bug as well.
        """
        return self._begin(self._writes, work, then, failed, owner, "", ended or _nothing)

    def finish(self, seconds: float = 30.0) -> bool:
        """For the end of the window: waits for the work and delivers its ends; whether all of it has ended.

        Whatever saves runs to its end; everything else is asked to stop.
        """
        for task in self._running - self._saving:
            task.cancel()
        ended = [pool.waitForDone(int(seconds * 1000)) for pool in (self._writes, self._pool)]
        # no event loop may run any more, yet whoever got something in the background has to close it
        QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall)
        return all(ended)

    def _begin(
        self,
        pool: QThreadPool,
        work: Work[T],
        then: Then[T],
        failed: Failed | None,
        owner: QObject | None,
        key: str,
        ended: Callable[[], None] = _nothing,
    ) -> Task:
        task = Task()
        of = (id(owner), key) if key else None
        if of is not None:
            if (older := self._newest.get(of)) is not None:
                older.cancel()
            self._newest[of] = task
        self._running.add(task)
        if pool is self._writes:
            self._saving.add(task)
        self.busy.emit(len(self._running))

        def job() -> None:
            if of is not None and self._newest.get(of) is not task:
                call, bug = _nothing, False  # its answer would be dropped
            else:
                call, bug = self._outcome(work, task, then, failed)
            with suppress(RuntimeError):  # the window is gone: there is nobody left to tell
                self._ended.emit(_End(task, of, owner, call, ended, bug))

        self._start(pool, job)
        return task

    def _start(self, pool: QThreadPool, job: Callable[[], None]) -> None:
        pool.start(job)

    def _outcome(
        self, work: Work[T], task: Task, then: Then[T], failed: Failed | None
    ) -> tuple[Callable[[], None], bool]:
        """What to call on the window's thread, and whether that tells of a bug."""
        try:
            result = work(task)
        except Cancelled:
            return _nothing, False
        except AppError as error:
            expected: Callable[[Any], None] = failed or self.failed.emit
            return _bound(expected, error), False
        except Exception as error:
            log.exception("background work failed")
            return _bound(self.crashed.emit, error), True
        return _bound(then, result), False

    @Slot(object)
    def _end(self, end: _End) -> None:
        self._running.discard(end.task)
        self._saving.discard(end.task)
        overtaken = end.key is not None and self._newest.get(end.key) is not end.task
        if end.key is not None and not overtaken:
            del self._newest[end.key]
        self.busy.emit(len(self._running))
        gone = end.owner is not None and not shiboken6.isValid(end.owner)
        if not gone:
            end.ended()
        if end.bug or not (overtaken or gone):
            end.call()


def _bound(call: Callable[[Any], None], value: Any) -> Callable[[], None]:
    return lambda: call(value)
