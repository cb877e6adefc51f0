"""Rate limiters: so many requests a second, a few at once, judged by an injected clock."""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from threading import Lock
from types import TracebackType
from typing import Final, Protocol, Self

# two machines' clocks do not run at the very same pace
_MARGIN: Final = 0.001


class Pace(Protocol):
    """What a request is made within: entering waits for its turn."""

    def __enter__(self) -> object: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...


class Throttle:
    """A token bucket that many threads share; `take` gives tokens and waits for them where it must.

    What takes several at once goes as soon as one is there, and whoever comes next waits for all of them.

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

    def reserve(self, tokens: int = 1) -> float:
        """Takes tokens and returns after how many seconds they may be used."""
        with self._lock:
            now = self._monotonic()
            full_at = max(self._full_at, now)
            self._full_at = full_at + tokens * self._interval
        return max(full_at - self._allowance - now, 0.0)

    def take(self, tokens: int = 1) -> None:
        delay = self.reserve(tokens)
        if delay > 0:
            self._wait(delay)

    def __enter__(self) -> Self:
        self.take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """A token is used up whatever became of the request."""


class Slots:
    """Never more than `rate` requests arrive in any second, however long each is on its way; threads may share it.

    There are `rate` slots. One is taken by a request until a second after its answer came, and the request arrived
    within that time: two that used the same slot arrived more than a second apart. For a platform that punishes every
    request too many, where a token bucket's even spacing is at the mercy of the network.
    """

    def __init__(self, rate: float, *, monotonic: Callable[[], float], wait: Callable[[float], object]) -> None:
        if rate <= 0:
            raise ValueError("slots let at least something through")
        count = max(int(rate), 1)
        self._period = count / rate + _MARGIN
        self._monotonic = monotonic
        self._wait = wait
        self._free: SimpleQueue[float] = SimpleQueue()
        for _ in range(count):
            self._free.put(float("-inf"))

    def __enter__(self) -> Self:
        delay = self._free.get() - self._monotonic()
        if delay > 0:
            self._wait(delay)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._free.put(self._monotonic() + self._period)
