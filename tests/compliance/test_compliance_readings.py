"""What is written in parts, in pinyin or with another mark for a dot is read as what a person reads."""

from __future__ import annotations

import time

import numpy as np
import pytest

from campaign_app.compliance import Engine
from campaign_app.compliance.links import find_links, hides_link
from campaign_app.compliance.packs import RuleSet
from campaign_app.compliance.proof import request_of
from campaign_app.compliance.rule import Case
from campaign_app.domain.finding import Severity
from tests.helpers.rules import ENGINE, RULES


def found(body: str) -> list[tuple[str, str]]:
    result = ENGINE.check(request_of(Case(f"【安宁百货】{body}，12月9日前有效。拒收请回复R", (), {})))
    return [(one.rule_id, one.text) for one in result.findings if one.severity > Severity.INFO]


@pytest.mark.parametrize(
    ("body", "rule", "words"),
    [
        ("想领券力口微信", "LED-001", "力口微信"),
        ("想领券 力 口 微 信", "LED-001", "力 口 微 信"),
        ("好物进君羊", "LED-001", "进君羊"),
        ("洗发水根氵台脱发", "MED-001", "根氵台脱发"),
        ("精华液根zhi脱发", "MED-001", "根zhi脱发"),
        ("不查zheng信，极速借款", "FIN-002", "不查zheng信"),
        ("彩piao走势", "LOT-001", "彩piao"),
    ],
)
def test_the_rule_finds_the_word_that_was_meant(body: str, rule: str, words: str) -> None:
    hits = found(body)
    assert (rule, words) in hits
    assert any(name == "EVA-004" for name, _ in hits), hits


@pytest.mark.parametrize(
    "body",
    [
        "巧克力口味曲奇、主力口碑菜，动力口琴班",
        "现代贝壳灯、西示范街店、月殳纹样",
        "君羊牌奶粉、石马路店、王里手工面",
        "Sheng活馆、Mini费尔花园、Fan家族T恤",
        "满40。VIP到店，用APP。CC霜8折，8点CN馆见，Wi-Fi. Top新品",
    ],
)
def test_characters_that_only_look_like_parts_say_what_they_say(body: str) -> None:
    assert found(body) == []


def test_letters_of_a_longer_word_are_no_pinyin() -> None:
    assert found("贷kuanes新品牌到店") == []


def test_of_two_readings_the_longer_holds() -> None:
    assert ("FIN-002", "bu查zheng信") in found("bu查zheng信，极速借款")


def test_pinyin_in_two_pieces_is_not_read() -> None:
    assert not any(rule == "LOT-001" for rule, _ in found("彩 piao 亮"))


def test_what_is_read_needs_no_rule_that_a_merchant_may_switch_off() -> None:
    kept = tuple(rule for rule in RULES.rules if rule.id != "EVA-004")
    bare = Engine(RuleSet(kept, RULES.providers, "without"))
    result = bare.check(request_of(Case("【安宁百货】力口微信领券。拒收请回复R", (), {})))
    assert "LED-001" in {one.rule_id for one in result.findings}


@pytest.mark.parametrize("piece", ["力口", "dai款", "力口微信", "。cn", "a点com/b", "dwz 。cn ", "君羊a. cn/b "])
def test_thousands_of_them_take_no_time(piece: str) -> None:
    started = time.process_time()
    ENGINE.check(request_of(Case(f"【安宁百货】{(piece * 10_000)[:10_000]}", (), {})))
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("dwz。cn/a8Kq2", "dwz.cn"),
        ("dwz .cn/a8Kq2", "dwz.cn"),
        ("t点cn/RfTq8", "t.cn"),
        ("t点cn领券", "t.cn"),
        ("suo. im/a7Kd2", "suo.im"),
        ("ｔ．　ｃｎ", "t.cn"),
        ("www。hao。com", "hao.com"),
    ],
)
def test_a_link_with_another_mark_for_its_dot_leads_where_it_leads(written: str, host: str) -> None:
    body = ENGINE.table.text(f"领券{written}，满199减40")
    (link,) = find_links(body)
    assert link.hidden
    assert body.raw[link.start : link.end] in written
    assert link.host.endswith(host)
    hits = found(f"领券{written}，满199减40")
    assert {"LNK-002", "EVA-003"} <= {rule for rule, _ in hits}


@pytest.mark.parametrize(
    "words", ["iPhone·cn国行现货", "暗号ok。cn店铺见", "净含量500g. net重见包装", "U.S. net zero 系列"]
)
def test_words_go_on_behind_what_only_looks_like_a_domain(words: str) -> None:
    assert not hides_link(ENGINE.table.text(words).plain)


def test_an_own_link_with_a_gap_is_no_foreign_one() -> None:
    assert found("领券anning .example/n 满199减40") == []


def test_a_plain_link_hides_nothing() -> None:
    assert not hides_link("进店https://anning.example/n，或致电400-000-0101")
    body = ENGINE.table.text("进店https://a.cn。cn/n")
    assert [link.hidden for link in find_links(body)] == [False]


def test_no_character_between_two_others_breaks_the_check() -> None:
    """Symbols, separators and marks, some of which are read as characters of their own."""
    odd = [chr(code) for code in np.flatnonzero(ENGINE.table.flags).tolist()]
    for at in range(0, len(odd), 200):
        found("，".join(f"加{char}微信" for char in odd[at : at + 200]))


@pytest.mark.parametrize(
    ("body", "rule", "words"),
    [
        ("⽆抵押，当天放款", "FIN-002", "⽆抵押"),
        ("⽆抵押，当天放款", "EVA-005", "⽆"),
        ("🈚抵押，当天放款", "FIN-002", "🈚抵押"),
        ("🈚抵押，当天放款", "EVA-005", "🈚"),
        ("⻋贷⽆抵押", "FIN-002", "⽆抵押"),
        ("贴膜加丨微丨信lw666", "LED-001", "加丨微丨信lw666"),
        ("您中㊣奖了", "PRZ-001", "中㊣奖"),
    ],
)
def test_radicals_and_squared_characters_say_what_they_show(body: str, rule: str, words: str) -> None:
    assert (rule, words) in found(body)
