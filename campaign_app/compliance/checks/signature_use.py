"""More `signature_*` kinds: what a signature says of its owner, and what it may be used for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from campaign_app.compliance.checks.base import Asked, Builder, Options, simple, with_options
from campaign_app.compliance.checks.campaign import Several, combined
from campaign_app.compliance.checks.phrases import Group, PhraseOptions, build
from campaign_app.compliance.frame import short_name
from campaign_app.compliance.matcher import Literal
from campaign_app.compliance.normalize import FoldTable
from campaign_app.compliance.subject import Found, Hit, Subject
from campaign_app.compliance.traits import ANY, OTHER_BRACKET_FIRST
from campaign_app.domain.finding import Severity

_HEAD: Final = re.compile(
    r"\s*(?:\[([^\[\]]{1,30})\]|［([^［］]{1,30})］|\(([^()]{1,30})\)|（([^（）]{1,30})）|〖([^〖〗]{1,30})〗|〔([^〔〕]{1,30})〕"
    r"|「([^「」]{1,30})」|『([^『』]{1,30})』|《([^《》]{1,30})》|<([^<>]{1,30})>|〈([^〈〉]{1,30})〉|\{([^{}]{1,30})\})"
)


class Sources(Options):
    """Where a name may come from, and whose names carriers still take."""

    refused_sources: frozenset[str]
    refused_kinds: frozenset[str]


class Neutral(Options):
    """Words that name nobody; a signature made of them alone names no brand."""

    words: tuple[str, ...]


class Offices(Options):
    """Names that only their owners may sign with."""

    words: tuple[str, ...]


class ScopeOptions(Options):
    """`strong` finance words need a finance signature, `weak` ones a second look."""

    strong: tuple[Group, ...]
    weak: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """The text keeps to what the signature is filed for."""

    words: Several
    literals: tuple[Literal, ...]
    always: bool = False
    traits: int = ANY
    fixed: bool = False
    late: bool = False
    steady: bool = False

    def look(self, literal: int, window: str, start: int, end: int) -> Sequence[Found]:
        return self.words.look(literal, window, start, end)

    def hits(self, subject: Subject, found: Sequence[Found]) -> Iterable[Hit]:
        scopes = subject.request.signature.scopes
        if "finance" in scopes or subject.request.purpose not in scopes:
            return ()
        if self.words.hits_of(0, subject, found):
            return (Hit(),)
        return (Hit(severity=Severity.WARN),) if self.words.hits_of(1, subject, found) else ()


def other_purpose(subject: Subject) -> Iterator[Hit]:
    if subject.request.purpose not in subject.request.signature.scopes:
        yield Hit()


def wrong_brackets(subject: Subject) -> Iterator[Hit]:
    """The brand typed again at the head of the body, in other brackets."""
    match = _HEAD.match(subject.text)
    if not match:
        return
    group = next(number for number, text in enumerate(match.groups(), 1) if text is not None)
    name = subject.frame.table.phrase(match[group])
    if len(name) > 1 and any(name in own for own in subject.frame.own_names):
        yield subject.body_hit(match.start(group) - 1, match.end(group) + 1)


def build_sources(options: Sources, table: FoldTable) -> Asked:  # noqa: ARG001 - the builder's
    def refused(subject: Subject) -> Iterator[Hit]:
        request = subject.request
        accepted = request.signature.source in subject.provider.accepted_sources
        source = request.signature.source in options.refused_sources and not accepted
        if source or request.sender.kind in options.refused_kinds:
            yield Hit()

    return Asked(refused, fixed=True)


def build_neutral(options: Neutral, table: FoldTable) -> Asked:
    words = sorted(map(table.phrase, options.words), key=len, reverse=True)
    neutral = re.compile(f"(?:{'|'.join(map(re.escape, words))})+")

    def nameless(subject: Subject) -> Iterator[Hit]:
        text = table.phrase(subject.request.signature.text)
        name = table.phrase(short_name(subject.request.sender.name))
        if neutral.fullmatch(text) and text[:2] != name[:2]:
            yield subject.signature_hit()

    return Asked(nameless, fixed=True)


def build_offices(options: Offices, table: FoldTable) -> Asked:
    offices = [table.phrase(word) for word in options.words]

    def borrowed(subject: Subject) -> Iterator[Hit]:
        text, name = (table.phrase(t) for t in (subject.request.signature.text, subject.request.sender.name))
        if any(office in text and office not in name for office in offices):
            yield subject.signature_hit()

    return Asked(borrowed, fixed=True)


def build_scope(options: ScopeOptions, table: FoldTable) -> Scope:
    words = combined(
        [build(PhraseOptions(group=groups, whole=True), table) for groups in (options.strong, options.weak)]
    )
    return Scope(words, words.literals)


KINDS: Final[dict[str, Builder]] = {
    "signature_brackets": simple(wrong_brackets, traits=OTHER_BRACKET_FIRST),
    "signature_source": with_options(Sources, build_sources),
    "signature_neutral": with_options(Neutral, build_neutral),
    "signature_office": with_options(Offices, build_offices),
    "signature_scope": with_options(ScopeOptions, build_scope),
    "signature_purpose": simple(other_purpose, fixed=True),
}
