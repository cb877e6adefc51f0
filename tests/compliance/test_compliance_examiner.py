"""Texts with what an examiner expects of each, written down from the law before the engine had seen them.

`finds` is a list of [rules, words]: one of the rules (`A|B`) marks one of the words (`x|y`), or anything if it is "".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from campaign_app.compliance import CheckResult
from campaign_app.compliance.proof import request_of
from campaign_app.compliance.rule import Case
from tests.helpers.rules import ENGINE

VECTORS = Path(__file__).parents[1] / "vectors" / "examiner_texts.jsonl"
TEXTS = [json.loads(line) for line in VECTORS.read_text("utf-8").split("\n") if line]


def judged(text: dict[str, Any]) -> CheckResult:
    fields = {name: value for name, value in text.items() if name not in ("id", "text", "finds")}
    return ENGINE.check(request_of(Case(text["text"], (), fields)))


def met(result: CheckResult, rules: str, words: str) -> bool:
    final = result.final_text
    places = [
        (at, at + len(word)) for word in words.split("|") for at in range(len(final)) if final.startswith(word, at)
    ]
    return any(
        not words or any(finding.span.start < end and start < finding.span.end for start, end in places)
        for finding in result.findings
        if finding.rule_id in rules.split("|")
    )


def missed(text: dict[str, Any]) -> Iterator[str]:
    result = judged(text)
    yield from (f"{rules}: {words}" for rules, words in text["finds"] if not met(result, rules, words))


@pytest.mark.no_cover
def test_what_an_examiner_would_find_is_found() -> None:
    faulty = [text for text in TEXTS if text["finds"]]
    assert len(faulty) >= 280
    assert {text["text"]: faults for text in faulty if (faults := list(missed(text)))} == {}


@pytest.mark.no_cover
def test_what_an_examiner_would_pass_is_passed() -> None:
    clean = [text for text in TEXTS if not text["finds"]]
    assert len(clean) >= 0.45 * len(TEXTS)
    verdicts = {text["text"]: judged(text) for text in clean}
    assert {text: one.findings for text, one in verdicts.items() if one.verdict != "pass"} == {}
