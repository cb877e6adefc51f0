"""Finds many literals in one pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from ahocorasick_rs import AhoCorasick, Implementation

from campaign_app.compliance.subject import Found


class Matcher:
    """All the literals of all checks; `find` says which check asked for what it found."""

    def __init__(self, literals: Sequence[tuple[int, int, str]]) -> None:
        """(check, place of the literal in it, literal), the same literal any number of times."""
        wanted: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for check, place, literal in literals:
            wanted[literal].append((check, place))
        self._owners = list(wanted.values())
        # an automaton of fixed depth: the default one changes with the number of patterns, and so would the timing
        self._automaton = AhoCorasick(list(wanted), implementation=Implementation.ContiguousNFA)

    def find(self, squeezed: str) -> dict[int, list[Found]]:
        """check → what was found of it, in order of place."""
        found: dict[int, list[Found]] = {}
        for literal, start, end in self.matches(squeezed):
            for check, place in self._owners[literal]:
                found.setdefault(check, []).append(Found(place, start, end))
        return found

    def matches(self, text: str) -> Iterator[tuple[int, int, int]]:
        yield from self._automaton.find_matches_as_indexes(text, overlapping=True)
