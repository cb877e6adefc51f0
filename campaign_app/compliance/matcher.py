"""Finds the literals of all checks in one pass, and what the checks see around each.

What a check sees in a window depends on the window alone, so it is remembered: the messages of a campaign differ in a
few places only.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from campaign_app.compliance.subject import Found

_MOST_WINDOWS: Final = 20_000
_Reach = tuple[int, int]
Look = Callable[[int, str, int, int], Sequence[Found]]


class Literal(NamedTuple):
    """Squeezed words, and how many characters before and after them their check looks at."""

    text: str
    before: int
    after: int


class Matcher:
    """Thread-safe: at worst two threads look at the same window.

    A merchant may bring a hundred thousand words: of each are kept three numbers for every check that asked for it.
    """

    def __init__(self, checks: Iterable[tuple[int, Sequence[Literal], Look]]) -> None:
        """(number of the check, its literals, its look)."""
        numbers: dict[str, int] = {}
        owners: list[tuple[int, int, int]] = []
        reach: list[_Reach] = []
        self._looks: dict[int, Look] = {}
        for check, literals, look in checks:
            self._looks[check] = look
            for place, (text, before, after) in enumerate(literals):
                number = numbers.setdefault(text, len(numbers))
                owners.append((number, check, place))
                if number == len(reach):
                    reach.append((before, after))
                else:
                    reach[number] = max(before, reach[number][0]), max(after, reach[number][1])
        owners.sort()
        shared: dict[_Reach, _Reach] = {}
        self._reach = [shared.setdefault(one, one) for one in reach]
        self._checks = array("I", (check for _, check, _ in owners))
        self._places = array("I", (place for _, _, place in owners))
        self._first = array("I", _starts(number for number, _, _ in owners))
        # an automaton of fixed depth: the default one changes with the number of patterns, and so would the timing
        self._automaton = AhoCorasick(list(numbers), implementation=Implementation.ContiguousNFA)
        self._seen: dict[tuple[int, int, str], list[tuple[int, Found]]] = {}

    def find(self, text: str) -> dict[int, list[Found]]:
        """check → what it saw, in order of place."""
        found: dict[int, list[Found]] = {}
        seen, reaches = self._seen, self._reach
        for literal, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            before, after = reaches[literal]
            low = start - before if start > before else 0
            key = (literal, start - low, text[low : end + after])
            near = seen.get(key)
            if near is None:
                near = self._look(literal, key[2], start - low, end - low)
            for check, (a, b, group) in near:
                found.setdefault(check, []).append(Found(a + low, b + low, group))
        return found

    def _look(self, literal: int, window: str, start: int, end: int) -> list[tuple[int, Found]]:
        if len(self._seen) >= _MOST_WINDOWS:
            self._seen.clear()
        near: list[tuple[int, Found]] = []
        for owner in range(self._first[literal], self._first[literal + 1]):
            check = self._checks[owner]
            seen = self._looks[check](self._places[owner], window, start, end)
            if seen:
                near += [(check, one) for one in seen]
        self._seen[literal, start, window] = near
        return near


def _starts(numbers: Iterable[int]) -> Iterator[int]:
    """Where each of the sorted numbers 0, 1, 2 … is first met, and how many there are in all."""
    last, met = -1, 0
    for number in numbers:
        if number != last:
            yield met
            last = number
        met += 1
    yield met
