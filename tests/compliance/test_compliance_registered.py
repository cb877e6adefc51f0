"""What a merchant registers beside its texts: goods with their page's price, and sub-ports; and words with pinyin."""

from __future__ import annotations

from typing import Any

import pytest

from campaign_app.compliance.checks.pinyin import KINDS
from campaign_app.compliance.message import Good, Port
from campaign_app.compliance.proof import request_of
from campaign_app.compliance.refused import BadPattern
from campaign_app.compliance.rule import Case
from tests.helpers.rules import ENGINE


def found(text: str, rule: str, **fields: Any) -> list[str]:
    result = ENGINE.check(request_of(Case(text, (), fields)))
    return [finding.text for finding in result.findings if finding.rule_id == rule]


def test_what_cannot_be_read_is_no_goods_and_no_port() -> None:
    wrong = [1, None, {}, {"name": "锅"}, {"name": "锅", "price": True}, {"name": "锅", "price": "9"}]
    wrong += [{"name": "锅", "price": price} for price in (0, -1, float("nan"), float("inf"), 1e12)]
    request = request_of(Case("【店】锅", (), {"goods": [*wrong, {"name": "铁锅", "price": 19.9}], "ports": [{}, 7]}))
    assert request.goods == (Good("铁锅", 1990),)
    assert request.ports == (Port("", ""), Port("", ""))
    assert request_of(Case("【店】锅", (), {"goods": 7, "ports": "x"})).goods == ()


@pytest.mark.parametrize("name", ["", "被", " ", "❤"])
def test_a_name_that_is_in_every_text_is_not_looked_for(name: str) -> None:
    assert found("【店铺】被子9元。拒收请回复R", "PRC-002", goods=[{"name": name, "price": 99}]) == []


def test_a_price_is_compared_in_every_row_of_a_campaign() -> None:
    case = Case("【店铺】{name}您好，{what}{price}元。拒收请回复R", (), {"goods": [{"name": "羽绒被", "price": 199}]})
    rows = [{"name": "张", "what": what, "price": price} for what in ("羽绒被", "枕头") for price in ("99", "199")]
    results = ENGINE.check_rendered(request_of(case), rows)
    assert [[f.text for f in one.findings if f.rule_id == "PRC-002"] for one in results] == [["99元"], [], [], []]


def test_the_price_of_other_goods_is_theirs() -> None:
    goods = [{"name": "羽绒被", "price": 199}, {"name": "羊毛毯", "price": 99}]
    assert found("【店铺】羽绒被、羊毛毯99元起。拒收请回复R", "PRC-002", goods=goods) == []
    assert found("【店铺】羊毛毯99元、羽绒被198.9元起。拒收请回复R", "PRC-002", goods=goods) == ["198.9元"]


@pytest.mark.parametrize("word", ["免费 mian", "免费", "", "免费 mian fei ling"])
def test_every_character_needs_its_pinyin(word: str) -> None:
    with pytest.raises(BadPattern, match="as many syllables"):
        KINDS["disguise_pinyin"]({"words": [word]}, ENGINE.table)
