"""Finds the literals of all checks in one pass, and what the checks see around each.

What a check sees in a window depends on the window alone, so it is remembered: the messages of a campaign differ in a
few places only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from campaign_app.compliance.subject import Found

_MOST_WINDOWS: Final = 20_000
Look = Callable[[int, str, int, int], Sequence[Found]]


class Literal(NamedTuple):
    """Squeezed words, and how many characters before and after them their check looks at."""

    text: str
    before: int
    after: int


class _Owner(NamedTuple):
    check: int
    place: int
    look: Look


class Matcher:
    """Thread-safe: at worst two threads look at the same window."""

    def __init__(self, checks: Iterable[tuple[int, Sequence[Literal], Look]]) -> None:
        """(number of the check, its literals, its look)."""
        owners: dict[str, list[_Owner]] = defaultdict(list)
        before: dict[str, int] = defaultdict(int)
        after: dict[str, int] = defaultdict(int)
        for number, literals, look in checks:
            for place, literal in enumerate(literals):
                owners[literal.text].append(_Owner(number, place, look))
                before[literal.text] = max(before[literal.text], literal.before)
                after[literal.text] = max(after[literal.text], literal.after)
        self._owners = list(owners.values())
        self._reach = [(before[text], after[text]) for text in owners]
        # an automaton of fixed depth: the default one changes with the number of patterns, and so would the timing
        self._automaton = AhoCorasick(list(owners), implementation=Implementation.ContiguousNFA)
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
        for check, place, look in self._owners[literal]:
            seen = look(place, window, start, end)
            if seen:
                near += [(check, one) for one in seen]
        self._seen[literal, start, window] = near
        return near
