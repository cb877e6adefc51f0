"""The one door from the window to background work.

Work runs on a pool of threads; its result comes back on the window's thread. There are three ends: a result, an
expected error (`AppError`), and a bug. Work that was cancelled, or overtaken by newer work under the same key, ends in
silence.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import shiboken6
from PySide6.QtCore import QObject, QThreadPool, Signal, Slot

from campaign_app.domain.errors import AppError

T = TypeVar("T")
THREADS: Final = 4
log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Raised by work that was asked to stop; nobody is told."""


class Task(QObject):
    """One piece of work: its progress (0 to 1), and a way to ask it to stop."""

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
        self, work: Work[T], then: Then[T], *, failed: Failed | None = None, owner: QObject | None = None
    ) -> Task:
        """As `run`, but one after the other in the order of the calls: for whatever changes the workspace."""
        return self._begin(self._writes, work, then, failed, owner, "")

    def _begin(
        self,
        pool: QThreadPool,
        work: Work[T],
        then: Then[T],
        failed: Failed | None,
        owner: QObject | None,
        key: str,
    ) -> Task:
        task = Task()
        of = (id(owner), key) if key else None
        if of is not None:
            if (older := self._newest.get(of)) is not None:
                older.cancel()
            self._newest[of] = task
        self._running.add(task)
        self.busy.emit(len(self._running))

        def job() -> None:
            self._ended.emit(_End(task, of, owner, self._outcome(work, task, then, failed)))

        self._start(pool, job)
        return task

    def _start(self, pool: QThreadPool, job: Callable[[], None]) -> None:
        pool.start(job)

    def finish(self, seconds: float = 10.0) -> bool:
        """Asks everything to stop and waits; whether all of it has ended."""
        for task in self._running:
            task.cancel()
        # what was written down to be saved is saved, even now
        return self._writes.waitForDone(int(seconds * 1000)) and self._pool.waitForDone(int(seconds * 1000))

    def _outcome(self, work: Work[T], task: Task, then: Then[T], failed: Failed | None) -> Callable[[], None]:
        try:
            result = work(task)
        except Cancelled:
            return _nothing
        except AppError as error:
            expected: Callable[[Any], None] = failed or self.failed.emit
            return _bound(expected, error)
        except Exception as error:
            log.exception("background work failed")
            return _bound(self.crashed.emit, error)
        return _bound(then, result)

    @Slot(object)
    def _end(self, end: _End) -> None:
        self._running.discard(end.task)
        overtaken = end.key is not None and self._newest.get(end.key) is not end.task
        if end.key is not None and not overtaken:
            del self._newest[end.key]
        self.busy.emit(len(self._running))
        gone = end.owner is not None and not shiboken6.isValid(end.owner)
        if not overtaken and not gone:
            end.call()


class InlineTasks(Tasks):
    """Runs everything at once on the caller's thread: for tests of view models."""

    def _start(self, pool: QThreadPool, job: Callable[[], None]) -> None:  # noqa: ARG002
        job()


def _nothing() -> None: ...


def _bound(call: Callable[[Any], None], value: Any) -> Callable[[], None]:
    return lambda: call(value)
