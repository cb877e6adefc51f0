"""Costs and the bucket that they are taken from. A query's cost: a point for each object that it may return, ten for a

mutation. The rates are those that Shopify publishes for its plans; the size of the bucket and the cost of a single
query are *unverified* (older documents have twenty seconds' worth of points).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

# points a second, by plan
PLANS: Final[Mapping[str, float]] = {"standard": 100.0, "advanced": 200.0, "plus": 1_000.0, "enterprise": 2_000.0}
SECONDS: Final = 20.0
QUERY_MAX: Final = 1_000.0


class Bucket:
    def __init__(self, restore: float, now: Callable[[], float], maximum: float | None = None) -> None:
        self.restore = restore
        self.maximum = restore * SECONDS if maximum is None else maximum
        self._now = now
        self._level = self.maximum
        self._at = now()
        self.spent = 0.0
        self.throttled = 0

    def level(self) -> float:
        now = self._now()
        self._level = min(self._level + max(now - self._at, 0.0) * self.restore, self.maximum)
        self._at = now
        return self._level

    def take(self, requested: float) -> bool:
        if requested > self.level():
            self.throttled += 1
            return False
        self._level -= requested
        self.spent += requested
        return True

    def empty(self) -> None:
        self.level()
        self._level = 0.0

    def cost(self, requested: float, actual: float | None) -> dict[str, Any]:
        """As `extensions` have it."""
        return {
            "cost": {
                "requestedQueryCost": round(requested),
                "actualQueryCost": None if actual is None else round(actual),
                "throttleStatus": {
                    "maximumAvailable": self.maximum,
                    "currentlyAvailable": int(self.level()),
                    "restoreRate": self.restore,
                },
            }
        }
