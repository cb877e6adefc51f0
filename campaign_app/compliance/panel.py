"""The rules in force for one request, asked about each of its messages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from campaign_app.compliance.checks.base import Check
from campaign_app.compliance.frame import Frame
from campaign_app.compliance.rule import Rule
from campaign_app.compliance.skeleton import Skeleton
from campaign_app.compliance.subject import Found, Hit, Subject
from campaign_app.compliance.template import Rendered
from campaign_app.compliance.traits import settled_traits, traits_of, traits_of_marks
from campaign_app.domain.finding import Finding, Severity, Span

# nobody reads more of one kind, and a hostile text could hold a hundred thousand
MOST_FINDINGS: Final = 50
_MOST_WORDED: Final = 10_000
_MOST_PLANS: Final = 2_000
_WORD: Final = re.compile(r"\{(\w+)\}")
_NOTHING: Final[Sequence[Found]] = ()


@dataclass(frozen=True, slots=True)
class Active:
    """A rule at work; `number` is its place among all, by which it is told what was found for it."""

    number: int
    rule: Rule
    check: Check


class _Plan(NamedTuple):
    """`ready` are findings, `marks` their hits, `asked` the checks that look at every message."""

    asked: list[Active]
    ready: list[Finding]
    marks: list[tuple[str, Hit]]


class Panel:
    """What depends on the request alone is asked once."""

    def __init__(self, frame: Frame, rules: Sequence[Active], language: str, skeleton: Skeleton | None = None) -> None:
        self._language = language
        self._worded: dict[tuple[str, Hit, str], Finding] = {}
        in_force = [one for one in rules if one.rule.applies(frame.request)]
        self._always = [one for one in in_force if one.check.always and not one.check.fixed and not one.check.late]
        self._late = [one for one in in_force if one.check.late]
        self._by_number = {one.number: one for one in in_force if not one.check.always and not one.check.late}
        self._late_by_traits: dict[int, list[Active]] = {}
        self._plans: dict[tuple[int, int], _Plan] = {}
        nobody = Subject(frame, Rendered("", ()), frame.table.text(""))
        self._settled = 0
        if skeleton is not None:
            reference = frame.table.text(skeleton.reference.text)
            self._settled = settled_traits(Subject(frame, skeleton.reference, reference, skeleton))
        self._fixed: list[Finding] = []
        for one in in_force:
            if one.check.fixed:
                self._ask(one, nobody, _NOTHING, self._fixed)

    def findings(self, subject: Subject, found: Mapping[int, Sequence[Found]]) -> list[Finding]:
        findings = list(self._fixed)
        for number, seen in found.items():
            one = self._by_number.get(number)
            if one is not None:
                self._ask(one, subject, seen, findings)
        plan = self._plan(subject, traits := traits_of(subject, self._settled if subject.skeleton else 0))
        findings += plan.ready
        subject.marks += plan.marks
        for one in plan.asked:
            self._ask(one, subject, found.get(one.number, _NOTHING), findings)
        if self._late and subject.marks:
            traits |= traits_of_marks(subject)
        for one in self._late_ones(traits):
            self._ask(one, subject, found.get(one.number, _NOTHING), findings)
        return _once(findings) if len(findings) > 1 else findings

    def _plan(self, subject: Subject, traits: int) -> _Plan:
        """Which checks may have something to say of a message with these traits, and what is said already."""
        key = traits, len(subject.final_text) if subject.skeleton else -1
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) >= _MOST_PLANS:
                self._plans.clear()
            plan = self._plans[key] = self._made_plan(subject, traits)
        return plan

    def _made_plan(self, subject: Subject, traits: int) -> _Plan:
        """Steady checks that mark no place say the same of all the messages that share this plan."""
        plan = _Plan([], [], [])
        for one in self._always:
            if not one.check.traits & traits:
                continue
            hits = list(one.check.hits(subject, _NOTHING)) if subject.skeleton and one.check.steady else None
            if hits is None or any(hit.end for hit in hits):
                plan.asked.append(one)
            else:
                plan.marks.extend((one.rule.id, hit) for hit in hits)
                plan.ready.extend(self._finding(one.rule, subject, hit) for hit in hits)
        return plan

    def _late_ones(self, traits: int) -> list[Active]:
        late = self._late_by_traits.get(traits)
        if late is None:
            late = self._late_by_traits[traits] = [one for one in self._late if one.check.traits & traits]
        return late

    def _ask(self, one: Active, subject: Subject, seen: Sequence[Found], findings: list[Finding]) -> None:
        room = MOST_FINDINGS
        for hit in one.check.hits(subject, seen):
            subject.marks.append((one.rule.id, hit))
            findings.append(self._finding(one.rule, subject, hit))
            room -= 1
            if not room:
                return

    def _finding(self, rule: Rule, subject: Subject, hit: Hit) -> Finding:
        text = subject.final_text[hit.start : hit.end]
        key = (rule.id, hit, text)
        worded = self._worded.get(key)
        if worded is None:
            if len(self._worded) >= _MOST_WORDED:
                self._worded.clear()
            worded = self._worded[key] = self._word(rule, subject, hit, text)
        return worded

    def _word(self, rule: Rule, subject: Subject, hit: Hit, text: str) -> Finding:
        provider = subject.provider.called(self._language)
        day, name = subject.request.send_date, subject.request.provider
        words = {"match": text, "signature": subject.request.signature.text, "provider": provider}
        words.update(hit.facts)
        message = rule.message if text else rule.absent or rule.message
        return Finding(
            rule_id=rule.id,
            severity=hit.severity or rule.severity_for(subject.request),
            span=Span(hit.start, hit.end),
            text=text,
            message=_fill(message[self._language], words),
            citation=rule.citation_on(day, name),
            fix=_fill(rule.fix[self._language], words),
            beside=rule.beside_on(day, name),
        )


def in_place(finding: Finding) -> tuple[int, int, str]:
    return finding.span.start, finding.span.end, finding.rule_id


def _once(findings: list[Finding]) -> list[Finding]:
    """In order of place, and each stretch of the text once for a rule, though several of its checks may see it."""
    reached: dict[tuple[str, Severity], int] = {}
    kept: list[Finding] = []
    for one in sorted(findings, key=_longest_first):
        key = one.rule_id, one.severity
        if not one.span.end or reached.get(key, 0) < one.span.end:
            reached[key] = one.span.end
            kept.append(one)
    kept.sort(key=in_place)
    return kept


def _longest_first(finding: Finding) -> tuple[int, int]:
    return finding.span.start, -finding.span.end


def _fill(template: str, words: Mapping[str, str]) -> str:
    """Puts the words in by name; whatever else stands in braces stays, also in the words themselves."""
    return _WORD.sub(lambda match: words.get(match[1], match[0]), template)
