"""Many stretches of a text, asked again and again whether they hold another."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate


class Cover:
    """Spans in any order, also such as overlap; an answer takes as long as a look into a sorted list."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(spans)
        self._starts = [start for start, _ in ordered]
        self._reach = list(accumulate((end for _, end in ordered), max))

    def holds(self, start: int, end: int) -> bool:
        """Whether one of the spans has all of start:end in it."""
        before = bisect_right(self._starts, start)
        return before > 0 and self._reach[before - 1] >= end
