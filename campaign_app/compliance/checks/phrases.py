"""The `phrases` kind: any of these words or patterns, unless what stands around them says otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from campaign_app.compliance.checks.base import Builder, Options, with_options
from campaign_app.compliance.gaps import is_one_word, is_spread_out, is_whole
from campaign_app.compliance.normalize import FoldTable
from campaign_app.compliance.patterns import BadPattern, compile_pattern, literals_of
from campaign_app.compliance.subject import Found, Hit, Subject, merged, occurrences
from campaign_app.domain.finding import Severity

_SENTENCE: Final = re.compile(r"[。!?;]")
_CLAUSE: Final = re.compile(r"[。!?;,:]")
_AROUND: Final = 16
_FAR: Final = 120
Regex = re.Pattern[str]


class Group(Options):
    """Words that share their conditions. All conditions are patterns over the squeezed text.

    `unless` are longer phrases that contain the word and excuse it. `before`/`after` must match right beside the word,
    `not_before`/`not_after` may not. `needs` must and `lacks` may not be found `within` the message, the sentence or
    the clause. `spread` words are found however they are spread out (phrases are, unless they say no; patterns if they
    say so). `variant` words are such as stand for others. `own_names` also looks inside the sender's names.
    """

    phrases: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    unless_patterns: tuple[str, ...] = ()
    before: str = ""
    after: str = ""
    not_before: str = ""
    not_after: str = ""
    needs: str = ""
    lacks: str = ""
    within: Literal["message", "sentence", "clause"] = "message"
    severity: Literal["block", "warn", "info"] | None = None
    spread: bool | None = None
    variant: bool = False
    own_names: bool = False
    industries: frozenset[str] = frozenset()
    not_industries: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()


class PhraseOptions(Group):
    """A rule is one group, or several as `[[group]]`; `whole` makes one finding about the message, without a place."""

    group: tuple[Group, ...] = ()
    whole: bool = False
    missing_licence: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A group, made ready. `excuses` are, for each phrase, the longer ones and where in them it stands."""

    group: Group
    phrases: tuple[str, ...]
    excuses: tuple[tuple[tuple[str, int], ...], ...]
    patterns: tuple[Regex, ...]
    unless: tuple[str, ...]
    unless_patterns: tuple[Regex, ...]
    before: Regex | None
    after: Regex | None
    not_before: Regex | None
    not_after: Regex | None
    needs: Regex | None
    lacks: Regex | None
    severity: Severity | None

    def covers(self, subject: Subject) -> bool:
        group, request = self.group, subject.request
        return (
            (not group.industries or request.industry in group.industries)
            and request.industry not in group.not_industries
            and (not group.purposes or request.purpose in group.purposes)
        )

    def accepts(self, subject: Subject, start: int, end: int, *, spread: bool) -> Hit | None:
        """The hit for squeezed[start:end], if nothing around it excuses it."""
        text = subject.body.squeezed
        if not (self._beside(text, start, end) and self._within(subject, start, end)):
            return None
        if not self.group.own_names and any(a <= start and end <= b for a, b in subject.own_name_spans):
            return None
        return self._placed(subject, start, end, spread=spread)

    def _placed(self, subject: Subject, start: int, end: int, *, spread: bool) -> Hit | None:
        """The hit, but for words in links and fragments that only meet by chance."""
        apart = spread and not is_whole(subject.body, start, end)
        if apart and not is_one_word(subject.body, start, end):
            return None
        hit = subject.squeezed_hit(start, end, self.severity)
        if subject.in_link(hit.start - subject.offset, hit.end - subject.offset):
            return None
        spread_out = apart and is_spread_out(subject.body, start, end)
        return replace(hit, spread=spread_out, variant=self.group.variant) if spread_out or self.group.variant else hit

    def excused(self, text: str, found: Found) -> bool:
        """Whether the phrase stands inside one of its longer ones."""
        return any(
            found.start >= at and text.startswith(longer, found.start - at)
            for longer, at in self.excuses[found.literal]
        )

    def pattern_excused(self, text: str, start: int, end: int) -> bool:
        low, high = max(0, start - _AROUND), end + _AROUND
        around = text[low:high]
        spans = (span for longer in self.unless for span in occurrences(around, longer))
        return any(a + low <= start and end <= b + low for a, b in spans)

    def _beside(self, text: str, start: int, end: int) -> bool:
        left = text[max(0, start - _AROUND) : start]
        return not (
            (self.not_after and self.not_after.match(text, end))
            or (self.not_before and self.not_before.search(left))
            or (self.after and not self.after.match(text, end))
            or (self.before and not self.before.search(left))
            or self._inside_pattern(text, start, end)
        )

    def _inside_pattern(self, text: str, start: int, end: int) -> bool:
        low = max(0, start - _AROUND)
        around = text[low : end + _AROUND]
        found = (match for pattern in self.unless_patterns for match in pattern.finditer(around))
        return any(match.start() + low <= start and end <= match.end() + low for match in found)

    def _within(self, subject: Subject, start: int, end: int) -> bool:
        if self.needs is None and self.lacks is None:
            return True
        if self.group.within != "message":
            return self._agrees(_scope(subject.body.squeezed, start, end, self.group.within))
        if id(self) not in subject.memo:
            subject.memo[id(self)] = self._agrees(subject.body.squeezed)
        return subject.memo[id(self)]

    def _agrees(self, scope: str) -> bool:
        return not (self.needs and not self.needs.search(scope)) and not (self.lacks and self.lacks.search(scope))


