"""What one key does about a finding: it helps, it breaks nothing, and it leaves the customers' values alone."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_app.compliance import CheckRequest, Fix, Sender, apply_edits, fixes_for
from campaign_app.compliance.message import request_from_json
from campaign_app.compliance.proof import request_of
from campaign_app.compliance.rule import Case
from campaign_app.domain.finding import Citation, Finding, Severity, Span
from campaign_app.domain.signature import Signature
from tests.helpers import lengths
from tests.helpers.rules import ENGINE, RULES, engine_in

pytestmark = pytest.mark.slow

USCC = "91330100MA0000001X"
VECTORS = Path(__file__).parents[1] / "vectors" / "content.jsonl"
EXAMINER = VECTORS.with_name("examiner_texts.jsonl")
CASES = [json.loads(line) for line in VECTORS.read_text("utf-8").split("\n") if line]
PIECES = [
    "国家级", "最佳", "，", "。", "{name}", "拒收请回复R", "退订回T", "拒收請回復R", "拒收请回复r",
    " ", "加微信abc123", "贷·款", "【店】",
    "（安宁百货）", "\u200b", "★", "！！！", "￥99", "¥1,999.", "Ｖ信", "АPP", "https://b.example/a?uid=3",
    "13900000000", "${name}", "\ud800",
    "#x#", "原价99元", "治疗糖尿病", "两件8折", "9月", "保本", "100%中奖", "仅剩最后1天", "\n", "{b}", "https://anning.example/t退订回T",
]  # fmt: skip


def request(body: str, **changes: Any) -> CheckRequest:
    fields: dict[str, Any] = {
        "body": body,
        "signature": Signature("安宁百货", USCC, "company", "approved", carrier_filed=True, scopes=("retail",)),
        "sender": Sender("安宁百货有限公司", USCC),
        "allowed_domains": ("anning.example",),
        "variables": {"name": "张女士", "b": ""},
        "send_at": datetime(2026, 12, 1, 2, tzinfo=UTC),
    }
    return CheckRequest(**{**fields, **changes})


def every_fix(asked: CheckRequest) -> Iterator[tuple[Finding, Fix]]:
    for finding in ENGINE.check(asked).findings:
        for fix in fixes_for(finding, asked, ENGINE):
            yield finding, fix


# many texts through code that other tests cover: measured, they take twice as long
MANY = pytest.mark.no_cover


def counted(asked: CheckRequest) -> Counter[tuple[str, str]]:
    return Counter((finding.rule_id, finding.severity.word) for finding in ENGINE.check(asked).findings)


def assert_helps(asked: CheckRequest, before: Counter[tuple[str, str]], finding: Finding, fix: Fix) -> None:
    """`before` is what is counted of the request."""
    after = counted(replace(asked, body=apply_edits(asked.body, fix.body_edits)))
    grave = {key: amount for key, amount in after.items() if key[1] != "info"}
    assert all(amount <= before[key] for key, amount in grave.items()), (asked.body, fix)
    key = finding.rule_id, finding.severity.word
    assert after[key] < before[key] or before[key] == 50, (asked.body, fix)
    assert fix.label


@MANY
@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join), st.sampled_from(["generic", "aliyun", "ucloud"]))
@settings(max_examples=80, deadline=None)
def test_a_fix_brings_nothing_new_and_takes_its_finding_away(body: str, provider: str) -> None:
    asked = request(body, provider=provider)
    before = counted(asked)
    for finding, fix in every_fix(asked):
        assert_helps(asked, before, finding, fix)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_so_do_those_of_the_published_texts(case: dict[str, Any]) -> None:
    asked = request_from_json(case)
    before = counted(asked)
    for finding, fix in every_fix(asked):
        assert_helps(asked, before, finding, fix)


def applied(asked: CheckRequest, fix: Fix) -> CheckRequest:
    """The request with the fix done; its edits lie within the text, in order, none over another."""
    at = 0
    for start, end, _ in fix.body_edits:
        assert at <= start <= end <= len(asked.body), fix
        at = end
    return replace(asked, body=apply_edits(asked.body, fix.body_edits))


def all_texts() -> Iterator[CheckRequest]:
    """Those of all rules' cases, and those with what an examiner expects."""
    cases = (case for rule in RULES.rules for case in rule.cases)
    lines = (json.loads(line) for line in EXAMINER.read_text("utf-8").split("\n") if line)
    given = ({name: value for name, value in line.items() if name not in ("id", "finds")} for line in lines)
    yield from map(request_of, cases)
    yield from (request_of(Case(line.pop("text"), (), line)) for line in given)


