"""What waited at the other side while nobody was connected: refusals are among it, so the first batch waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

QUIET: Final = 1.0
LONGEST: Final = 60.0
# a worker asks twice a minute: whoever did not for so long stood still, as a machine that sleeps
AWAY: Final = 120.0


class Backlog:
    """It has begun to come in within `begins` seconds of a connection, and is over when nothing came for `quiet`.

    The other side is heard out for `longest` at most: others may share the account, and their replies come in as well.
    """

    def __init__(
        self,
        begins: float,
        now: Callable[[], float],
        *,
        quiet: float = QUIET,
        longest: float = LONGEST,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._wall, self._asked = wall, wall()
        self._begins, self._quiet, self._longest, self._now = begins, quiet, longest, now
        self._since = self._heard = 0.0
        self._over = False

    def away(self) -> bool:
        """Whether nobody asked this for long, by the clock on the wall: a connection of before may be none any more."""
        before, self._asked = self._asked, self._wall()
        return abs(self._asked - before) > AWAY

    def begin(self) -> None:
        """There is a connection anew."""
        self._since, self._over = self._now(), False

    def heard(self) -> None:
        """Something came in."""
        self._heard = self._now()

    def left(self) -> float:
        """Seconds until it is over, if nothing more comes in; 0 or less once it is, until it begins anew."""
        heard_out = min(self._heard + self._quiet, self._since + self._longest)
        left = 0.0 if self._over else max(self._since + self._begins, heard_out) - self._now()
        self._over = left <= 0
        return left
