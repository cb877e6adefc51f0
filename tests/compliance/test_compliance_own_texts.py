"""Texts of our own, as merchants of many trades write them: what they break, and that honest ones are let be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from campaign_app.compliance.proof import request_of
from campaign_app.compliance.rule import Case
from campaign_app.domain.finding import Severity
from tests.helpers.rules import ENGINE

VECTORS = Path(__file__).parents[1] / "vectors" / "own_texts.jsonl"
TEXTS = [json.loads(line) for line in VECTORS.read_text("utf-8").split("\n") if line]


def broken(text: dict[str, Any]) -> set[str]:
    """The rules that do more than inform."""
    fields = {name: value for name, value in text.items() if name not in ("text", "finds")}
    result = ENGINE.check(request_of(Case(text["text"], (), fields)))
    return {finding.rule_id for finding in result.findings if finding.severity > Severity.INFO}


def test_honest_texts_are_let_be() -> None:
    honest = [text for text in TEXTS if not text["finds"]]
    assert len(honest) > 300
    assert {text["text"]: found for text in honest if (found := broken(text))} == {}


@pytest.mark.no_cover
def test_what_breaks_a_rule_is_found() -> None:
    others = [text for text in TEXTS if text["finds"]]
    assert len(others) > 400
    assert {text["text"]: missed for text in others if (missed := set(text["finds"]) - broken(text))} == {}
