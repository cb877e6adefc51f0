"""The 150 published texts: what must be found, what may not, and the verdict."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from campaign_app.compliance import CheckResult
from campaign_app.compliance.message import request_from_json
from tests.helpers.rules import ENGINE

VECTORS = Path(__file__).parents[1] / "vectors" / "content.jsonl"
CASES = [json.loads(line) for line in VECTORS.read_text("utf-8").split("\n") if line]


def meets(result: CheckResult, must: dict[str, str]) -> bool:
    """A finding of the rule whose mark overlaps the words, if there are any."""
    spans = [finding.span for finding in result.findings if finding.rule_id == must["rule"]]
    words, text = must["text"], result.final_text
    places = [at for at in range(len(text)) if text.startswith(words, at)]
    return any(not words or (span.start < at + len(words) and at < span.end) for span in spans for at in places)


def faults(case: dict[str, Any]) -> Iterator[str]:
    result, expected = ENGINE.check(request_from_json(case)), case["expect"]
    yield from (f"missed {must}" for must in expected["must"] if not meets(result, must))
    yield from (f"false {f.rule_id} {f.text}" for f in result.findings if f.rule_id in expected["must_not"])
    if result.verdict != expected["verdict"]:
        yield f"verdict {result.verdict}: {[(f.rule_id, f.text) for f in result.findings]}"


@pytest.mark.no_cover
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_published_text_is_judged_as_an_expert_would(case: dict[str, Any]) -> None:
    assert list(faults(case)) == []
