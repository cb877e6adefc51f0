"""The `phrases` kind: any of these words or patterns, unless what stands around them says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from campaign_app.compliance.checks.base import Builder, Options, with_options
from campaign_app.compliance.checks.scan import scan
from campaign_app.compliance.matcher import Literal as Anchor
from campaign_app.compliance.normalize import FoldTable
from campaign_app.compliance.patterns import Pattern
from campaign_app.compliance.refused import BadPattern, Wrong
from campaign_app.compliance.subject import Found, Hit, Subject, merged
from campaign_app.compliance.traits import ANY
from campaign_app.compliance.wording import AROUND, Conditions, Whom, Words
from campaign_app.domain.finding import Severity


class Group(Options):
    """Words that share their conditions. All conditions are patterns over the squeezed text.

    `unless` are longer phrases that contain the word and excuse it. `before`/`after` must match right beside the word,
    `not_before`/`not_after` may not. `needs` must and `lacks` may not be found `within` the message, the sentence or
    the clause. `spread` words are found however they are spread out (phrases are, unless they say no; patterns if they
    say so). `across`: one of these signs stands somewhere between the characters. `variant` words are such as stand for
    others. `own_names` also looks inside the sender's names.
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
    across: str = ""
    variant: bool = False
    own_names: bool = False
    industries: frozenset[str] = frozenset()
    not_industries: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()

    @property
    def conditional(self) -> bool:
        """Whether what stands beside a word matters."""
        beside = (self.unless, self.unless_patterns, self.before, self.after, self.not_before, self.not_after)
        return any(beside)


class PhraseOptions(Group):
    """A rule is one group, or several as `[[group]]`; `whole` makes one finding about the message, without a place."""

    group: tuple[Group, ...] = ()
    whole: bool = False
    missing_licence: str = ""


class Place(NamedTuple):
    """What a literal belongs to: a group, and the patterns that hold it; none if it is a phrase itself."""

    group: int
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Phrases:
    """The check. The number of a place found is that of its group, doubled, and one more for `spread` words."""

    words: tuple[Words, ...]
    literals: tuple[Anchor, ...]
    places: tuple[Place, ...]
    spread: tuple[bool | None, ...]
    whole: bool
    missing_licence: str
    always: bool = False
    traits: int = ANY
    fixed: bool = False
    late: bool = False
    steady: bool = False

    def look(self, literal: int, window: str, start: int, end: int) -> Sequence[Found]:
        group, patterns = self.places[literal]
        words = self.words[group]
        if patterns:
            number = 2 * group + (self.spread[group] is True)
            spans = words.near_pattern(patterns, window, start, end)
            return [Found(a, b, number) for a, b in spans] if spans else ()
        number = 2 * group + (self.spread[group] is not False)
        return [Found(a, b, number) for a, b in words.near_phrase(window, start, end)]

    def hits(self, subject: Subject, found: Sequence[Found]) -> Iterable[Hit]:
        if self.missing_licence and self.missing_licence in subject.request.sender.licences:
            return ()
        hits = merged(self._hits(subject, found))
        if not self.whole:
            return hits
        subject.marks += [("", hit) for hit in hits if hit.spread]  # the way it is written is a finding of its own
        return [Hit(severity=max((h.severity for h in hits if h.severity), default=None))] if hits else ()

    def _hits(self, subject: Subject, found: Sequence[Found]) -> Iterator[Hit]:
        for start, end, number in found:
            hit = self.words[number // 2].hit(subject, start, end, spread=bool(number % 2))
            if hit:
                yield hit


def build(options: PhraseOptions, table: FoldTable) -> Phrases:
    """Raises BadPattern for a pattern that is wrong, slow or cannot be found by its words."""
    first = Group.model_validate({name: getattr(options, name) for name in Group.model_fields})
    groups = [group for group in (first, *options.group) if group.phrases or group.patterns]
    literals: list[tuple[Anchor, Place]] = []
    for number, group in enumerate(groups):
        around = AROUND if group.conditional else 2
        place = Place(number, ())
        literals += [(Anchor(word, around, around), place) for word in _phrases(group, table)]
        scanned = scan((Pattern(table.pattern(source)) for source in group.patterns), around=around)
        literals += [
            (anchor, Place(number, owned)) for anchor, owned in zip(scanned.literals, scanned.patterns, strict=True)
        ]
    if not literals:
        raise BadPattern("neither phrases nor patterns", wrong=Wrong.NO_WORDS)
    return Phrases(
        words=tuple(_words(group, table) for group in groups),
        literals=tuple(literal for literal, _ in literals),
        places=tuple(place for _, place in literals),
        spread=tuple(group.spread for group in groups),
        whole=options.whole,
        missing_licence=options.missing_licence,
    )


def _phrases(group: Group, table: FoldTable) -> tuple[str, ...]:
    phrases = table.phrases(group.phrases)
    if not all(phrase[:1].isalnum() or any(map(str.isalnum, phrase)) for phrase in phrases):
        raise BadPattern("a phrase without letters or digits", wrong=Wrong.NO_LETTERS)
    return phrases


def _words(group: Group, table: FoldTable) -> Words:
    return Words(
        conditions=Conditions(
            unless=table.phrases(group.unless),
            unless_patterns=tuple(Pattern(table.pattern(p)) for p in group.unless_patterns),
            before=_optional(f"(?:{group.before})\\Z" if group.before else "", table),
            after=_optional(group.after, table),
            not_before=_optional(f"(?:{group.not_before})\\Z" if group.not_before else "", table),
            not_after=_optional(group.not_after, table),
        ),
        whom=Whom(group.industries, group.not_industries, group.purposes),
        needs=_optional(group.needs, table),
        lacks=_optional(group.lacks, table),
        within=group.within,
        severity=Severity[group.severity.upper()] if group.severity else None,
        variant=group.variant,
        own_names=group.own_names,
        across=group.across,
    )


def _optional(source: str, table: FoldTable) -> Pattern | None:
    return Pattern(table.pattern(source)) if source else None


KINDS: Final[dict[str, Builder]] = {"phrases": with_options(PhraseOptions, build)}