@MANY
def test_no_fix_of_any_text_brings_a_block_and_doing_all_of_them_ends() -> None:
    every = 1 if lengths.ALL or os.environ.get("HYPOTHESIS_PROFILE") == "search" else 9
    for asked in islice(all_texts(), 0, None, every):
        before, offered = counted(asked), list(every_fix(asked))
        blocks = {key for key in before if key[1] == "block"}
        for finding, fix in offered:
            assert_helps(asked, before, finding, fix)
        mended, steps = asked, 0
        while offered:
            mended, steps = applied(mended, offered[0][1]), steps + 1
            offered = list(every_fix(mended))
            assert steps < 60, asked.body
        assert {key for key in counted(mended) if key[1] == "block"} <= blocks, asked.body


@pytest.mark.parametrize(
    ("body", "rule", "label", "mended"),
    [
        ("国家级品质，两件8折。拒收请回复R", "ABS-001", "改为“优质”", "优质品质，两件8折。拒收请回复R"),
        ("冬季新品，国家级，8折。拒收请回复R", "ABS-001", "删除“国家级”", "冬季新品，8折。拒收请回复R"),
        ("两件8折，加微信abc123领券，包邮。拒收请回复R", "LED-001", "删除这一句", "两件8折，包邮。拒收请回复R"),
        ("老客两件8折", "OPT-001", "在末尾加“拒收请回复R”", "老客两件8折。拒收请回复R"),
        ("老客两件8折，", "OPT-001", "在末尾加“拒收请回复R”", "老客两件8折。拒收请回复R"),
        ("老客两件8折！ ", "OPT-001", "在末尾加“拒收请回复R”", "老客两件8折！拒收请回复R"),
        ("拒收请回复R。老客两件8折", "OPT-003", "移到末尾", "老客两件8折。拒收请回复R"),
        ("两件8折。拒收请回复R，电话400-000-0101", "OPT-003", "移到末尾", "两件8折。电话400-000-0101。拒收请回复R"),
        ("老客两件8折。拒收请回复R，", "OPT-003", "移到末尾", "老客两件8折。拒收请回复R"),
        ("老客国 家级品质。拒收请回复R", "ABS-001", "改为“优质”", "老客优质品质。拒收请回复R"),
        ("最 好 吃的芝麻汤圆。拒收请回复R", "ABS-002", "删除“最 好 吃的”", "芝麻汤圆。拒收请回复R"),
        ("最好吃的汤圆。拒收请回复R", "ABS-002", "改为“好吃”", "好吃的汤圆。拒收请回复R"),
        ("国家级的羊绒围巾，到手只要199元。拒收请回复R", "ABS-001", "删除“国家级的”",
         "羊绒围巾，到手只要199元。拒收请回复R"),
        ("柔软、国家级的羊绒围巾。拒收请回复R", "ABS-001", "删除“、国家级”", "柔软的羊绒围巾。拒收请回复R"),
        ("到店领取国家级的{name}。拒收请回复R", "ABS-001", "删除“国家级的”", "到店领取{name}。拒收请回复R"),
        ("发图到 https://b.example/a，量尺免费。拒收请回复R", "LNK-002", "删除这一句", "量尺免费。拒收请回复R"),
        ("进店 https://b.example/a 领券，包邮。拒收请回复R", "LNK-002", "删除“https://b.example/a”",
         "进店 领券，包邮。拒收请回复R"),
        ("保本金，每月固定分红2%。拒收请回复R", "FIN-001", "删除这一句", "保本金。拒收请回复R"),
        ("老客】两件8折。拒收请回复R", "SIG-002", "删除“】”", "老客两件8折。拒收请回复R"),
        ("领 anning.example/13900000000 吧。拒收请回复R", "LNK-005", "删除这一句", "拒收请回复R"),
        ("老客两件8折。拒收请回复r", "OPT-005", "改为“拒收请回复R”", "老客两件8折。拒收请回复R"),
        ("老客两件8折。\n拒 收 请 回 复 R", "OPT-005", "改为“拒收请回复R”", "老客两件8折。拒收请回复R"),
        ("老客两件8折。退订回TD", "OPT-002", "改为“拒收请回复R”", "老客两件8折。拒收请回复R"),
        ("拒收请回复R。老客两件8折。拒收请回复R", "OPT-006", "删除“拒收请回复R”", "老客两件8折。拒收请回复R"),
        ("【安宁百货】老客两件8折。拒收请回复R", "SIG-001", "删除“【安宁百货】”", "老客两件8折。拒收请回复R"),
        ("老客【满减】两件8折。拒收请回复R", "SIG-002", "换成引号“”", "老客“满减”两件8折。拒收请回复R"),
        ("[安宁百货]老客两件8折。拒收请回复R", "SIG-005", "删除“[安宁百货]”", "老客两件8折。拒收请回复R"),
        ("老客\u200b两件8折。拒收请回复R", "EVA-001", "删除看不见的字符", "老客两件8折。拒收请回复R"),
        ("打开АPP领券。拒收请回复R", "EVA-006", "改为“APP”", "打开APP领券。拒收请回复R"),
        ("中秋禮盒两件8折。拒收请回复R", "EVA-004", "改为“礼”", "中秋礼盒两件8折。拒收请回复R"),
        ("羽绒被￥1,999，8折。拒收请回复R", "EVA-005", "改为“1,999元”", "羽绒被1,999元，8折。拒收请回复R"),
        ("两件8折！！！拒收请回复R", "EVA-005", "改为“！”", "两件8折！拒收请回复R"),
        ("★两件8折。拒收请回复R", "EVA-005", "删除“★”", "两件8折。拒收请回复R"),
        ("详见https://anning.example/t退订回T", "LNK-004", "加空格", "详见https://anning.example/ t退订回T"),
        ("https://anning.example/a?uid=3 领。拒收请回复R", "LNK-005", "去掉链接里的参数",
         "https://anning.example/a 领。拒收请回复R"),
        ("您的卡6222020200112233446可用，8折。拒收请回复R", "PII-001", "改为“尾号3446”",
         "您的卡尾号3446可用，8折。拒收请回复R"),
        ("${name}您好，两件8折。拒收请回复R", "VAR-001", "改为“{name}”", "{name}您好，两件8折。拒收请回复R"),
        ("｛会员姓名｝您好，两件8折。拒收请回复R", "VAR-001", "改为“{name}”", "{name}您好，两件8折。拒收请回复R"),
    ],
)  # fmt: skip
def test_one_key(body: str, rule: str, label: str, mended: str) -> None:
    asked = request(body)
    fixes = {fix.label: fix for finding, fix in every_fix(asked) if finding.rule_id == rule}
    assert label in fixes, [f.text for f in ENGINE.check(asked).findings]
    assert apply_edits(body, fixes[label].body_edits) == mended


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("戴上降血压，父母都在戴。拒收请回复R", "MED-003"),
        ("保本金，到店咨询。拒收请回复R", "FIN-001"),
        ("发图到 微信abc12345，量尺免费。拒收请回复R", "LED-001"),
        ("尊敬的${x}，两件8折。拒收请回复R", "VAR-001"),
        ("有人偷偷看了你的主页3次，两件8折。拒收请回复R", "URG-003"),
    ],
)
def test_words_that_hold_a_clause_together_are_not_deleted_alone(body: str, rule: str) -> None:
    found = [(finding, fix) for finding, fix in every_fix(request(body, industry="health_food"))]
    assert any(finding.rule_id == rule for finding in ENGINE.check(request(body, industry="health_food")).findings)
    assert not [fix for finding, fix in found if finding.rule_id == rule and fix.label.startswith("删除“")]


