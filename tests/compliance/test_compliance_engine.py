"""The engine as a whole: totality, bulk, spans, versions, languages and time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_app import assets
from campaign_app.compliance import CheckRequest, CheckResult, Sender, fixes_for, load_all
from campaign_app.compliance.message import Good, request_from_json
from campaign_app.domain.finding import Severity
from campaign_app.domain.signature import Signature
from tests.helpers.rules import ENGINE, engine_in

USCC = "91330100MA0000001X"
SPICES = (
    "最佳国家级加微信vxVX退订拒收回复RT0１①一〇139-0000 【】{}#%$&￥★❤️\u200b\u202e\u0301贷款保本，。！\n\r\t\x00\ud800"
    "https://a.example@?=/礼禮赠送12月9日前今晚截止😀🇨🇳АPPé"
)
ZONES = st.sampled_from(
    [UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-12)), timezone(timedelta(hours=14))]
)
TEXTS = st.text(st.one_of(st.sampled_from(SPICES), st.characters(exclude_categories=())), max_size=120)


def request(body: str = "老客两件8折。拒收请回复R", **changes: Any) -> CheckRequest:
    fields: dict[str, Any] = {
        "body": body,
        "signature": Signature("安宁百货", USCC, "company", "approved", carrier_filed=True, scopes=("retail",)),
        "sender": Sender("安宁百货有限公司", USCC),
        "allowed_domains": ("anning.example",),
        "send_at": datetime(2026, 12, 1, 2, tzinfo=UTC),
    }
    return CheckRequest(**{**fields, **changes})


def rules_of(result: CheckResult) -> set[str]:
    return {finding.rule_id for finding in result.findings}


@pytest.mark.no_cover
@given(
    TEXTS,
    st.dictionaries(st.sampled_from("abc"), TEXTS, max_size=3),
    st.sampled_from(["aliyun", "ucloud", "?"]),
    st.datetimes(timezones=ZONES),
)
@settings(max_examples=300)
def test_every_text_is_judged_and_every_span_lies_in_it(
    body: str, variables: Mapping[str, str], provider: str, send_at: datetime
) -> None:
    body = "{a}" + body + "{b}，1月5日前有效，今晚截止"
    result = ENGINE.check(request(body, variables=variables, provider=provider, send_at=send_at))
    assert result.verdict in ("block", "warn", "pass")
    assert result.final_text.startswith("【安宁百货】")
    for finding in result.findings:
        start, end = finding.span.start, finding.span.end
        assert 0 <= start <= end <= len(result.final_text)
        assert finding.text == result.final_text[start:end]
        assert finding.message


def test_a_public_shortener_is_nobodys_own_whoever_registers_it() -> None:
    for domains in ((), ("t.cn",)):
        body = "领券 https://t.cn/A6qtL01 使用。拒收请回复R"
        assert "LNK-002" in rules_of(ENGINE.check(request(body, allowed_domains=domains)))
    known = request("领券 https://s.anning.example/A6 使用。拒收请回复R")
    assert "LNK-002" not in rules_of(ENGINE.check(known))


@given(st.lists(TEXTS, min_size=1, max_size=8), TEXTS)
@settings(max_examples=60)
def test_a_batch_says_what_single_checks_say(values: list[str], body: str) -> None:
    template = request(body + "{name}，老客两件8折，详见{name}。拒收请回复R")
    batch = list(ENGINE.check_rendered(template, [{"name": value} for value in values]))
    singles = [ENGINE.check(request(template.body, variables={"name": value})) for value in values]
    assert batch == singles


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "piece",
    ["最", "最 ", "最佳", "1", "1 ", "13", "a.", "http://", "【", "{", "退订", "回复r", "#a", "加", "加 ", "送",
     "满1送", "今", "12月9日", "\u200b", "★", "❤\ufe0f", "й", "禮", "保 ", "不", "贷·", "e\u0301", "一", "。", "，",
     "!", "(", "&a", "%", "86", "https://a.example/", "回复1即", "月", "治", "第一", "全国"],
)  # fmt: skip
def test_ten_thousand_characters_take_no_time(piece: str) -> None:
    body = (piece * 10_000)[:10_000]
    ENGINE.check(request(body[:200]))
    started = time.process_time()
    ENGINE.check(request(body))
    assert time.process_time() - started < 3  # linear ones need a tenth of it on a slow machine


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "piece",
    ["退订", "买送", "最佳", "😀", "【", "{a}", "加微信abc123", "\u202e", "م", "([{【", "\0", "\ud800", "治失眠",
     "恭喜", "您的", "收益", "不管征信", "e\u0301"],
)  # fmt: skip
def test_a_hundred_kilobytes_are_answered_in_time(piece: str) -> None:
    body = (piece * 100_000)[:100_000]
    started = time.process_time()
    assert ENGINE.check(request(body, variables={"a": "{a}"})).verdict == "block"
    assert time.process_time() - started < 10  # seldom more than one


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("piece", "changes"),
    [
        ("最佳", {"sender": Sender("最佳有限公司", USCC)}),
        ("最佳a.cn ", {}),
        ("a.cn?a={a} ", {"variables": {"a": "b"}}),
        ("null您好{a}，", {"variables": {"a": "b"}}),
        ("羽绒被9", {"goods": (Good("羽绒被", 10_000),)}),
        ("防晒面霜9", {"goods": (Good("面霜", 10_000), Good("防晒面霜", 10_000))}),
        ("防晒面霜9元，", {"goods": tuple(Good("防晒面霜9元，" * n, 10_000) for n in range(1, 30))}),
        ("最佳", {"signature": Signature("最佳" * 25_000, USCC, "company", "approved", carrier_filed=True)}),
    ],
)
def test_as_many_names_links_values_and_goods_as_a_text_can_hold_take_no_time(
    piece: str, changes: dict[str, Any]
) -> None:
    body = (piece * 100_000)[:100_000]
    started = time.process_time()
    ENGINE.check(request(body, **changes))
    assert time.process_time() - started < 10  # where every hit looked at every name it took two minutes


def test_of_a_text_beyond_any_measure_its_person_alone_is_stopped_by_its_length() -> None:
    template = request("{name}您好，" + "{note}" * 1_000 + "老客两件8折。拒收请回复R")
    rows = [{"name": "张", "note": ""}, {"name": "李", "note": "家" * 100_000}, {"name": "王", "note": ""}]
    sound, long, after = ENGINE.check_rendered(template, rows)
    assert "block" not in (sound.verdict, after.verdict)
    assert (long.verdict, len(long.final_text), long.left_out > 99_000_000) == ("block", 1_006, True)
    (told,) = (finding for finding in long.findings if finding.rule_id == "LEN-002")
    assert told.message == "全文100000023字，超过500字的上限"
    assert long == ENGINE.check(request(template.body, variables=rows[1]))
    assert fixes_for(told, request(template.body, variables=rows[1]), ENGINE) == ()
    opt_out = next(finding for finding in long.findings if finding.rule_id.startswith("OPT"))
    assert fixes_for(opt_out, request(template.body, variables=rows[1]), ENGINE) == ()


def test_half_a_character_is_invisible_and_hides_no_word() -> None:
    result = ENGINE.check(request("国家\ud800级\udc00品质，老客两件8折。拒收请回复R"))
    told = {(finding.rule_id, finding.severity, finding.text) for finding in result.findings}
    assert ("EVA-001", Severity.BLOCK, "\ud800") in told
    assert ("EVA-001", Severity.BLOCK, "\udc00") in told
    assert ("ABS-001", Severity.BLOCK, "国家\ud800级") in told
    assert ENGINE.check(request("老客😀两件8折。拒收请回复R")).verdict != "block"


def test_findings_are_in_order_and_few_of_a_kind() -> None:
    result = ENGINE.check(request("最佳" * 5_000))
    places = [(finding.span.start, finding.span.end) for finding in result.findings]
    assert places == sorted(places)
    assert sum(finding.rule_id == "ABS-001" for finding in result.findings) <= 50


def test_the_verdict_is_the_gravest_finding() -> None:
    assert ENGINE.check(request()).verdict == "pass"
    assert ENGINE.check(request("最好吃的汤圆两件8折。拒收请回复R")).verdict == "warn"
    assert ENGINE.check(request("国家级品质。拒收请回复R")).verdict == "block"


def test_words_come_in_both_languages() -> None:
    (chinese,) = [f for f in ENGINE.check(request("国家级品质。拒收请回复R")).findings if f.rule_id == "ABS-001"]
    english = engine_in("en")
    (found,) = [f for f in english.check(request("国家级品质。拒收请回复R")).findings if f.rule_id == "ABS-001"]
    assert chinese.message == "“国家级”是绝对化用语"
    assert found.message == "“国家级” is an absolute claim"
    assert english.check(request()).verdict == "pass"
    assert found.citation.verified
    assert found.severity is Severity.BLOCK


def test_words_of_a_message_are_not_filled_in_again() -> None:
    result = ENGINE.check(request("{match}您好，老客两件8折。拒收请回复R"))
    (finding,) = [f for f in result.findings if f.rule_id == "VAR-001"]
    assert finding.message == "“{match}”没有换成客户的内容"


def test_an_unknown_provider_is_held_to_what_all_ask() -> None:
    assert ENGINE.check(request(provider="nobody")) == ENGINE.check(request(provider="generic"))


def test_the_law_in_force_on_the_day_is_cited() -> None:
    body = "老客两件8折。退订请致电400-000-0101"
    old = ENGINE.check(request(body, send_at=datetime(2026, 4, 1, 2, tzinfo=UTC)))
    new = ENGINE.check(request(body, send_at=datetime(2026, 5, 1, 2, tzinfo=UTC)))
    unknown = ENGINE.check(request(body, send_at=None))
    laws = [next(f.citation.law for f in r.findings if f.rule_id == "OPT-004") for r in (old, new, unknown)]
    assert "31号" in laws[0]
    assert "74号" in laws[1]
    assert "74号" in laws[2]


def test_an_unknown_time_is_never_a_good_one() -> None:
    assert "TIM-001" in rules_of(ENGINE.check(request(send_at=None)))
    beyond = datetime.max.replace(tzinfo=UTC)
    assert "TIM-001" in rules_of(ENGINE.check(request(send_at=beyond)))
    assert ENGINE.check(request("今晚截止，活动到12月20日。拒收请回复R", send_at=None)).verdict == "block"


def test_the_version_follows_the_rules() -> None:
    assert len(ENGINE.pack_version) == 16
    assert ENGINE.pack_version == load_all(assets.path("rules")).version


def test_a_value_meets_the_rules_as_the_text_does() -> None:
    template = request("{name}您好，老客两件8折。拒收请回复R")
    names = ["张女士", "加微信abc123", "13900000000", "t.cn/x", "国家级", "null", "【x】", "{name}"]
    wanted = [
        set(),
        {"LED-001"},
        {"PII-001"},
        {"LNK-001"},
        {"ABS-001"},
        {"VAR-001"},
        {"SIG-001", "SIG-002"},
        {"VAR-001"},
    ]
    for result, expected in zip(ENGINE.check_rendered(template, [{"name": n} for n in names]), wanted, strict=True):
        assert expected <= rules_of(result)
        assert (result.verdict == "block") is bool(expected)


def test_worded_findings_are_remembered_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign_app.compliance.panel._MOST_WORDED", 2)
    rows = [{"name": f"国家级{number}"} for number in range(9)]
    results = list(ENGINE.check_rendered(request("{name}您好。拒收请回复R"), rows))
    assert all("ABS-001" in rules_of(result) for result in results)


def test_odd_lines_are_read_against_the_message() -> None:
    parsed = request_from_json({"body": "", "variables": {"a": 1, "b": None, "c": True, "d": [], "e": 1.5}})
    assert parsed.variables == {"a": "1", "b": "null", "c": "true", "e": "1.5"}
    assert (parsed.purpose, parsed.industry, parsed.provider) == ("", "general", "generic")
    assert parsed.send_date is None
    late = {"signature": {"valid_until": "soon"}, "send_at": "2026-13-01", "body": ""}
    assert request_from_json(late).signature.valid_until == date.min
    assert request_from_json({"body": "", "send_at": "2026-12-01T10:00:00"}).send_at is None
    assert request_from_json({"body": "", "signature": {"valid_until": 5}}).signature.valid_until == date.min
