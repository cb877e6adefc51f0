"""A rule as data: who it is for, since when, how grave, by which law, with its own cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from campaign_app.compliance.message import CheckRequest
from campaign_app.domain.finding import Citation, Severity

LANGUAGES = ("zh_CN", "en")


@dataclass(frozen=True, slots=True)
class Case:
    """A text that proves a rule: the marked words it must find, "" for a finding about an absence or a field.

    `text` is the final text with 【signature】; `fields` override those of a sound message.
    """

    text: str
    finds: tuple[str, ...]
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DatedCitation:
    """A source, the days on which it is the law, and the providers whose own it is; none means everybody's.

    One `beside` others never takes their place: it is told after the one that is cited, with a mark of its own.
    """

    citation: Citation
    effective_from: date = date.min
    effective_to: date = date.max
    providers: frozenset[str] = frozenset()
    beside: bool = False

    def holds(self, day: date, provider: str) -> bool:
        return self.effective_from <= day <= self.effective_to and (not self.providers or provider in self.providers)

    @property
    def aim(self) -> tuple[bool, bool]:
        """A provider's own page says more than the law of one day, and that more than what always holds."""
        return bool(self.providers), (self.effective_from, self.effective_to) != (date.min, date.max)


@dataclass(frozen=True, slots=True)
class Scope:
    """For whom a rule is; an empty set means everybody."""

    providers: frozenset[str] = frozenset()
    industries: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    not_industries: frozenset[str] = frozenset()

    def covers(self, request: CheckRequest) -> bool:
        return (
            (not self.providers or request.provider in self.providers)
            and (not self.industries or request.industry in self.industries)
            and (not self.purposes or request.purpose in self.purposes)
            and request.industry not in self.not_industries
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """`options` are those of its `kind`. `severities` override `severity` by provider name or industry name.

    `absent`, if any, is the message about what is missing, where no words are marked.
    `replace` has, for patterns of the words that it finds, others to write instead; \\1 is the pattern's first group.
    """

    id: str
    name: str
    pack: str
    kind: str
    severity: Severity
    about: Mapping[str, str]
    message: Mapping[str, str]
    fix: Mapping[str, str]
    citations: tuple[DatedCitation, ...]
    cases: tuple[Case, ...]
    options: Mapping[str, Any]
    severities: Mapping[str, Severity] = field(default_factory=dict)
    scope: Scope = Scope()
    effective_from: date = date.min
    effective_to: date = date.max
    absent: Mapping[str, str] = field(default_factory=dict)
    replace: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    path: Path = Path()

    def applies(self, request: CheckRequest) -> bool:
        """For this kind of message on the day it is sent; an unknown day is judged by the newest law."""
        day = request.send_date or date.max
        return self.effective_from <= day <= self.effective_to and self.scope.covers(request)

    def severity_for(self, request: CheckRequest) -> Severity:
        by_provider = self.severities.get(request.provider)
        return by_provider or self.severities.get(request.industry) or self.severity

    @property
    def may_block(self) -> bool:
        """Whether a finding of it can stop a message, for whomever and however."""
        severities = (self.severity, *self.severities.values())
        return Severity.BLOCK in severities or _names_block(self.options)

    def citation_on(self, day: date | None, provider: str = "") -> Citation:
        """The source in force that says most of the day and the provider, the newest if none is or no day is known."""
        when = day or date.max
        own = [dated for dated in self.citations if not dated.beside] or self.citations
        in_force = [dated for dated in own if dated.holds(when, provider)]
        return max(in_force, key=lambda dated: dated.aim, default=own[-1]).citation

    def beside_on(self, day: date | None, provider: str = "") -> tuple[Citation, ...]:
        """Those in force that stand beside it."""
        when = day or date.max
        return tuple(dated.citation for dated in self.citations if dated.beside and dated.holds(when, provider))


def _names_block(options: Any) -> bool:
    """Whether some part of a rule has a severity of its own that is `block`, or a kind that may say so."""
    if isinstance(options, Mapping):
        own = options.get("severity") == "block" or options.get("kind") == "claim_prize"
        return own or any(map(_names_block, options.values()))
    return isinstance(options, list | tuple) and any(map(_names_block, options))
