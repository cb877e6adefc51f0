"""How fast a shop may be asked: every query has a cost, a bucket of points refills, and each answer tells its level.

A query waits until the bucket holds what it cost the last time, so a bucket that is known is never overdrawn and never
left full.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any


@dataclass(frozen=True, slots=True)
class Cost:
    """What an answer says of its own cost and of the bucket."""

    requested: float
    available: float
    maximum: float
    restore: float

    @classmethod
    def read(cls, extensions: Any) -> Cost | None:
        """None where the platform does not say it in numbers that make sense."""
        try:
            cost = extensions["cost"]
            status = cost["throttleStatus"]
            found = cls(
                float(cost["requestedQueryCost"]),
                float(status["currentlyAvailable"]),
                float(status["maximumAvailable"]),
                float(status["restoreRate"]),
            )
        except (TypeError, KeyError, ValueError, OverflowError):
            return None
        sound = found.restore > 0 and 0 <= found.requested < 1e9 and abs(found.available) < 1e9
        return found if sound else None

    @property
    def wait(self) -> float:
        """Seconds until the bucket holds what was asked for."""
        return _seconds(self.requested - self.available, self.restore)


def _seconds(lacking: float, restore: float) -> float:
    """Until so many points are there: one more than needed, which the platform's rounding may have taken."""
    return (lacking + 1.0) / restore if lacking > 0 else 0.0


class Pace:
    """The bucket as it is known here; threads share it."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = Lock()
        self._costs: dict[str, float] = {}
        self._known: Cost | None = None
        self._available = 0.0
        self._at = 0.0
        self._under_way = 0.0

    def reserve(self, kind: str) -> tuple[float, float]:
        """Takes the points of a query of this kind; returns them, and the seconds to wait before it may be asked."""
        with self._lock:
            points = self._costs.get(kind, 0.0)
            self._under_way += points
            if self._known is None:
                return points, 0.0
            available = self._level() - points
            self._available, self._at = available, self._monotonic()
            return points, _seconds(-available, self._known.restore)

    def settle(self, kind: str, points: float, cost: Cost | None) -> None:
        """The query is over; `cost` is what its answer said, if it came."""
        with self._lock:
            self._under_way = max(self._under_way - points, 0.0)
            if cost is not None:
                self._costs[kind] = cost.requested
                self._known = cost
                self._available, self._at = cost.available - self._under_way, self._monotonic()

    def emptied(self) -> None:
        """The platform said that there is nothing left, without saying how much that is."""
        with self._lock:
            self._available, self._at = min(self._level(), 0.0) if self._known else 0.0, self._monotonic()

    def _level(self) -> float:
        if self._known is None:
            return 0.0
        refilled = self._available + (self._monotonic() - self._at) * self._known.restore
        return min(refilled, self._known.maximum)
