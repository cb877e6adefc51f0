"""Kinds about the campaign as a whole: licences, sentences that must be there, and rules made of several checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from campaign_app.compliance.checks.base import Asked, Builder, Check, Options, simple, with_options
from campaign_app.compliance.matcher import Literal
from campaign_app.compliance.normalize import FoldTable
from campaign_app.compliance.refused import BadPattern, Wrong
from campaign_app.compliance.subject import Found, Hit, Subject
from campaign_app.compliance.traits import MARKED
from campaign_app.domain.finding import Severity


class Licence(Options):
    """A licence that senders of these industries and campaigns of these purposes need."""

    licence: str
    industries: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()


class Required(Options):
    """Sentences of which one must be in the text."""

    phrases: tuple[str, ...]


class Echo(Options):
    """The rules whose findings this rule repeats."""

    rules: frozenset[str]


@dataclass(frozen=True, slots=True)
class Several:
    """Checks that make up one rule, asked apart; `places` says of each literal whose it is."""

    checks: tuple[Check, ...]
    literals: tuple[Literal, ...]
    places: tuple[tuple[int, int], ...]

    def look(self, literal: int, window: str, start: int, end: int) -> Sequence[Found]:
        number, place = self.places[literal]
        near = self.checks[number].look(place, window, start, end)
        return [Found(a, b, group * len(self.checks) + number) for a, b, group in near]

    def hits_of(self, number: int, subject: Subject, found: Sequence[Found]) -> list[Hit]:
        """Those of one check."""
        count = len(self.checks)
        own = [Found(f.start, f.end, f.group // count) for f in found if f.group % count == number]
        return list(self.checks[number].hits(subject, own)) if own else []


def combined(checks: Sequence[Check]) -> Several:
    return Several(
        tuple(checks),
        tuple(literal for check in checks for literal in check.literals),
        tuple((number, place) for number, check in enumerate(checks) for place in range(len(check.literals))),
    )


def build_licence(options: Licence, table: FoldTable) -> Asked:  # noqa: ARG001 - the builder's
    def missing(subject: Subject) -> Iterator[Hit]:
        request = subject.request
        asked = request.industry in options.industries or request.purpose in options.purposes
        if asked and options.licence not in request.sender.licences:
            yield Hit()

    return Asked(missing, fixed=True)


def banned_sector(subject: Subject) -> Iterator[Hit]:
    """A trade or purpose for which the provider takes no marketing; a warning until somebody has verified that."""
    request, provider = subject.request, subject.provider
    banned = sorted({request.industry, request.purpose} & provider.forbidden_sectors)
    if banned:
        severity = None if "forbidden_sectors" in provider.verified else Severity.WARN
        yield Hit(severity=severity)


def build_required(options: Required, table: FoldTable) -> Asked:
    wanted = [table.phrase(phrase) for phrase in options.phrases]

    def absent(subject: Subject) -> Iterator[Hit]:
        if not any(map(subject.body.squeezed.__contains__, wanted)):
            yield Hit()

    return Asked(absent)


def build_echo(options: Echo, table: FoldTable) -> Asked:  # noqa: ARG001 - the builder's
    def again(subject: Subject) -> list[Hit]:
        return [Hit(hit.start, hit.end) for rule, hit in subject.marks if rule in options.rules]

    return Asked(again, traits=MARKED, late=True)


def several(kinds: Mapping[str, Builder]) -> Callable[[Mapping[str, Any], FoldTable], Several]:
    """The kind `several`: `[[check]]` tables with a kind and options each."""

    def build(options: Mapping[str, Any], table: FoldTable) -> Several:
        parts = [dict(part) for part in options.get("check", ())]
        unknown = [part.get("kind") for part in parts if part.get("kind") not in kinds] + [*options.keys() - {"check"}]
        if unknown or not parts:
            reason = f"several needs [[check]] tables of known kinds, not {unknown}"
            raise BadPattern(reason, wrong=Wrong.NO_CHECKS)
        return combined([kinds[part.pop("kind")](part, table) for part in parts])

    return build


KINDS: Final[dict[str, Builder]] = {
    "sector": simple(banned_sector, fixed=True),
    "licence": with_options(Licence, build_licence),
    "required": with_options(Required, build_required),
    "echo": with_options(Echo, build_echo),
}
