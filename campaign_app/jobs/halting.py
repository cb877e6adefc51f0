"""When the sending of a campaign stands still: at the worker's end, or while others have waited longer for a place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Condition, get_ident
from typing import Final

# of a campaign, where more campaigns are to be sent than a worker sends at once
TURN: Final = timedelta(seconds=20)


class Halt:
    """The threads that send ask before every batch; once the worker is to stop, they stand still until it has."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._stopping = False
        self._sending: set[int] = set()

    @contextmanager
    def sending(self) -> Iterator[None]:
        self.before_a_batch()
        try:
            yield
        finally:
            with self._changed:
                self._sending.discard(get_ident())
                self._changed.notify_all()

    def before_a_batch(self) -> None:
        with self._changed:
            self._sending.discard(get_ident())
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._stopping)
            self._sending.add(get_ident())

    def stop(self, seconds: float) -> bool:
        """Whether every batch that was begun has come to its end in time."""
        with self._changed:
            self._stopping = True
            return self._changed.wait_for(lambda: not self._sending, seconds)

    def release(self) -> None:
        """Where the process goes on after all."""
        with self._changed:
            self._stopping = False
            self._changed.notify_all()


class Turns:
    """A campaign that was sent for a while gives way to one that waits, so that a small one waits for no big one.

    What is left of it is another job, which stands behind whoever waits.
    """

    def __init__(self) -> None:
        self._crowded = False
        self._began: dict[int, datetime] = {}

    def crowd(self, waiting: int) -> None:
        """How many campaigns wait for a place."""
        self._crowded = waiting > 0

    @property
    def crowded(self) -> bool:
        """Whether any campaign waits for a place: what only waits itself needs none."""
        return self._crowded

    def begin(self, job_id: int, now: datetime) -> None:
        self._began[job_id] = now

    def end(self, job_id: int) -> None:
        self._began.pop(job_id, None)

    def is_over(self, job_id: int, now: datetime) -> bool:
        """By a clock that was set back it is over as well. A part that was taken over alone is not what gives way."""
        return self._crowded and not timedelta(0) <= now - self._began.get(job_id, now) < TURN
