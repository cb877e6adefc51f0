"""A worker's hold on a team's workspace, as its own process knows it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy import exc

from campaign_app.domain.errors import AppError, OutcomeUnknown
from campaign_app.storage.leases import SqlLeases

# a lease of 15 s is renewed every 3 s, and is asked about anew once less than 5 s of it are left
BEATS: Final = 5
MARGIN: Final = 3
# seconds, or a beat, until a server that did not answer is asked again
AGAIN: Final = 1.0
# beats that others get once the server answers again: an attempt that is under way may have to fail first
GRACE: Final = 1.5
# seconds: with a longer lease one asks again just as soon, and a connection under way is tried anew within 4 s
LONGEST_GRACE: Final = 4.5


def awake() -> float:
    """Seconds that also pass while the machine sleeps, where the system counts them."""
    clock: int | None = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class Lease:
    """`lost` is called once somebody else has declared that this worker ended; it is meant never to return.

    By its own clock the lease ends before it does by the server's: it is counted from before the server was asked.
    `beat_at`: when it was last renewed, by the server's.
    """

    beat_at: datetime

    def __init__(
        self, store: SqlLeases, worker_id: int, seconds: float, lost: Callable[[], object], now: Callable[[], float]
    ) -> None:
        self.store, self.worker_id, self.seconds = store, worker_id, seconds
        self.lost = False
        self._lost, self.now = lost, now
        self._until = self._heard = now()
        self._heard_since = float("-inf")
        self._stop = threading.Event()

    @property
    def executor(self) -> str:
        return executor_of(self.worker_id)

    @property
    def left(self) -> float:
        """Seconds; none or less once it is not sure any more."""
        return self._until - self.now()

    @property
    def steady(self) -> bool:
        """Whether the server was never silent for long, or answers again for so long that others could renew, too.

        Where it was away from everybody, all leases ran out and nobody has ended; none runs out in half a lease. That
        counts from answer to answer: a question may be asked in the middle of a silence, and be answered at its end.
        """
        now, grace = self.now(), min(GRACE * self.seconds / BEATS, LONGEST_GRACE)
        return not self._is_silence(now - self._heard) and now - self._heard_since >= grace

    def _is_silence(self, seconds: float) -> bool:
        return seconds >= self.seconds / 2

    def renew(self) -> None:
        began = self.now()
        if (beat := self.store.renew(self.worker_id, self.seconds)) is not None:
            heard = self.now()
            if self._is_silence(heard - self._heard):
                self._heard_since = heard  # first: another thread that sees the answer sees the silence before it
            self._until, self._heard, self.beat_at = began + self.seconds, heard, beat
        else:
            self.give_up()

    def give_up(self) -> None:
        self.lost = True
        self._lost()

    def require(self) -> None:
        """Asked right before anything leaves for a sender. A process that was stopped for a while may have lost it.

        Raises OutcomeUnknown where nobody can tell: the same is asked while an answer is read.
        """
        if self.left > self.seconds / MARGIN:
            return
        try:
            self.renew()
        except (AppError, exc.SQLAlchemyError) as trouble:
            raise OutcomeUnknown("no_lease", "The workspace's server cannot be asked about the lease") from trouble
        if self.lost:
            raise OutcomeUnknown("no_lease", "Another worker has taken over")

    def keep(self) -> None:
        """Renews it until `stop`, in a thread of its own. A server that is away for a while is asked again.

        Of others it lets go what they were cut off in: whoever writes might wait for that.
        """
        pause = beat = self.seconds / BEATS
        while not self._stop.wait(pause):
            pause = min(beat, AGAIN)
            try:
                self.renew()
                self.store.let_go()
            except (AppError, exc.SQLAlchemyError):
                continue
            if self.lost:
                return
            pause = beat

    def stop(self) -> None:
        """Before it is given back; a thread that still wants to send has to ask."""
        self._stop.set()
        self._until = float("-inf")


def executor_of(worker_id: int) -> str:
    return f"worker-{worker_id}"
