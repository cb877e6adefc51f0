"""The rules in force for one request, asked about each of its messages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from campaign_app.compliance.checks.base import Check
from campaign_app.compliance.frame import Frame
from campaign_app.compliance.rule import Rule
from campaign_app.compliance.subject import Found, Hit, Subject
from campaign_app.compliance.template import Rendered
from campaign_app.compliance.traits import MARKED, traits_of
from campaign_app.domain.finding import Finding, Span

# nobody reads more of one kind, and a hostile text could hold a hundred thousand
MOST_FINDINGS: Final = 50
_MOST_WORDED: Final = 10_000
_WORD: Final = re.compile(r"\{(\w+)\}")
_NOTHING: Final[Sequence[Found]] = ()


@dataclass(frozen=True, slots=True)
class Active:
    """A rule at work; `number` is its place among all, by which it is told what was found for it."""

    number: int
    rule: Rule
    check: Check


class Panel:
    """What depends on the request alone is asked once."""

    def __init__(self, frame: Frame, rules: Sequence[Active], language: str) -> None:
        self._language = language
        self._worded: dict[tuple[str, Hit, str], Finding] = {}
        in_force = [one for one in rules if one.rule.applies(frame.request)]
        self._always = [one for one in in_force if one.check.always and not one.check.fixed and not one.check.late]
        self._late = [one for one in in_force if one.check.late]
        self._by_number = {one.number: one for one in in_force if not one.check.always and not one.check.late}
        self._by_traits: dict[int, tuple[list[Active], list[Active]]] = {}
        nobody = Subject(frame, Rendered("", ()), frame.table.text(""))
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
        traits = traits_of(subject)
        for one in self._asked(traits)[0]:
            self._ask(one, subject, found.get(one.number, _NOTHING), findings)
        for one in self._asked(traits | MARKED if subject.marks else traits)[1]:
            self._ask(one, subject, found.get(one.number, _NOTHING), findings)
        if len(findings) > 1:
            findings.sort(key=_place)
        return findings

    def _asked(self, traits: int) -> tuple[list[Active], list[Active]]:
        """The checks, and the late ones, that may have something to say of a message with these traits."""
        asked = self._by_traits.get(traits)
        if asked is None:
            early = [one for one in self._always if one.check.traits & traits]
            asked = self._by_traits[traits] = early, [one for one in self._late if one.check.traits & traits]
        return asked

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


def _place(finding: Finding) -> tuple[int, int, str]:
    return finding.span.start, finding.span.end, finding.rule_id


def _fill(template: str, words: Mapping[str, str]) -> str:
    """Puts the words in by name; whatever else stands in braces stays, also in the words themselves."""
    return _WORD.sub(lambda match: words.get(match[1], match[0]), template)
