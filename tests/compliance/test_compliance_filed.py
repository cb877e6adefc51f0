"""A finished text finds the template that gives it, and nothing else is ever handed to a provider."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.compliance.filed import Filed, Filled, Templates, signed

NOTATIONS = {"${name}": "${%s}", "{1}": "{%s}"}
NAMES = {"${name}": ("name", "code", "city", "day"), "{1}": ("1", "2", "3", "4")}
# few different letters, so that literals turn up within values
LITERAL = st.text("您a，.$*【】\n", max_size=4)
VALUE = st.text("您a，.$*【】\n{}1😀", max_size=5)


@st.composite
def templates(draw: st.DrawFn) -> tuple[str, str, list[str]]:
    """(notation, text, names of its variables); variables may repeat and touch each other."""
    notation = draw(st.sampled_from(sorted(NOTATIONS)))
    count = draw(st.integers(0, 4))
    names = list(NAMES[notation][:count]) + draw(
        st.lists(st.sampled_from(NAMES[notation][:count] or ("",)), max_size=3)
    )
    names = [name for name in names if name]
    literals = draw(st.lists(LITERAL, min_size=len(names) + 1, max_size=len(names) + 1))
    if notation == "{1}":
        literals = [literal.replace("$", "") for literal in literals]
    text = literals[0] + "".join(NOTATIONS[notation] % n + t for n, t in zip(names, literals[1:], strict=True))
    return notation, text, names


@given(templates(), st.lists(VALUE, min_size=4, max_size=4))
def test_what_is_found_gives_the_very_text(template: tuple[str, str, list[str]], values: list[str]) -> None:
    notation, text, names = template
    filed = Filed.parse("T", text, notation)
    body = filed.render(dict(zip(NAMES[notation], values, strict=True)))
    found = filed.fill(body)
    assert found is not None
    assert [name for name, _ in found.values] == list(dict.fromkeys(names))
    assert filed.render(dict(found.values)) == body


@given(templates(), VALUE)
def test_another_text_is_never_called_the_same(template: tuple[str, str, list[str]], body: str) -> None:
    notation, text, _ = template
    filed = Filed.parse("T", text, notation)
    found = filed.fill(body)
    assert found is None or filed.render(dict(found.values)) == body


@pytest.mark.parametrize(
    ("text", "body", "values"),
    [
        ("{1}您好，{2}积分，拒收请回复R", "王芳您好，20积分，拒收请回复R", {"1": "王芳", "2": "20"}),
        ("{2}在{1}", "甲在乙", {"2": "甲", "1": "乙"}),
        ("{1}，{2}，{1}", "a，b，c，a", {"1": "a", "2": "b，c"}),
        ("{1}，{2}", "您好，请回复，R", {"1": "您好", "2": "请回复，R"}),
        ("上新", "上新", {}),
        ("{1}", "", {"1": ""}),
    ],
)
def test_values_are_read_off_the_text(text: str, body: str, values: dict[str, str]) -> None:
    found = Filed.parse("7", text, "{1}").fill(body)
    assert found == Filled("7", tuple(values.items()))


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("上新，拒收请回复R", "上新，拒收请回复R "),
        ("上新，拒收请回复R", "上新，拒收请回复Ｒ"),
        ("{1}您好，{2}积分", "王芳您好，20分"),
        ("{1}，{1}", "甲，乙"),
        ("您好{1}您好", "您好"),
        ("店{1}好", "店好好呀"),
        ("{1}店{2}好", "好"),
        ("a{1}b{2}bc", "axbc"),
    ],
)
def test_nearly_the_same_is_not_the_same(text: str, body: str) -> None:
    assert Filed.parse("7", text, "{1}").fill(body) is None


def test_a_long_text_without_a_match_is_told_soon() -> None:
    filed = Filed.parse("7", "，".join(f"{{{n}}}" for n in (1, 2, 3, 4, 5, 6, 1)) + "！", "{1}")
    assert filed.fill("a，" * 60 + "b！") is None


def test_the_template_that_says_most_is_taken() -> None:
    templates = Templates([("1", "{1}"), ("2", "{1}您好，{2}"), ("3", "{1}您好，全场8折")], "{1}")
    assert templates.fill("王芳您好，全场8折") == Filled("3", (("1", "王芳"),))
    assert len(templates) == 3
    assert templates.fill("王芳您好，全场9折") == Filled("2", (("1", "王芳"), ("2", "全场9折")))


@pytest.mark.parametrize("text", ["{1}您好，{3}", "{1}您好{name}", "{{1}}您好"])
def test_a_template_that_cannot_be_read_is_none(text: str) -> None:
    templates = Templates([("1", text)], "{1}")
    assert not templates
    assert templates.fill(text) is None


def test_a_signature_stands_in_front_or_not_at_all() -> None:
    assert signed("【安宁百货】上新\n退订回T") == ("安宁百货", "上新\n退订回T")
    assert [signed(text) for text in ("上新", "上新【安宁】", "【】上新", "【安【宁】上新", "")] == [None] * 5
