"""When the next submit_sm may leave: the account's rate, and the pauses that the centre asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from campaign_app.transport.throttle import Throttle

# of a throttled account; doubled as long as it stays so
FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 8.0
# an event loop cannot wait for less, and the rate holds over this time
_GRAIN: Final = 0.01


class Pace:
    """All messages of one account share it; inside one event loop."""

    def __init__(self, rate: float, now: Callable[[], float], first_pause: float = FIRST_PAUSE) -> None:
        # it never waits by itself, for that would stop the event loop
        self._bucket = Throttle(rate, monotonic=now, wait=float)
        self._now = now
        self._first = first_pause
        self._pause = first_pause
        self._until = 0.0

    async def turn(self) -> None:
        """Waits for this one's turn."""
        while (pause := self._until - self._now()) > 0:
            await asyncio.sleep(pause)
        if (delay := self._bucket.reserve()) > _GRAIN:
            await asyncio.sleep(delay)

    def slow_down(self) -> None:
        """What was on its way when a pause began makes it no longer."""
        now = self._now()
        if now >= self._until:
            self._until = now + self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def well(self) -> None:
        self._pause = self._first
