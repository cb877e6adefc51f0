"""Templates as the providers write them, and what an audience's messages measure."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app import assets
from campaign_app.compliance import Template, cn_segments, load_all
from campaign_app.compliance.audience import distribution
from campaign_app.compliance.syntaxes import (
    REASONS,
    SYNTAXES,
    BadTemplate,
    Exported,
    export_template,
    guess,
    import_template,
    syntax_of,
)
from campaign_app.words import Language, load

NAMES = st.lists(st.sampled_from(["name", "points", "code", "city", "day"]), max_size=5, unique=True)
FIXED = st.text("您好，减元满8折Aa1.", min_size=1, max_size=9)


@pytest.mark.parametrize(
    ("notation", "text"),
    [
        ("{name}", "{name}您好，{points}积分"),
        ("${name}", "${name}您好，${points}积分"),
        ("${1}", "${1}您好，${2}积分"),
        ("{1}", "{1}您好，{2}积分"),
        ("{{name}}", "{{name}}您好，{{points}}积分"),
        ("#name#", "#name#您好，#points#积分"),
    ],
)
def test_a_template_goes_out_and_comes_back(notation: str, text: str) -> None:
    ours = "{name}您好，{points}积分"
    assert export_template(ours, notation) == Exported(text, ("name", "points"))
    names = {"1": "name", "2": "points"}
    assert import_template(text, notation, names) == ours
    assert guess(text) == notation


@given(NAMES, st.lists(FIXED, min_size=6, max_size=6), st.sampled_from(sorted(SYNTAXES)))
def test_no_template_loses_anything_on_its_way(names: list[str], fixed: list[str], notation: str) -> None:
    ours = fixed[0] + "".join(f"{{{name}}}{text}" for name, text in zip(names, fixed[1:], strict=False))
    exported = export_template(ours, notation)
    numbers = {str(number): name for number, name in enumerate(exported.names, 1)}
    assert import_template(exported.text, notation, numbers if SYNTAXES[notation].numbered else None) == ours


def test_numbered_variables_repeat_their_number() -> None:
    assert export_template("{b}，{a}，{b}", "{1}") == Exported("{1}，{2}，{1}", ("b", "a"))
    assert import_template("{1}，{2}，{1}", "{1}", {"1": "b"}) == "{b}，{2}，{b}"


def test_what_has_no_variables_is_ours() -> None:
    assert guess("老客两件8折") == "{name}"
    assert guess("${CODE}您好，${2}") == "${1}"
    assert guess("{1}您好，{name}") == "{name}"


@pytest.mark.parametrize(
    ("body", "notation", "reason"),
    [
        ("{a}{b}您好", "{1}", "adjacent"),
        ("{a}您好{a}", "${name}", "twice"),
        ("，".join(f"{{v{n}}}" for n in range(21)), "${1}", "too_many"),
        ("{姓名}您好", "${name}", "name"),
        ("{a}您好#x#", "#name#", "other_syntax"),
        ("{a}您好#b{c}#", "#name#", "other_syntax"),
        ("{a}您好{", "{1}", "other_syntax"),
        ("{a}您好{{b}}", "{name}", "other_syntax"),
        ("好" * 2_001, "{1}", "too_long"),
        ("{a}您好", "<name>", "unknown_syntax"),
    ],
)
def test_what_a_provider_would_refuse_is_not_written(body: str, notation: str, reason: str) -> None:
    with pytest.raises(BadTemplate) as refused:
        export_template(body, notation)
    assert refused.value.facts["reason"] == reason
    assert reason in REASONS


@pytest.mark.parametrize(
    ("text", "notation", "reason"),
    [
        ("{1}您好{3}", "{1}", "gap"),
        ("${a}您好{b}", "${name}", "other_syntax"),
        ("{{a}", "{{name}}", "other_syntax"),
        ("好\x00", "{1}", "unseen"),
        ("\udc00{a}", "{name}", "unseen"),
        ("{" * 100_000, "{1}", "too_long"),
        ("{a}", "?", "unknown_syntax"),
    ],
)
def test_a_template_that_means_something_else_is_not_read(text: str, notation: str, reason: str) -> None:
    with pytest.raises(BadTemplate) as refused:
        import_template(text, notation)
    assert refused.value.facts["reason"] == reason


@pytest.mark.parametrize(
    ("body", "notation", "at"),
    [
        ("好{a}{b}您好", "{1}", 1),
        ("{a}您好{a}", "${name}", 5),
        ("，".join(f"{{v{n:02}}}" for n in range(21)), "${1}", 120),
        ("您好{姓名}", "${name}", 2),
        ("{a}您好#x#", "#name#", 5),
        ("{a}您好}", "{1}", 5),
        ("好\x00", "{1}", 1),
    ],
)
def test_the_place_of_what_cannot_be_written_is_told(body: str, notation: str, at: int) -> None:
    with pytest.raises(BadTemplate) as refused:
        export_template(body, notation)
    assert refused.value.at == at


def test_a_name_that_would_be_no_variable_is_refused() -> None:
    for name in ("a}{b", "", "名" * 41, "a b"):
        with pytest.raises(BadTemplate) as refused:
            import_template("好{1}", "{1}", {"1": name})
        assert (refused.value.facts["reason"], refused.value.at) == ("our_name", 1)


@given(st.text(st.sampled_from("{}$#1a姓【，\n\x00"), max_size=24), st.sampled_from(sorted(SYNTAXES)))
def test_what_goes_out_at_all_comes_back_as_it_was(body: str, notation: str) -> None:
    try:
        exported = export_template(body, notation)
    except BadTemplate:
        return
    numbers = {str(number): name for number, name in enumerate(exported.names, 1)}
    assert import_template(exported.text, notation, numbers if SYNTAXES[notation].numbered else None) == body


def test_every_provider_names_a_notation_that_is_known() -> None:
    named = {provider.variable_syntax for provider in load_all(assets.path("rules")).providers.values()}
    assert named - {""} <= set(SYNTAXES)


VALUES = st.text("张女士A😀1", max_size=40)


@given(st.lists(st.fixed_dictionaries({}, optional={"name": VALUES, "b": VALUES}), max_size=20), st.integers(0, 99))
def test_an_audience_is_measured_as_its_messages_are(rows: list[dict[str, str]], fen: int) -> None:
    template = Template.parse("{name}您好，羽绒被满500减100，您的{b}积分可兑换家纺礼券，12月9日前有效。拒收请回复R")
    texts = [f"【安宁百货】{template.render(row).text}" for row in rows]
    parts = [cn_segments(text).segments for text in texts]
    found = distribution("安宁百货", template, ((7 * n, row) for n, row in enumerate(rows)))
    assert found.messages_by_parts == Counter(parts)
    assert (found.messages, found.parts) == (len(rows), sum(parts))
    assert found.cost(Decimal(fen) / 1000) == Decimal(sum(parts)) * fen / 1000
    lengths = [cn_segments(text).length for text in texts]
    if found.longest is not None and found.shortest is not None:
        assert lengths[found.longest // 7] == max(lengths)
        assert lengths[found.shortest // 7] == min(lengths)
    else:
        assert (rows, found.shortest, found.longest) == ([], None, None)


def test_an_unknown_form_is_answered_with_those_that_exist() -> None:
    with pytest.raises(BadTemplate) as refused:
        syntax_of("<name>")
    languages: tuple[Language, ...] = ("zh_CN", "en")
    for language in languages:
        said = load(language).error(refused.value)
        assert all(form in said for form in SYNTAXES)
