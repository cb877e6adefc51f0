"""Working days in China: weekends, and for the years that are known the holidays and the days worked instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Year:
    """`off`: weekdays that nobody works; `work`: weekend days that are worked."""

    off: frozenset[date] = frozenset()
    work: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Due:
    """`guessed`: years on the way to `day` whose holidays are not known, so that only weekends counted."""

    day: date
    guessed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Workdays:
    years: Mapping[int, Year] = field(default_factory=dict)

    def works(self, day: date) -> bool:
        known = self.years.get(day.year, Year())
        return day in known.work or (day.weekday() < _SATURDAY and day not in known.off)

    def after(self, start: date, count: int) -> Due:
        """The `count`th working day after `start`, which does not count itself."""
        day, left, passed = start, count, set[int]()
        while left > 0:
            day += timedelta(days=1)
            passed.add(day.year)
            left -= self.works(day)
        return Due(day, tuple(sorted(passed - set(self.years))))