@dataclass(frozen=True, slots=True)
class Phrases:
    """The check: `owners` gives, for each literal, its group and its place among the phrases (-1 for a pattern)."""

    words: tuple[Words, ...]
    literals: tuple[str, ...]
    owners: tuple[tuple[int, int], ...]
    whole: bool
    missing_licence: str
    always: bool = False
    fixed: bool = False
    late: bool = False

    def hits(self, subject: Subject, found: Sequence[Found]) -> Iterable[Hit]:
        if self.missing_licence and self.missing_licence in subject.request.sender.licences:
            return ()
        hits = merged(list(self._phrase_hits(subject, found)) + list(self._pattern_hits(subject, found)))
        if not self.whole:
            return hits
        return [Hit(severity=max((h.severity for h in hits if h.severity), default=None))] if hits else ()

    def _phrase_hits(self, subject: Subject, found: Sequence[Found]) -> Iterator[Hit]:
        text = subject.body.squeezed
        for one in found:
            owner, place = self.owners[one.literal]
            words = self.words[owner]
            if place < 0 or not words.covers(subject) or words.excused(text, Found(place, one.start, one.end)):
                continue
            hit = words.accepts(subject, one.start, one.end, spread=words.group.spread is not False)
            if hit:
                yield hit

    def _pattern_hits(self, subject: Subject, found: Sequence[Found]) -> Iterator[Hit]:
        text = subject.body.squeezed
        triggered = {self.owners[one.literal][0] for one in found if self.owners[one.literal][1] < 0}
        for words in (self.words[owner] for owner in sorted(triggered)):
            if not words.covers(subject):
                continue
            for match in (match for pattern in words.patterns for match in pattern.finditer(text)):
                start, end = match.span("mark") if "mark" in match.re.groupindex else match.span()
                if start < end and not words.pattern_excused(text, start, end):
                    hit = words.accepts(subject, start, end, spread=words.group.spread is True)
                    if hit:
                        yield hit


def build(options: PhraseOptions, table: FoldTable) -> Phrases:
    """Raises BadPattern for a pattern that is wrong, slow or cannot be found by its words."""
    first = Group.model_validate({name: getattr(options, name) for name in Group.model_fields})
    groups = [group for group in (first, *options.group) if group.phrases or group.patterns]
    words = tuple(_words(group, table) for group in groups)
    literals: list[tuple[str, tuple[int, int]]] = []
    for owner, group in enumerate(words):
        literals += [(phrase, (owner, place)) for place, phrase in enumerate(group.phrases)]
        literals += [(word, (owner, -1)) for word in sorted(_anchors(group.patterns))]
    if not literals:
        raise BadPattern("neither phrases nor patterns")
    return Phrases(
        words, tuple(w for w, _ in literals), tuple(o for _, o in literals), options.whole, options.missing_licence
    )


def _words(group: Group, table: FoldTable) -> Words:
    phrases = tuple(table.phrase(phrase) for phrase in group.phrases)
    unless = tuple(table.phrase(phrase) for phrase in group.unless)
    if not all(phrases):
        raise BadPattern("a phrase without letters or digits")
    return Words(
        group=group,
        phrases=phrases,
        excuses=tuple(tuple((u, at) for u in unless for at, _ in occurrences(u, phrase)) for phrase in phrases),
        patterns=tuple(compile_pattern(table.pattern(p)) for p in group.patterns),
        unless=unless,
        unless_patterns=tuple(compile_pattern(table.pattern(p)) for p in group.unless_patterns),
        before=_optional(f"(?:{group.before})\\Z" if group.before else "", table),
        after=_optional(group.after, table),
        not_before=_optional(f"(?:{group.not_before})\\Z" if group.not_before else "", table),
        not_after=_optional(group.not_after, table),
        needs=_optional(group.needs, table),
        lacks=_optional(group.lacks, table),
        severity=Severity[group.severity.upper()] if group.severity else None,
    )


def _optional(source: str, table: FoldTable) -> Regex | None:
    return compile_pattern(table.pattern(source)) if source else None


def _anchors(patterns: Iterable[Regex]) -> set[str]:
    anchors: set[str] = set()
    for pattern in patterns:
        words = literals_of(pattern.pattern)
        if words is None:
            raise BadPattern(f"{pattern.pattern!r}: no word that every match holds")
        anchors |= words
    return anchors


def _scope(text: str, start: int, end: int, within: str) -> str:
    """The sentence or clause around text[start:end], as far as it matters."""
    border = _SENTENCE if within == "sentence" else _CLAUSE
    left = border.split(text[max(0, start - _FAR) : start])[-1]
    return left + text[start:end] + border.split(text[end : end + _FAR])[0]


KINDS: Final[dict[str, Builder]] = {"phrases": with_options(PhraseOptions, build)}
