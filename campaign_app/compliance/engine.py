"""Asks every rule that is in force about a message, and words the findings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Final

from campaign_app import assets
from campaign_app.compliance.checks import build
from campaign_app.compliance.checks.base import Check
from campaign_app.compliance.matcher import Matcher
from campaign_app.compliance.message import CheckRequest
from campaign_app.compliance.normalize import FoldTable
from campaign_app.compliance.packs import RuleSet
from campaign_app.compliance.providers import Provider
from campaign_app.compliance.rule import Rule
from campaign_app.compliance.segments import Segments
from campaign_app.compliance.subject import Found, Hit, Subject, subject_of
from campaign_app.compliance.template import Rendered, Template
from campaign_app.domain.finding import Finding, Severity, Span

# nobody reads more of one kind, and a hostile text could hold a hundred thousand
MOST_FINDINGS: Final = 50
_WORD: Final = re.compile(r"\{(\w+)\}")
_NOTHING: Final[Sequence[Found]] = ()


@dataclass(frozen=True, slots=True)
class CheckResult:
    """`verdict` is block, warn or pass. Findings are in order of place, those without a place first."""

    verdict: str
    final_text: str
    findings: tuple[Finding, ...]
    segments: Segments


@dataclass(frozen=True, slots=True)
class _Active:
    """A rule at work; `number` is its place among all, by which literals are found for it."""

    number: int
    rule: Rule
    check: Check


class Engine:
    """All rules, compiled once. Thread-safe: nothing changes after it is made."""

    def __init__(self, rules: RuleSet, language: str = "zh_CN") -> None:
        self.pack_version = rules.version
        self._table = fold_table(assets.path("tables", "fold.json"))
        self._language = language
        self._providers = rules.providers
        self._active = [_Active(n, rule, build(rule, self._table)) for n, rule in enumerate(rules.rules)]
        self._matcher = Matcher(
            [(one.number, place, word) for one in self._active for place, word in enumerate(one.check.literals)]
        )

    def check(self, request: CheckRequest) -> CheckResult:
        """Renders the body with the request's variables and asks every rule."""
        template = Template.parse(request.body)
        return self._check(request, template, template.render(request.variables), self._in_force(request))

    def check_rendered(self, request: CheckRequest, rows: Iterable[Mapping[str, str]]) -> Iterator[CheckResult]:
        """The same for each row of values, for whole campaigns; the request's own variables are not used."""
        template, in_force = Template.parse(request.body), self._in_force(request)
        for values in rows:
            yield self._check(request, template, template.render(values), in_force)

    def _in_force(self, request: CheckRequest) -> Sequence[_Active]:
        return [active for active in self._active if active.rule.applies(request)]

    def _check(
        self, request: CheckRequest, template: Template, rendered: Rendered, in_force: Sequence[_Active]
    ) -> CheckResult:
        subject = subject_of(request, self._provider(request.provider), template, rendered, self._table)
        found = self._matcher.find(subject.body.squeezed)
        findings: list[Finding] = []
        for late in (False, True):
            for active in in_force:
                if active.check.late is late:
                    findings += self._ask(active, subject, found.get(active.number, _NOTHING))
        findings.sort(key=lambda f: (f.span.start, f.span.end, f.rule_id))
        return CheckResult(_verdict(findings), subject.final_text, tuple(findings), subject.segments)

    def _ask(self, active: _Active, subject: Subject, found: Sequence[Found]) -> Iterator[Finding]:
        if not found and not active.check.always:
            return
        for hit in islice(active.check.hits(subject, found), MOST_FINDINGS):
            subject.marks.append((active.rule.id, hit))
            yield self._finding(active.rule, subject, hit)

    def _finding(self, rule: Rule, subject: Subject, hit: Hit) -> Finding:
        text = subject.final_text[hit.start : hit.end]
        words = {"match": text, "signature": subject.request.signature.text, "provider": subject.provider.title}
        words.update(hit.facts)
        return Finding(
            rule_id=rule.id,
            severity=hit.severity or rule.severity_for(subject.request),
            span=Span(hit.start, hit.end),
            text=text,
            message=_fill(rule.message[self._language], words),
            citation=rule.citation_on(subject.request.send_date),
            fix=_fill(rule.fix[self._language], words),
        )

    def _provider(self, name: str) -> Provider:
        """An unknown provider is held to what all of them ask."""
        return self._providers.get(name) or self._providers["generic"]


def check(request: CheckRequest, rules: RuleSet, language: str = "zh_CN") -> CheckResult:
    """One message against `rules`. For many, keep an `Engine`."""
    return _engine(rules, language).check(request)


@lru_cache(maxsize=4)
def fold_table(path: Path) -> FoldTable:
    return FoldTable.load(path)


_engines: dict[tuple[str, str], Engine] = {}


def _engine(rules: RuleSet, language: str) -> Engine:
    key = (rules.version, language)
    if key not in _engines:
        _engines.clear()
        _engines[key] = Engine(rules, language)
    return _engines[key]


def _verdict(findings: Iterable[Finding]) -> str:
    worst = max((finding.severity for finding in findings), default=Severity.INFO)
    return "pass" if worst is Severity.INFO else worst.word


def _fill(template: str, words: Mapping[str, str]) -> str:
    """Puts the words in by name; whatever else stands in braces stays, also in the words themselves."""
    return _WORD.sub(lambda match: words.get(match[1], match[0]), template)
