"""Whole campaigns are checked faster than single messages, and never otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from campaign_app import assets
from campaign_app.compliance import CheckRequest, Sender, Template
from campaign_app.compliance.engine import fold_table
from campaign_app.compliance.skeleton import skeleton_of
from campaign_app.domain.signature import Signature
from tests.helpers.rules import ENGINE

TABLE = fold_table(assets.path("tables", "fold.json"))
USCC = "91330100MA0000001X"
REQUEST = CheckRequest(
    "",
    Signature("安宁百货", USCC, "company", "approved", carrier_filed=True, scopes=("retail",)),
    Sender("安宁百货有限公司", USCC),
    allowed_domains=("anning.example",),
    send_at=datetime(2026, 12, 1, 2, tzinfo=UTC),
)
PIECES: Final = st.sampled_from([
        "您好，", "{a}", "{b}", "{a}", "12月", "9日前", "8折", "满500减", "。", " ",
        "https://anning.example/n", "http://", "安宁.example", "/", ".", "cn", "：", "、", "电话",
        "400-000-0101", "139", "0000", "T", "_", "【", "】", "{", "}", "&", ";", "#", "%s", "加", "微", "信",
        "最", "佳", "第", "1", "抽", "奖", "送", "赠礼", "国家", "级", "退", "订", "回", "拒收请回复R",
        "。拒收请回复R", "拒收", "今晚截止", "原价", "元", "保本", "理财", "贷", "款", "治", "糖尿病", "★",
        "dwz", "点", "。cn", "/a", "力", "口", "！！", "禮", "\u200b", "安宁", "百货", "仅剩最后", "天", "两人",
    ])  # fmt: skip
CALM: Final = st.one_of(
    st.text("王李张伟芳娜女士先生0123456789aHT", min_size=1, max_size=6),
    st.sampled_from([
        "加", "微信", "最佳", "国家级", "退订", "收", "到", "佳", "奖", "1", "13900000000", "12", "9日", "月",
        "5万元", "信", "贷款", "n", "T", "安宁", "百货", "null", "cn", "浙江省杭州市西湖区文三路9号2幢301室",
        "赠", "抽", "000", "第一", "t点cn", "点cn", "dwz", "8点", "dai", "口微信", "力",
    ]),
)  # fmt: skip
ODD: Final = st.sampled_from(
    [
        "",
        " ",
        "null",
        "http://a.cn",
        "【x】",
        "{a}",
        "★",
        "\u200b",
        "禮",
        "加 微 信",
        "，",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "\ud800",
        "😀",
    ]
)
ROWS: Final = st.lists(st.dictionaries(st.sampled_from("ab"), st.one_of(CALM, CALM, CALM, ODD)), min_size=1, max_size=6)


@given(
    st.lists(PIECES, max_size=14).map("".join),
    ROWS,
    st.sampled_from(
        [
            "generic",
            "aliyun",
            "huawei",
        ]
    ),
)
@settings(max_examples=200)
@example("打开 http://{a}.example/x 领", [{"a": "b"}], "generic")
@example("满{a}减，^{b}^", [{"a": "T", "b": "_"}, {"a": "T", "b": "T"}], "generic")
@example("&{a};#{a}#{{a} }", [{"a": "x"}, {"a": "张"}], "aliyun")
@example("{a}您好，12月9日前有效，电话400-000-0101。拒收请回复R", [{"a": "张"}, {"a": "女士"}], "aliyun")
@example("您的{a}月9日前有效，今晚截止。拒收请回复R", [{"a": "12"}, {"a": "11"}, {"a": "x"}], "aliyun")
def test_a_campaign_is_judged_as_its_messages_are(body: str, rows: list[dict[str, str]], provider: str) -> None:
    asked = replace(REQUEST, body=body, provider=provider)
    together = list(ENGINE.check_rendered(asked, rows))
    assert together == [ENGINE.check(replace(asked, variables=row)) for row in rows]


@pytest.mark.parametrize(
    ("body", "settled"),
    [
        ("{name}您好，12月9日前8折，详见 https://anning.example/n 。拒收请回复R", True),
        ("{name}您好，满{points}减50", True),
        ("老客两件8折。拒收请回复R", False),
        ("★{name}您好", False),
        ("https://anning.example/{name}", False),
        ("https://anning.example/n，{name}", True),
        ("http://安宁{name}.example", False),
        ("{name}_T", False),
    ],
)
def test_which_templates_settle_anything(body: str, settled: bool) -> None:
    assert (skeleton_of(Template.parse(body), TABLE) is not None) is settled


@pytest.mark.parametrize(
    ("values", "calm"),
    [
        ({"a": "张女士", "b": "88"}, True),
        ({"a": "张女士"}, False),
        ({"a": "", "b": "88"}, False),
        ({"a": "张 女士", "b": "88"}, False),
        ({"a": "張女士", "b": "88"}, False),
        ({"a": "张女士", "b": "８８"}, False),
        ({"a": "张" * 25, "b": "88"}, False),
        ({"a": "t点cn", "b": "88"}, False),
        ({"a": "8点", "b": "88"}, True),
    ],
)
def test_which_values_are_calm(values: dict[str, str], calm: bool) -> None:
    template = Template.parse("{a}您好，满{b}元")
    skeleton = skeleton_of(template, TABLE)
    assert skeleton is not None
    rendered = template.render(values)
    assert skeleton.covers(rendered, TABLE.text(rendered.text).plain) is calm


def test_values_that_make_a_link_of_what_stands_beside_them_are_read_in_full() -> None:
    template = Template.parse("领券{a}。{b}，满199减40")
    skeleton = skeleton_of(template, TABLE)
    assert skeleton is not None
    assert skeleton.may_hide
    for values, covered in (({"a": "dwz", "b": "cn"}, False), ({"a": "张女士", "b": "cn"}, True)):
        rendered = template.render(values)
        assert skeleton.covers(rendered, TABLE.text(rendered.text).plain) is covered


def test_plans_are_forgotten_when_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign_app.compliance.panel._MOST_PLANS", 2)
    rows = [{"name": "张" * (number % 9 + 1)} for number in range(40)]
    asked = replace(REQUEST, body="{name}您好，老客两件8折。拒收请回复R")
    assert [len(r.final_text) for r in ENGINE.check_rendered(asked, rows)] == [23 + n % 9 for n in range(40)]
