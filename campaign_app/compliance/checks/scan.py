"""Places that some patterns match, found by the patterns' own words; what they mean is for the check to say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from campaign_app.compliance.borders import parted
from campaign_app.compliance.matcher import Literal
from campaign_app.compliance.patterns import Anchors, Pattern, matches_over
from campaign_app.compliance.subject import Found
from campaign_app.compliance.wording import AROUND

# how far a pattern's own look-ahead may see beyond its match
_AHEAD: Final = 8


@dataclass(frozen=True, slots=True)
class Scan:
    """`excuses` are patterns that take away what ends inside of them."""

    literals: tuple[Literal, ...]
    patterns: tuple[tuple[Pattern, ...], ...]
    excuses: tuple[Pattern, ...]

    def look(self, literal: int, window: str, start: int, end: int) -> Sequence[Found]:
        spans = [match.span() for match in matches_over(self.patterns[literal], window, start, end)]
        return (
            [Found(a, b, 0) for a, b in spans if not self._excused(window, b) and not parted(window, a, b)]
            if spans
            else ()
        )

    def _excused(self, window: str, end: int) -> bool:
        excuses = (match for pattern in self.excuses for match in pattern.regex.finditer(window))
        return any(match.start() < end <= match.end() for match in excuses)


def scan(patterns: Iterable[Pattern], excuses: Iterable[Pattern] = (), *, around: int = AROUND) -> Scan:
    """`around` is how far beyond a match somebody looks. Raises BadPattern for a pattern without words of its own."""
    owners: dict[str, list[tuple[Pattern, Anchors]]] = defaultdict(list)
    for pattern in patterns:
        anchors = pattern.anchors()
        for word in sorted(anchors.words):
            owners[word].append((pattern, anchors))
    ahead = max(around, _AHEAD)
    literals = [_literal(word, owned, around, ahead) for word, owned in owners.items()]
    owned_patterns = tuple(tuple(pattern for pattern, _ in owned) for owned in owners.values())
    return Scan(tuple(literals), owned_patterns, tuple(excuses))


def _literal(word: str, owned: Sequence[tuple[Pattern, Anchors]], around: int, ahead: int) -> Literal:
    """With as much text around it as the farthest of its patterns may need."""
    if len(owned) == 1:  # mostly; there are thousands of them
        first = owned[0][1]
        return Literal(word, first.before + around, first.after + ahead)
    return Literal(word, max(a.before for _, a in owned) + around, max(a.after for _, a in owned) + ahead)
