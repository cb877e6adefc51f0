"""What is told of a provider is read: its hours and the trades it takes; only what was verified stops a message."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from pydantic import ValidationError

from campaign_app.compliance import Engine, RuleSet
from campaign_app.compliance.dates import in_english
from campaign_app.compliance.proof import request_of
from campaign_app.compliance.providers import Window, parse_provider
from campaign_app.compliance.rule import Case
from campaign_app.compliance.template import MOST
from campaign_app.domain.finding import Finding, Severity
from campaign_app.services.profiles import INDUSTRIES, PROVIDERS
from tests.helpers.rules import ENGINE, RULES, engine_in

NAMED = {"OPT-002", "SIG-003", "PRV-001", "VAR-002"}
DATED = (
    ("URG-001", "【安宁百货】最后一天！满300减50，活动12月20日结束。拒收请回复R", "2026-12-01T10:00:00+08:00"),
    ("TIM-002", "【安宁百货】老客两件8折。拒收请回复R", "2026-10-01T10:00:00+08:00"),
)
CHINESE = re.compile("[\u3400-\u9fff]")


def with_huawei(**facts: Any) -> Engine:
    changed = RULES.providers["huawei"].model_copy(update=facts)
    return Engine(replace(RULES, providers={**RULES.providers, "huawei": changed}))


def found(engine: Engine, rule: str, **fields: Any) -> list[Finding]:
    asked = request_of(Case("【安宁百货】老客两件8折。拒收请回复R", (), {"provider": "huawei", **fields}))
    return [finding for finding in engine.check(asked).findings if finding.rule_id == rule]


def severities(engine: Engine, rule: str, **fields: Any) -> list[str]:
    return [finding.severity.word for finding in found(engine, rule, **fields)]


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("at", "wanted"),
    [
        ("09:59", ["block"]),
        ("10:00", []),
        ("18:29", []),
        ("18:30", ["warn"]),
        ("19:29", ["warn"]),
        ("19:30", ["block"]),
    ],
)
def test_a_providers_narrower_hours_count_and_a_doubtful_end_warns(at: str, wanted: list[str]) -> None:
    engine = with_huawei(window=Window(start=time(10), until=time(19, 30), sometimes_until=time(18, 30)))
    assert severities(engine, "TIM-001", send_at=f"2026-12-01T{at}:00+08:00") == wanted


@pytest.mark.parametrize(("at", "wanted"), [("07:59", ["block"]), ("08:00", []), ("22:00", ["block"])])
def test_wider_hours_than_the_rules_allow_nothing(at: str, wanted: list[str]) -> None:
    engine = with_huawei(window=Window(start=time(6), until=time(23, 59)))
    assert severities(engine, "TIM-001", send_at=f"2026-12-01T{at}:00+08:00") == wanted


def test_the_finding_names_the_hours_that_count() -> None:
    engine = with_huawei(window=Window(start=time(10), until=time(19, 30)))
    (finding,) = found(engine, "TIM-001", send_at="2026-12-01T08:30:00+08:00")
    assert "10:00–19:30" in finding.message


@pytest.mark.parametrize(("verified", "severity"), [(frozenset(), "warn"), (frozenset(["forbidden_sectors"]), "block")])
def test_a_trade_that_the_provider_does_not_take(verified: frozenset[str], severity: str) -> None:
    engine = with_huawei(forbidden_sectors=frozenset(["education", "finance"]), verified=verified)
    assert severities(engine, "PRV-001", industry="education") == [severity]
    assert severities(engine, "PRV-001", purpose="finance") == [severity]
    assert severities(engine, "PRV-001", industry="food") == []


def test_english_names_providers_and_days_in_english() -> None:
    assert not any(CHINESE.search(each.called("en")) for each in RULES.providers.values())
    assert parse_provider("own", {"title": "自有"}).called("en") == "自有", "as whoever wrote it has it"
    assert {p.called("en"): p.called("zh_CN") for p in RULES.providers.values()}["Alibaba Cloud SMS"] == "阿里云短信"
    english = engine_in("en")
    for fields in (
        {"signature": {"text": "安宁百货安宁百货安宁百货安宁百货安宁百货"}},
        {"signature": {"text": "安宁百货安宁百货安宁百货安宁百货安宁百货"}, "provider": "generic"},
        {"provider": "tencent", "purpose": "finance"},
        {"body": "老客两件8折。退订回T", "provider": "aliyun"},
    ):
        asked = request_of(Case("【安宁百货】老客两件8折。拒收请回复R", (), {"provider": "huawei", **fields}))
        told = [each.message for each in english.check(asked).findings if each.rule_id in NAMED]
        assert told, fields
        assert not any(CHINESE.search(re.sub("“[^”]*”", "", each)) for each in told), "but for what it quotes"
    assert in_english(date(2026, 11, 4)) == "4 Nov"
    for rule, text, at in DATED:
        case = Case(text, (), {"send_at": at})
        (said,) = [each.message for each in english.check(request_of(case)).findings if each.rule_id == rule]
        assert re.search(r"\d (Oct|Dec)\b", said), said


def test_a_providers_own_characters_of_signatures_count() -> None:
    chinese = with_huawei(signature_pattern="[\\u4e00-\\u9fff]{1,12}")
    assert parse_provider("own", {"title": "x", "signature_pattern": "[a-z]{1,9}"}).signature_pattern == "[a-z]{1,9}"
    for engine, wanted in ((ENGINE, []), (chinese, ["block"])):
        assert severities(engine, "SIG-004", signature={"text": "安宁365Mall"}) == wanted
        assert severities(engine, "SIG-004", signature={"text": "安宁百货"}) == []
        assert severities(engine, "SIG-004", signature={"text": "安宁测试"}) == ["block"], "for nobody"


@pytest.mark.parametrize("pattern", ["(a+)+", "(", "(?<=a?)b", "a{99999999999999999999}"])
def test_a_pattern_of_signatures_that_cannot_be_used_is_refused(pattern: str) -> None:
    with pytest.raises(ValidationError):
        parse_provider("own", {"title": "x", "signature_pattern": pattern})


def test_a_length_that_somebody_compared_is_marked_so_and_no_other() -> None:
    known = {name for name, provider in RULES.providers.items() if "total_length" in provider.verified}
    assert known == {"aliyun", "tencent", "huawei"}
    with pytest.raises(ValidationError):
        parse_provider("own", {"title": "x", "total_length": 10**9})


def test_a_text_beyond_any_measure_is_too_long_for_whoever_takes_long_ones() -> None:
    (told,) = found(with_huawei(total_length=5_000), "LEN-002", body="家" * 300_000)
    assert (told.severity.word, "300006" in told.message, "5000" in told.message) == ("block", True, True)


def test_a_text_beyond_any_measure_is_refused_whoever_carries_it_too() -> None:
    """Of such a text no rule may have a finding; the verdict is not of the findings alone."""
    bare = Engine(RuleSet((), RULES.providers, "x"))
    asked = replace(request_of(Case("【安宁百货】{name}。拒收请回复R", (), {"provider": "aliyun"})), also=("tencent",))
    asked = replace(asked, body="{name}", variables={"name": "好" * (MOST + 1)})
    assert bare.check(replace(asked, also=())).verdict == bare.check(asked).verdict == "block"


def test_profiles_are_those_that_can_be_chosen_and_speak_of_known_trades() -> None:
    assert set(PROVIDERS) == RULES.providers.keys()
    for provider in RULES.providers.values():
        assert provider.forbidden_sectors <= set(INDUSTRIES)
        assert provider.sources or not provider.verified
        assert all(cap.span.total_seconds() == cap.minutes * 60 for cap in provider.caps)


def test_the_engine_names_the_providers_that_it_knows() -> None:
    assert ENGINE.providers == RULES.providers
    assert {"generic", "aliyun", "tencent", "huawei", "ucloud"} <= RULES.providers.keys()


def test_a_message_that_several_carry_is_held_to_what_each_of_them_asks() -> None:
    engine = ENGINE

    def asked(text: str, *names: str) -> dict[str, tuple[str, str]]:
        request = replace(request_of(Case(text, (), {"provider": names[0]})), also=names[1:])
        (bulk,) = engine.check_rendered(replace(request, body=request.body), [request.variables])
        result = engine.check(request)
        assert result == bulk
        assert result.verdict == max((f.severity for f in result.findings), default=Severity.INFO).word.replace(
            "info", "pass"
        )
        return {f.rule_id: (f.severity.word, f.message) for f in result.findings if f.rule_id in ("OPT-002", "SIG-003")}

    text = "【安宁百货】老客两件8折。退订回复D"
    assert asked(text, "ucloud") == {}
    assert asked(text, "generic")["OPT-002"][0] == "warn"
    strict = asked(text, "aliyun")
    assert strict["OPT-002"][0] == "block"
    assert asked(text, "ucloud", "aliyun") == asked(text, "aliyun", "ucloud") == strict
    assert asked(text, "generic", "aliyun") == asked(text, "aliyun", "generic") == strict
    both = asked("【安宁百货城西金桂路生活体验馆】老客两件8折。退订回复QX", "huawei", "aliyun", "ucloud")
    assert "阿里云" in both["SIG-003"][1]
    assert "华为云" in both["OPT-002"][1]
