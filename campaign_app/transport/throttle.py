"""A rate limiter: so many requests a second, a few at once, judged by an injected clock."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock


class Throttle:
    """A token bucket that many threads share; `take` gives one token and waits for it where it must.

    The bucket is kept as the moment at which it will be full again, so that nothing has to be refilled.
    """

    def __init__(
        self, rate: float, *, burst: int = 1, monotonic: Callable[[], float], wait: Callable[[float], object]
    ) -> None:
        if rate <= 0 or burst < 1:
            raise ValueError("a throttle lets at least something through")
        self._interval = 1.0 / rate
        self._allowance = (burst - 1) * self._interval
        self._monotonic = monotonic
        self._wait = wait
        self._full_at = float("-inf")
        self._lock = Lock()

    def reserve(self) -> float:
        """Takes one token and returns after how many seconds it may be used."""
        with self._lock:
            now = self._monotonic()
            full_at = max(self._full_at, now)
            self._full_at = full_at + self._interval
        return max(full_at - self._allowance - now, 0.0)

    def take(self) -> None:
        delay = self.reserve()
        if delay > 0:
            self._wait(delay)