LOOSE = re.compile(r"(?<![^，。；！？、：\n】”])\s*的|[到向给在加]\s*(?=[，。；！？、：\n【“]|$)")
WORDS = [
    "国家级", "最好吃", "全网最低价", "的", "、", "羊绒围巾", "我们是", "发图到", "寄给", "戴上", "，", "。", " ",
    "{name}", "{b}", "${x}", "微信abc12345", "https://b.example/a", "13900000000", "治疗糖尿病", "保本", "抽奖",
    "参加", "尊敬的", "拒收请回复R",
]  # fmt: skip


@MANY
@given(st.lists(st.sampled_from(WORDS), min_size=2, max_size=9).map("".join))
@settings(max_examples=80, deadline=None)
def test_no_fix_tears_a_clause_or_brings_a_block(body: str) -> None:
    asked = request(body)
    before = ENGINE.check(asked)
    for _, fix in every_fix(asked):
        after = ENGINE.check(applied(asked, fix))
        assert len(LOOSE.findall(after.final_text)) <= len(LOOSE.findall(before.final_text)), (body, fix)
        blocks = [Counter(f.rule_id for f in r.findings if f.severity is Severity.BLOCK) for r in (before, after)]
        assert blocks[1] <= blocks[0], (body, fix)


def test_another_form_of_the_opt_out_moves_as_it_is_or_as_the_providers() -> None:
    asked = request("退订回T，老客两件8折")
    moves = [fix for _, fix in every_fix(asked) if fix.label == "移到末尾"]
    mended = {apply_edits(asked.body, fix.body_edits) for fix in moves}
    assert mended == {"老客两件8折。退订回T", "老客两件8折。拒收请回复R"}


