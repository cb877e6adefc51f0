"""What is made once in a process and kept is the same when it is made anew.

Also so that what runs only once is measured here, whoever ran it first.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from campaign_app import assets
from campaign_app.compliance import CheckRequest, Rule, Sender, engine, engine_of, load_all, patterns, vocabulary
from campaign_app.compliance.vocabulary import WordList
from campaign_app.domain.signature import Signature


def test_the_table_of_folds() -> None:
    path = assets.path("tables", "fold.json")
    known, anew = engine.fold_table(path), engine.fold_table.__wrapped__(path)
    assert np.array_equal(known.fold, anew.fold)
    assert known.calm.pattern == anew.calm.pattern


def test_the_analysis_of_patterns() -> None:
    assert patterns.shipped() == patterns.shipped.__wrapped__()
    assert patterns.Pattern("最佳").regex.match("最佳")


def test_rules_read_from_the_table_are_those_of_their_files(tmp_path: Path) -> None:
    """A line more in each file, and none is in the table; a day or a time is written out there."""
    for path in assets.path("rules").glob("*/*.toml"):
        copy = tmp_path / path.parent.name / path.name
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(path.read_text("utf-8") + "\n", "utf-8")
    known, anew = load_all(assets.path("rules")), load_all(tmp_path)
    assert [told(rule) for rule in known.rules] == [told(rule) for rule in anew.rules]
    assert known.providers == anew.providers


def told(rule: Rule) -> tuple[Rule, str]:
    return replace(rule, path=Path(), options={}), json.dumps(rule.options, default=str)


def test_an_alternation() -> None:
    for words in (WordList(("最", "佳")), WordList((), "最.佳")):
        assert vocabulary._either(words) == vocabulary._either.__wrapped__(words)


def test_the_engine_of_a_single_message() -> None:
    rules = load_all(assets.path("rules"))
    signature = Signature(
        "安宁百货", "91330100MA0000001X", "company", "approved", carrier_filed=True, scopes=("retail",)
    )
    asked = CheckRequest(
        body="国家级品质。拒收请回复R", signature=signature, sender=Sender("某店", "91330100MA0000001X")
    )
    engine._engines.clear()
    anew = engine_of(rules).check(asked)
    assert "ABS-001" in {finding.rule_id for finding in anew.findings}
    assert engine_of(rules).check(asked) == anew
