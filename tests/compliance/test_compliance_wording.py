"""What a finding says and marks: its own law, whole words and numbers, an absence in words of its own."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from campaign_app.compliance import Rule
from campaign_app.compliance.proof import request_of
from campaign_app.compliance.rule import Case
from campaign_app.domain.finding import Citation, Finding
from tests.helpers.rules import ENGINE, RULES

TEXT = "【安宁百货】老客两件8折。"


def found(text: str, rule: str, **fields: Any) -> list[Finding]:
    result = ENGINE.check(request_of(Case(text, (), fields)))
    return [finding for finding in result.findings if finding.rule_id == rule]


def cited(rule: str, day: date, provider: str = "generic") -> Citation:
    wanted: Rule = next(one for one in RULES.rules if one.id == rule)
    return wanted.citation_on(day, provider)


@pytest.mark.parametrize("rule", ["OPT-004", "OPT-005"])
def test_the_order_of_the_day_is_named_and_not_called_verified(rule: str) -> None:
    old, new = cited(rule, date(2026, 4, 30)), cited(rule, date(2026, 5, 1))
    assert "31号" in old.law
    assert "74号" in new.law
    assert not old.verified
    assert not new.verified


def test_what_is_verified_and_what_is_not_stand_apart() -> None:
    """The law that asks for a way to refuse has been read; the orders that say it too have not."""
    for sent, order in (("2026-04-30T10:00:00+08:00", "31号"), ("2026-05-01T10:00:00+08:00", "74号")):
        (missing,) = found(TEXT, "OPT-001", send_at=sent)
        assert missing.citation.verified
        assert missing.citation.named == "中华人民共和国广告法 第四十三条第二款"
        (beside,) = missing.beside
        assert order in beside.law
        assert not beside.verified


def test_what_is_law_for_some_days_or_providers_is_cited_to_somebody() -> None:
    days = [date(year, month, day) for year in (2024, 2026, 2027) for month, day in ((1, 1), (4, 30), (5, 1))]
    names = ["", *RULES.providers]
    for rule in RULES.rules:
        seen = {rule.citation_on(day, name) for day in days for name in names}
        seen |= {one for day in days for name in names for one in rule.beside_on(day, name)}
        assert {dated.citation for dated in rule.citations if any(dated.aim)} <= seen, rule.id


def test_a_providers_own_page_is_cited_to_its_merchants_alone() -> None:
    late = "2026-12-01T23:10:00+08:00"
    laws = {
        name: found(f"{TEXT}拒收请回复R", "TIM-001", provider=name, send_at=late)[0].citation
        for name in ("huawei", "aliyun", "generic")
    }
    assert "华为云" in laws["huawei"].law
    assert laws["aliyun"] == laws["generic"]
    assert "民法典" in laws["aliyun"].law
    assert laws["aliyun"].verified


@pytest.mark.parametrize(("industry", "rule"), [("health_food", "MED-003"), ("medical", "MED-002")])
def test_what_is_missing_is_said_without_words_that_are_not_there(industry: str, rule: str) -> None:
    missing, claim = found(f"{TEXT}无副作用。拒收请回复R", rule, industry=industry)
    assert missing.text == ""
    assert "“”" not in missing.message
    assert "“无副作用”" in claim.message
    assert "缺少" not in claim.message
    assert "没有" not in claim.message


def test_without_a_provider_all_of_them_are_spoken_of() -> None:
    (form,) = found(f"{TEXT}退订回TD", "OPT-002")
    assert form.message == "“退订回TD”不是各服务商认可的退订写法"
    (size,) = found(f"【{'安宁百货' * 4}】老客两件8折。拒收请回复R", "SIG-003")
    assert "各服务商要求" in size.message


@pytest.mark.parametrize(
    ("text", "marked"),
    [("首充100送2000", "首充100送2000"), ("首充100送20元", "首充100送20"), ("首存88返8.5", "首存88返8.5")],
)
def test_a_number_is_marked_to_its_end(text: str, marked: str) -> None:
    assert [one.text for one in found(f"【安宁百货】{text}。拒收请回复R", "LOT-001")] == [marked]


def test_one_stretch_is_told_once_by_a_rule_and_of_each_severity() -> None:
    assert [one.text for one in found("【安宁百货】加微xin领券。拒收请回复R", "EVA-004")] == ["加微xin"]
    draws = found("【安宁百货】抽10万元现金。拒收请回复R", "PRZ-001")
    assert sorted(one.severity.word for one in draws) == ["block", "warn"]


@pytest.mark.parametrize("sign", "❤♥💗")
def test_a_heart_between_stands_for_a_character_and_a_dot_does_not(sign: str) -> None:
    assert [one.text for one in found(f"【安宁百货】薇{sign}找我。拒收请回复R", "LED-001")] == [f"薇{sign}找我"]
    for other in ("·", " ", "★", ""):
        assert found(f"【安宁百货】采薇{other}找茶。V{other}领毛衣。拒收请回复R", "LED-001") == []


@pytest.mark.parametrize("day", [None, datetime(2026, 12, 1, 2, tzinfo=UTC)])
def test_a_day_that_is_not_known_has_the_newest_law(day: datetime | None) -> None:
    (none,) = found(TEXT, "OPT-001", send_at=day and day.isoformat())
    assert "74号" in none.beside[0].law
