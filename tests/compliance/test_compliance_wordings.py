"""Wordings by which consent is asked for: every rule finds what its own cases say, where they say it, by which law."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from campaign_app import assets
from campaign_app.compliance.engine import fold_table
from campaign_app.compliance.refused import PackError, Wrong
from campaign_app.compliance.wordings import KINDS, MOST, Case, WordingRule, load_wordings
from campaign_app.domain.finding import Severity

TABLE = fold_table(assets.path("tables", "fold.json"))
WORDINGS = load_wordings(assets.path("wordings"), TABLE)
CASES = [
    pytest.param(rule, case, id=f"{rule.name}-{n}") for rule in WORDINGS.rules for n, case in enumerate(rule.cases)
]
DAY = date(2026, 11, 20)
PAGE = re.compile(r"https://[^/\s]+/[^\s]{3,}")


def of(rule: WordingRule, text: str, kind: str) -> list[str]:
    """What this rule alone finds: the marked words, or for what is missing its name."""
    found = [each for each in WORDINGS.check(text, kind, DAY) if each.message.startswith(prefix(rule, each.text))]
    assert all(text[each.span.start : each.span.end] == each.text for each in found)
    return [each.text or each.message.removeprefix("没有写明") for each in found if each.rule_id == rule.id]


def prefix(rule: WordingRule, words: str) -> str:
    return rule.message["zh_CN"].split("{match}", 1)[0] + words


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_its_cases_find_what_they_say(rule: WordingRule, case: Case) -> None:
    assert tuple(of(rule, case.text, case.kind)) == case.finds


@pytest.mark.parametrize("rule", WORDINGS.rules, ids=lambda rule: rule.name)
def test_a_rule_is_whole(rule: WordingRule) -> None:
    assert any(case.finds for case in rule.cases), "needs a case that fails"
    assert any(not case.finds for case in rule.cases), "needs a case that passes"
    assert rule.kinds <= set(KINDS)
    assert rule.citations
    for words in (rule.about, rule.message, rule.fix):
        assert set(words) == {"zh_CN", "en"}
    for dated in rule.citations:
        if dated.citation.verified:
            assert dated.citation.article
            assert PAGE.fullmatch(dated.citation.url)
        else:
            assert not dated.citation.url


def test_the_ids_are_those_of_the_catalogue() -> None:
    assert {rule.id for rule in WORDINGS.rules} == {"CON-002", "CON-004", "CON-009"}


def test_a_finding_names_place_law_and_a_better_wording() -> None:
    text = "第三条\n用户完成 注册，即视为同意\n接收营销短信。"
    (finding,) = WORDINGS.check(text, "agreement", DAY, "en")
    assert finding.text == "完成 注册，即视为同意\n接收营销短信"
    assert text[finding.span.start : finding.span.end] == finding.text
    assert (finding.rule_id, finding.severity) == ("CON-002", Severity.BLOCK)
    assert finding.message.startswith("“完成 注册")
    assert finding.fix.startswith("A box of its own")
    assert (finding.citation.verified, finding.beside[0].verified) == (False, True)


def test_what_is_missing_is_cited_by_the_law_of_the_day() -> None:
    asked = "□ 我同意接收短信"
    old = WORDINGS.check(asked, "screen", date(2026, 4, 30))
    new = WORDINGS.check(asked, "screen", date(2026, 5, 1))
    assert {each.citation.law[-6:] for each in old} == {"令第31号）"}
    assert {each.citation.law[-6:] for each in new} == {"令第74号）"}
    assert [each.span.end for each in new] == [0, 0, 0]


def test_of_one_rule_no_more_is_found_than_anybody_reads() -> None:
    found = WORDINGS.check("默认勾选。" * 200, "agreement", DAY)
    assert len(found) == MOST


GOOD = """id = "CON-002"
name = "x"
severity = "warn"
kinds = ["screen"]
patterns = ["默认"]
about = { zh_CN = "一", en = "a" }
message = { zh_CN = "一", en = "a" }
fix = { zh_CN = "一", en = "a" }
citations = [{ law = "法", verified = false, effective_to = 2020-01-01 }]
case = [{ text = "默认", finds = ["默认"] }]
"""


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (("id = ", "id ="[:2]), Wrong.TOML),
        (('name = "x"', 'name = "x"\nodd = 1'), Wrong.TOML),
        (('name = "x"', 'name = "y"'), Wrong.OTHER_NAME),
        (('patterns = ["默认"]', ""), Wrong.NO_CHECKS),
        (('["默认"]', '["(默认"]'), Wrong.BAD_PATTERN),
        (('["默认"]', '["默认.*"]'), Wrong.SLOW_PATTERN),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, change: tuple[str, str], wrong: Wrong) -> None:
    (tmp_path / "CON-002-x.toml").write_text(GOOD.replace(*change), "utf-8")
    with pytest.raises(PackError) as caught:
        load_wordings(tmp_path, TABLE)
    assert caught.value.facts["wrong"] == wrong


def test_of_citations_none_of_which_holds_the_newest_is_told(tmp_path: Path) -> None:
    (tmp_path / "CON-002-x.toml").write_text(GOOD, "utf-8")
    (finding,) = load_wordings(tmp_path, TABLE).check("默认", "screen", DAY)
    assert finding.citation.law == "法"
