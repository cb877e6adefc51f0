"""A group of words at work: which places near a literal say something, and whether the message excuses them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from campaign_app.compliance.borders import parted
from campaign_app.compliance.gaps import bridged, is_one_word, is_spread_out, is_taken_apart
from campaign_app.compliance.patterns import Pattern, matches_over
from campaign_app.compliance.subject import Hit, Subject, occurrences
from campaign_app.domain.finding import Severity

# how far around a word its conditions look
AROUND: Final = 16
_FAR: Final = 120
_BORDERS: Final = {"sentence": re.compile(r"[。!?;]"), "clause": re.compile(r"[。!?;,:]")}
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must and may not stand right beside a word, and longer words and patterns that excuse it."""

    unless: tuple[str, ...]
    unless_patterns: tuple[Pattern, ...]
    before: Pattern | None
    after: Pattern | None
    not_before: Pattern | None
    not_after: Pattern | None

    def hold(self, text: str, start: int, end: int) -> bool:
        left = text[max(0, start - AROUND) : start]
        return not (
            (self.not_after and self.not_after.regex.match(text, end))
            or (self.not_before and self.not_before.regex.search(left))
            or (self.after and not self.after.regex.match(text, end))
            or (self.before and not self.before.regex.search(left))
            or self._excused(text, start, end)
            or parted(text, start, end)
        )

    def _excused(self, text: str, start: int, end: int) -> bool:
        low = max(0, start - AROUND)
        around = text[low : end + AROUND]
        return any(a + low <= start and end <= b + low for a, b in self._longer(around))

    def _longer(self, around: str) -> Iterator[Span]:
        for word in self.unless:
            yield from occurrences(around, word)
        for pattern in self.unless_patterns:
            for match in pattern.regex.finditer(around):
                yield match.span()


@dataclass(frozen=True, slots=True)
class Whom:
    """The messages that a group of words is for."""

    industries: frozenset[str]
    not_industries: frozenset[str]
    purposes: frozenset[str]

    def covers(self, subject: Subject) -> bool:
        request = subject.request
        return (
            (not self.industries or request.industry in self.industries)
            and request.industry not in self.not_industries
            and (not self.purposes or request.purpose in self.purposes)
        )


@dataclass(frozen=True, slots=True)
class Words:
    """`near` is what one look at a literal's surroundings can tell, `hit` what takes the whole message."""

    conditions: Conditions
    whom: Whom
    needs: Pattern | None
    lacks: Pattern | None
    within: str
    severity: Severity | None
    variant: bool
    own_names: bool
    across: str = ""

    def near_phrase(self, window: str, start: int, end: int) -> Sequence[Span]:
        return ((start, end),) if self.conditions.hold(window, start, end) else ()

    def near_pattern(self, patterns: Sequence[Pattern], window: str, start: int, end: int) -> Sequence[Span]:
        """The matches that hold the literal; others have literals of their own."""
        matches = matches_over(patterns, window, start, end)
        spans = [_marked(match, window) for match in matches] if matches else ()
        return [(a, b) for a, b in spans if a < b and self.conditions.hold(window, a, b)] if spans else ()

    def hit(self, subject: Subject, start: int, end: int, *, spread: bool) -> Hit | None:
        """The hit for squeezed[start:end], if the message is one of those, and nothing further off excuses it."""
        if not self.whom.covers(subject) or not self._within(subject, start, end):
            return None
        own = None if self.own_names else subject.own_names
        if own is not None and own.holds(start, end):
            return None
        if self.across and not bridged(subject.body, start, end, self.across):
            return None
        apart = spread and not subject.body.whole(start, end)
        if apart and not is_one_word(subject.body, start, end):
            return None
        hit = subject.squeezed_hit(start, end, self.severity)
        if subject.in_link(hit.start - subject.offset, hit.end - subject.offset):
            return None
        if spread:
            spread_out = apart and is_spread_out(subject.body, start, end)
        else:  # what is found however it is written may still be taken apart: 全 国 第 一
            spread_out = hit.end - hit.start > end - start and is_taken_apart(subject.body, start, end)
        return hit._replace(spread=spread_out, variant=self.variant) if spread_out or self.variant else hit

    def _within(self, subject: Subject, start: int, end: int) -> bool:
        if self.needs is None and self.lacks is None:
            return True
        if self.within != "message":
            return self._agrees(_scope(subject.body.squeezed, start, end, _BORDERS[self.within]))
        if id(self) not in subject.memo:
            subject.memo[id(self)] = self._agrees(subject.body.squeezed)
        return subject.memo[id(self)]

    def _agrees(self, scope: str) -> bool:
        return not (self.needs and not self.needs.regex.search(scope)) and not (
            self.lacks and self.lacks.regex.search(scope)
        )


def _marked(match: re.Match[str], window: str) -> Span:
    """The words to mark; a number that they end in is marked to its end."""
    start, end = match.span("mark" if "mark" in match.re.groupindex else 0)
    if start < end and window[end - 1].isdecimal():
        while end < len(window) and window[end].isdecimal():
            end += 1
    return start, end


def _scope(text: str, start: int, end: int, border: re.Pattern[str]) -> str:
    """The sentence or clause around text[start:end], as far as it matters."""
    left = border.split(text[max(0, start - _FAR) : start])[-1]
    return left + text[start:end] + border.split(text[end : end + _FAR])[0]
