"""Asks every rule that is in force about a message, and words the findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import islice, tee
from pathlib import Path
from typing import Final, NamedTuple

from campaign_app import assets
from campaign_app.compliance.checks import build
from campaign_app.compliance.frame import Frame
from campaign_app.compliance.matcher import Matcher
from campaign_app.compliance.message import CheckRequest
from campaign_app.compliance.normalize import Folded, FoldTable
from campaign_app.compliance.packs import RuleSet
from campaign_app.compliance.panel import Active, Panel, in_place
from campaign_app.compliance.providers import Provider
from campaign_app.compliance.quiet import no_garbage
from campaign_app.compliance.readings import Readings, reread
from campaign_app.compliance.rule import Rule
from campaign_app.compliance.segments import Segments
from campaign_app.compliance.skeleton import Skeleton, skeleton_of
from campaign_app.compliance.subject import Found, Stand, Subject
from campaign_app.compliance.template import Template
from campaign_app.domain.finding import Finding, Severity, Span

_CHUNK: Final = 192
_VERDICTS: Final = ("pass", "warn", "block")


class CheckResult(NamedTuple):
    """`verdict` is block, warn or pass. Findings are in order of place, those without a place first.

    `left_out`: of a text beyond any measure (`template.MOST`) only the beginning was made and judged; so many code
    points are missing. It is always blocked.
    """

    verdict: str
    final_text: str
    findings: tuple[Finding, ...]
    segments: Segments
    left_out: int = 0


class Engine:
    """All rules, compiled once. Thread-safe."""

    @no_garbage()
    def __init__(self, rules: RuleSet, language: str = "zh_CN") -> None:
        self.pack_version = rules.version
        self.table = fold_table(assets.path("tables", "fold.json"))
        self.language = language
        self._providers = rules.providers
        self._rules = {rule.id: rule for rule in rules.rules}
        parts = [(rule, part) for rule in rules.rules for part in build(rule, self.table)]
        self._active = [Active(number, rule, part) for number, (rule, part) in enumerate(parts)]
        self._readings, self._reading = Readings(self.table), len(self._active)
        asked = [(one.number, one.check.literals, one.check.look) for one in self._active]
        self._matcher = Matcher((*asked, (self._reading, self._readings.literals, self._readings.look)))

    def rule(self, rule_id: str) -> Rule | None:
        return self._rules.get(rule_id)

    def begun_after(self, day: date, today: date) -> frozenset[str]:
        """The rules that were not in force on a day and are today."""
        rules = self._rules.values()
        return frozenset(rule.id for rule in rules if day < rule.effective_from <= today <= rule.effective_to)

    def ended_by(self, today: date) -> frozenset[str]:
        """The rules that are not in force any more."""
        return frozenset(rule.id for rule in self._rules.values() if rule.effective_to < today)

    @property
    def providers(self) -> Mapping[str, Provider]:
        return self._providers

    def provider(self, request: CheckRequest) -> Provider:
        """The request's; an unknown one is held to what all of them ask."""
        return self._providers.get(request.provider) or self._providers["generic"]

    def check(self, request: CheckRequest) -> CheckResult:
        """Renders the body with the request's variables and asks every rule."""
        return next(self._check_for_all(request, [request.variables], None))

    def check_rendered(self, request: CheckRequest, rows: Iterable[Mapping[str, str]]) -> Iterator[CheckResult]:
        """The same for each row of values, for whole campaigns; the request's own variables are not used."""
        return self._check_for_all(request, rows, skeleton_of(Template.parse(request.body), self.table))

    def _check_for_all(
        self, request: CheckRequest, rows: Iterable[Mapping[str, str]], skeleton: Skeleton | None
    ) -> Iterator[CheckResult]:
        """As each of the request's providers sees it, whatever is strictest."""
        if not request.also:
            return self._check(request, rows, skeleton)
        names = (request.provider, *request.also)
        copies = zip(names, tee(rows, len(names)), strict=True)
        seen = (self._check(replace(request, provider=name, also=()), copy, skeleton) for name, copy in copies)
        return map(_strictest, zip(*seen, strict=True))

    def _check(
        self, request: CheckRequest, rows: Iterable[Mapping[str, str]], skeleton: Skeleton | None
    ) -> Iterator[CheckResult]:
        frame = Frame(request, self.provider(request), Template.parse(request.body), self.table)
        panel = Panel(frame, self._active, self.language, skeleton)
        remaining = iter(rows)
        while chunk := list(islice(remaining, _CHUNK)):
            rendered = [frame.template.render(values) for values in chunk]
            bodies = self.table.texts([one.text for one in rendered])
            found = [self._matcher.find(body.squeezed) for body in bodies]
            for one, body, near in zip(rendered, bodies, found, strict=True):
                settled = skeleton if skeleton and skeleton.covers(one, body.plain) else None
                subject = Subject(frame, one, body, settled)
                if self._reading in near:
                    subject.stand_ins = self._read_again(body, near)
                findings = panel.findings(subject, near)
                verdict = "block" if one.left_out else _verdict(findings)
                yield CheckResult(verdict, subject.final_text, tuple(findings), subject.segments, one.left_out)

    def _read_again(self, body: Folded, found: dict[int, list[Found]]) -> Sequence[Stand]:
        """Adds what is found where characters stand for others; the places where they do."""
        stands = self._readings.stands(body, found.pop(self._reading))
        again = reread(body.squeezed, stands)
        more = self._matcher.find(again.text) if stands else {}
        more.pop(self._reading, None)
        for check, place in again.back(more):
            found.setdefault(check, []).append(place)
        return stands


@lru_cache(maxsize=4)
def fold_table(path: Path) -> FoldTable:
    return FoldTable.load(path)


_engines: dict[tuple[str, str], Engine] = {}


def engine_of(rules: RuleSet, language: str = "zh_CN") -> Engine:
    """The last one that was made, where it is of the same rules."""
    key = (rules.version, language)
    known = _engines.get(key)
    if known is None:
        known = Engine(rules, language)
        _engines.clear()  # other threads have what they were given
        _engines[key] = known
    return known


def _strictest(results: Sequence[CheckResult]) -> CheckResult:
    """All findings; of those of one rule at one place that providers judge differently the worst."""
    found = list(results[0].findings)
    for other in results[1:]:
        known: dict[tuple[str, Span], Severity] = {}
        for each in found:
            known[_kind(each)] = max(each.severity, known.get(_kind(each), each.severity))
        worse = [each for each in other.findings if _kind(each) not in known or each.severity > known[_kind(each)]]
        beaten = set(map(_kind, worse))
        found = [each for each in found if _kind(each) not in beaten] + worse
    found.sort(key=in_place)
    verdict = max((each.verdict for each in results), key=_VERDICTS.index)
    return results[0]._replace(verdict=verdict, findings=tuple(found))


def _kind(finding: Finding) -> tuple[str, Span]:
    return finding.rule_id, finding.span


def _verdict(findings: Iterable[Finding]) -> str:
    worst = Severity.INFO
    for finding in findings:
        worst = max(worst, finding.severity)
    return "pass" if worst is Severity.INFO else worst.word
