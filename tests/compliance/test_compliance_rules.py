"""Every rule proves itself: its own cases, its citation, both languages."""

from __future__ import annotations

import pytest

from campaign_app.compliance import Rule
from campaign_app.compliance.proof import failures
from campaign_app.compliance.rule import LANGUAGES
from tests.helpers.rules import ENGINE, RULES

each_rule = pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.id)


@each_rule
def test_its_cases_find_what_they_say(rule: Rule) -> None:
    assert list(failures(ENGINE, rule)) == []


@each_rule
def test_it_is_complete(rule: Rule) -> None:
    for words in (rule.message, rule.fix, rule.about):
        assert set(words) == set(LANGUAGES)
        assert all(words.values())
    assert all(dated.citation.law for dated in rule.citations)
    assert any(case.finds for case in rule.cases), "needs a case that fails"
    assert any(not case.finds for case in rule.cases), "needs a case that passes"
