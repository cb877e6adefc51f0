"""Work that takes its time and is asked for again and again, such as a count while rows come in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject

from campaign_app.domain.errors import AppError

if TYPE_CHECKING:
    from campaign_app.ui.tasks import Tasks

T = TypeVar("T")


@dataclass(slots=True)
class _Run:
    """`again` once it has ended; `lost` if a bug ended it, of which only the crash dialog is told."""

    question: object
    again: bool = False
    lost: bool = False


class Steady:
    """One piece of work at a time, and its answer comes however often it is asked for.

    The same question again waits for the answer to the first, and is then asked once more; another overtakes it.
    """

    def __init__(self, tasks: Tasks, owner: QObject, key: str) -> None:
        self._tasks, self._owner, self._key = tasks, owner, key
        self._run: _Run | None = None

    def run(
        self, question: object, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[AppError], None]
    ) -> None:
        """`question` is what makes two pieces of work the same."""
        known = self._run
        if known is not None and not known.lost and known.question == question:
            known.again = True
            return
        run = self._run = _Run(question)

        def ended(call: Callable[[], None]) -> None:
            self._run = None
            call()
            if run.again and self._run is None:
                self.run(question, work, then, failed)

        self._tasks.run(
            lambda _: _answer(run, work),
            lambda result: ended(lambda: then(result)),
            failed=lambda error: ended(lambda: failed(error)),
            owner=self._owner,
            key=self._key,
        )


def _answer(run: _Run, work: Callable[[], T]) -> T:
    told = False
    try:
        result = work()
        told = True
    except AppError:
        told = True
        raise
    finally:
        run.lost = not told
    return result
