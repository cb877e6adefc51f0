"""Templates of providers become texts of campaigns and back: nothing lost, nothing guessed silently."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app import words
from campaign_app.compliance import CheckRequest, Sender
from campaign_app.compliance.syntaxes import LONGEST, REASONS, SYNTAXES, BadTemplate
from campaign_app.domain.errors import AppError, SettingsError
from campaign_app.domain.signature import Signature
from campaign_app.services.provider_templates import (
    MOST_VARIABLES,
    Slot,
    decoded,
    notation_of,
    read,
    refusals,
    refuse_unknown,
    text_in,
    write,
)
from tests.helpers.rules import ENGINE, RULES

T = TypeVar("T")
KNOWN = ("name", "province", "city", "积分", "level")
CLEAN = "{name}您好，双十一会员专享：店内冬装满300元减50元，11月30日前有效，详询4000001234。拒收请回复R"


def request(body: str, **variables: str) -> CheckRequest:
    signature = Signature("安宁百货", "u", "company", "approved", True, ("retail",))
    return CheckRequest(body, signature, Sender("安宁百货有限公司", "u"), variables=variables)


def answer(call: Callable[[], T]) -> T | AppError:
    try:
        return call()
    except AppError as error:
        return error


@pytest.mark.parametrize(
    ("text", "notation", "ours"),
    [
        ("尊敬的{1}，您的{2}积分将于{3}到期", "{1}", ("name", "积分", "")),
        ("{1}您好，您的积分为{2}，浙江省{3}市门店恭候", "{1}", ("name", "积分", "city")),
        ("${UserName}，您在${CITY}的${code}券", "${name}", ("name", "city", "")),
        ("#name#您好，#level#会员", "#name#", ("name", "level")),
        ("{{nick}}，新品上市", "{{name}}", ("name",)),
        ("{1}先生，{2}您好", "{1}", ("name", "")),
    ],
)
def test_what_a_variable_stands_for_is_suggested_where_name_or_words_tell(
    text: str, notation: str, ours: tuple[str, ...]
) -> None:
    found = read(text, known=KNOWN)
    assert found.notation == notation
    assert tuple(slot.ours for slot in found.slots) == ours
    assert [slot.theirs for slot in found.unmapped] == [slot.theirs for slot in found.slots if not slot.ours]


def test_what_a_person_settled_is_not_suggested_away() -> None:
    found = read("{1}您好，{2}积分", names={"1": "", "2": "points"}, known=KNOWN)
    assert found.slots == (Slot("1", "{1}"), Slot("2", "{2}", "points"))
    assert found.body == "{1}您好，{points}积分"


def test_a_signature_in_front_is_no_part_of_the_body() -> None:
    found = read("\n【安宁百货】${name}您好\n", known=KNOWN)
    assert (found.signature, found.body) == ("安宁百货", "{name}您好")
    assert read("新品【安宁】上市").body == "新品【安宁】上市"


def test_the_place_of_an_error_is_that_in_the_text_as_pasted() -> None:
    text = "【安宁百货】${name}您好{x"
    with pytest.raises(BadTemplate) as refused:
        read(text)
    assert text[refused.value.at] == "{"
    with pytest.raises(BadTemplate) as refused:
        read("好" * 100_000)
    assert (refused.value.code, refused.value.at) == ("template_too_long", -1)


def test_more_variables_than_any_provider_takes_are_refused() -> None:
    assert len(read("，".join(f"{{v{n}}}" for n in range(MOST_VARIABLES))).slots) == MOST_VARIABLES
    with pytest.raises(BadTemplate) as refused:
        read("，".join(f"{{v{n}}}" for n in range(MOST_VARIABLES + 1)))
    assert refused.value.code == "template_too_many"


@pytest.mark.parametrize("text", ["", " \n", "【安宁百货】"])
def test_nothing_to_convert_is_said(text: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read(text)
    assert refused.value.code == "template_empty"
    with pytest.raises(SettingsError):
        write(" ", "{1}")


NAMES = st.lists(st.sampled_from(["name", "points", "code", "city", "day"]), min_size=1, max_size=5, unique=True)
FIXED = st.text("您好，减元满8折Aa1.$#%《\n", min_size=1, max_size=9)


@given(NAMES, st.lists(FIXED, min_size=6, max_size=6), st.sampled_from(sorted(SYNTAXES)))
def test_out_and_in_again_gives_the_text_back(names: list[str], fixed: list[str], notation: str) -> None:
    body = f"好{fixed[0]}" + "".join(f"{{{n}}}{text}" for n, text in zip(names, fixed[1:], strict=False)) + "。"
    out = answer(lambda: write(body, notation))
    if isinstance(out, AppError):  # what is words here would be a variable there
        assert out.code == "template_other_syntax"
        assert body[int(out.facts["at"])] in "#{$"
        return
    back = read(out.text, notation, {slot.theirs: slot.ours for slot in out.slots})
    assert (back.body, back.slots) == (body, out.slots)


ANYTHING = st.text(st.characters() | st.sampled_from("{}$#1【】name"), max_size=60)


@given(ANYTHING | st.just("{" * 100_000), st.sampled_from(["", *SYNTAXES]))
def test_whatever_is_pasted_has_an_answer(text: str, notation: str) -> None:
    found = answer(lambda: read(text, notation, known=KNOWN))
    if isinstance(found, AppError):
        assert found.code.startswith("template_")
        assert int(found.facts.get("at", -1)) < len(text)
    else:
        assert len(found.body) <= LONGEST * 2
        assert found.slots == read(text, found.notation, known=KNOWN).slots


def test_a_lone_surrogate_is_refused_with_its_place() -> None:
    with pytest.raises(BadTemplate) as refused:
        read("好\ud83d您好")
    assert (refused.value.facts["what"], refused.value.at) == ("U+D83D", 1)


def test_every_provider_has_a_form_to_write_and_its_own_words_about_a_text() -> None:
    forms = {name: notation_of(provider) for name, provider in RULES.providers.items()}
    assert forms == {"generic": "{name}", "aliyun": "${name}", "tencent": "{1}", "huawei": "${1}", "ucloud": "{1}"}
    found = {name: refusals(ENGINE, request(CLEAN, name="张女士"), name).findings for name in forms}
    assert [each.rule_id for each in found["aliyun"]] == []
    assert "VAR-002" in {each.rule_id for each in found["huawei"]}
    assert "OPT-002" in {each.rule_id for each in found["ucloud"]}


def test_only_what_the_provider_says_is_told_the_worst_first() -> None:
    bad = request("国家级品质【特惠】" + "，满减" * 300 + "退订回复TD")
    levels = [each.severity for each in refusals(ENGINE, bad, "aliyun").findings]
    rules = {each.rule_id for each in refusals(ENGINE, bad, "aliyun").findings}
    assert {"LEN-002", "SIG-002"} <= rules
    assert not rules & {"ABS-001", "TIM-001"}
    assert levels == sorted(levels, reverse=True)


@pytest.mark.parametrize("value", ["{name}", "a${x}", "{1}", "#b#"])
def test_a_value_that_holds_a_variable_is_refused(value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        refusals(ENGINE, request(CLEAN, name=value), "aliyun")
    assert (refused.value.code, refused.value.facts["what"]) == ("template_value", "name")


def test_what_is_settled_of_a_variable_that_is_not_there_is_refused() -> None:
    refuse_unknown([Slot("1", "{1}")], ["1"])
    with pytest.raises(SettingsError) as refused:
        refuse_unknown([Slot("1", "{1}")], ["2"])
    assert refused.value.facts["what"] == "2"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_file_is_read_in_the_encodings_that_programs_write(encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "模板.txt"
    file.write_bytes("【安宁百货】${name}您好，\r\n满减".encode(encoding))
    assert text_in(file) == "【安宁百货】${name}您好，\n满减"


def test_a_file_that_is_no_template_is_refused(tmp_path: Path) -> None:
    cases = {"template_no_text": b"\x81", "template_too_long": b"x" * 70_000}
    for code, raw in cases.items():
        with pytest.raises(SettingsError) as refused:
            decoded(raw, "f")
        assert refused.value.code == code
    with pytest.raises(SettingsError) as refused:
        text_in(tmp_path)
    assert refused.value.code == "file_unreadable"


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_words_that_name_what_is_wrong(reason: str) -> None:
    for language in ("zh_CN", "en"):
        said = words.load(language).error(BadTemplate(reason, "某处"))
        assert "某处" in said