@pytest.mark.parametrize(
    ("provider", "also", "mended"),
    [
        ("aliyun", "ucloud", {"老客两件8折。拒收请回复R"}),
        ("ucloud", "aliyun", {"老客两件8折。拒收请回复R"}),
        ("generic", "ucloud", {"老客两件8折。拒收请回复R", "老客两件8折。TD退订"}),
        ("aliyun", "tencent", {"老客两件8折。拒收请回复R"}),
    ],
)
def test_of_forms_that_not_all_providers_take_those_are_offered_that_none_refuses(
    provider: str, also: str, mended: set[str]
) -> None:
    asked = request("老客两件8折", provider=provider, also=(also,))
    fixes = [fix for finding, fix in every_fix(asked) if finding.rule_id == "OPT-001"]
    assert {apply_edits(asked.body, fix.body_edits) for fix in fixes} == mended


def test_several_providers_are_no_leave_for_another_warning() -> None:
    asked = request("您好，国家级的最好的品质。拒收请回复R", provider="aliyun", also=("ucloud",))
    before = counted(asked)
    for _, fix in every_fix(asked):
        assert counted(replace(asked, body=apply_edits(asked.body, fix.body_edits))) <= before


def test_a_missing_sentence_stands_before_the_opt_out() -> None:
    asked = request("蛋白粉两罐包邮，拒收请回复R", industry="health_food")
    ((_, fix),) = [pair for pair in every_fix(asked) if pair[0].rule_id == "MED-003"]
    assert apply_edits(asked.body, fix.body_edits) == "蛋白粉两罐包邮。本品不能代替药物。拒收请回复R"


def test_places_are_those_of_the_final_text_and_of_the_template() -> None:
    asked = request("{name}{b}您好，{b}国家级品质。{missing}拒收请回复R")
    finding = next(f for f in ENGINE.check(asked).findings if f.rule_id == "ABS-001")
    for fix in fixes_for(finding, asked, ENGINE):
        changed = replace(asked, body=apply_edits(asked.body, fix.body_edits))
        assert ENGINE.check(changed).final_text == apply_edits(ENGINE.check(asked).final_text, fix.edits)


def test_a_value_is_the_customers_and_not_mended() -> None:
    asked = request("{name}您好，两件8折。拒收请回复R", variables={"name": "国家级"})
    assert [finding.rule_id for finding, _ in every_fix(asked)] == []


def test_a_signature_is_not_mended() -> None:
    asked = request("", signature=Signature("安】国家级微信", USCC))
    assert [fix for _, fix in every_fix(replace(asked, body="国家级")) if fix.label == "删除这一句"] == []


def test_labels_speak_the_engines_language() -> None:
    english = engine_in("en")
    asked = request("老客两件8折")
    finding = next(f for f in english.check(asked).findings if f.rule_id == "OPT-001")
    assert [fix.label for fix in fixes_for(finding, asked, english)] == ["Add “拒收请回复R” at the end"]


def test_a_finding_of_no_rule_has_no_fix() -> None:
    finding = Finding("OLD-001", Severity.WARN, Span(0, 0), "", "", Citation("", "", verified=False), "")
    assert fixes_for(finding, request("老客两件8折"), ENGINE) == ()
