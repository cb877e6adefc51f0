"""More `signature_*` kinds: what a signature says of its owner, and what it may be used for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from campaign_app.compliance.checks.base import Asked, Builder, Options, simple, with_options
from campaign_app.compliance.checks.phrases import Group, PhraseOptions, Phrases, build
from campaign_app.compliance.normalize import FoldTable
from campaign_app.compliance.subject import Found, Hit, Subject, short_name
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
    """The campaign's purpose is filed for the signature, and the text keeps to it."""

    strong: Phrases
    weak: Phrases
    literals: tuple[str, ...]
    always: bool = True
    fixed: bool = False
    late: bool = False

    def hits(self, subject: Subject, found: Sequence[Found]) -> Iterable[Hit]:
        request = subject.request
        if request.purpose not in request.signature.scopes:
            return [Hit()]
        if "finance" in request.signature.scopes:
            return []
        border = len(self.strong.literals)
        if list(self.strong.hits(subject, [f for f in found if f.literal < border])):
            return [Hit()]
        weak = [Found(f.literal - border, f.start, f.end) for f in found if f.literal >= border]
        return [Hit(severity=Severity.WARN)] if list(self.weak.hits(subject, weak)) else []


def wrong_brackets(subject: Subject) -> Iterator[Hit]:
    """The brand typed again at the head of the body, in other brackets."""
    match = _HEAD.match(subject.rendered.text)
    if not match:
        return
    group = next(number for number, text in enumerate(match.groups(), 1) if text is not None)
    name = subject.body.table.phrase(match[group])
    if len(name) > 1 and any(name in own for own in subject.own_names):
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
    strong = build(PhraseOptions(group=options.strong), table)
    weak = build(PhraseOptions(group=options.weak), table)
    return Scope(strong, weak, strong.literals + weak.literals)


KINDS: Final[dict[str, Builder]] = {
    "signature_brackets": simple(wrong_brackets),
    "signature_source": with_options(Sources, build_sources),
    "signature_neutral": with_options(Neutral, build_neutral),
    "signature_office": with_options(Offices, build_offices),
    "signature_scope": with_options(ScopeOptions, build_scope),
}
