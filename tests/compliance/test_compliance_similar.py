"""Templates that say about the same, and taking a sent text apart into its template's values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.compliance.similar import ALIKE, alike, likeness, similarity
from campaign_app.compliance.template import MOST, Template

TEXT = "{name}您好，冬装上新满300元减50元，详情 https://a.example/x，拒收请回复R"


@pytest.mark.parametrize(
    "other",
    [
        "{称呼}您好，冬装上新满 500 元减 80 元，详情 b.example/yy，拒收请回复R",
        "{name}您好，本店冬装上新，满300元减50元，详情 https://a.example/x，拒收请回复R",
    ],
)
def test_names_numbers_links_and_a_few_words_make_no_other_text(other: str) -> None:
    assert alike(likeness(TEXT), likeness(other))


def test_the_same_but_for_what_is_masked_is_the_same() -> None:
    assert similarity(likeness(TEXT), likeness(TEXT.replace("300", "3,000"))) == 1.0


@pytest.mark.parametrize("other", ["夏季清仓，全场家电以旧换新，会员到店领取礼品一份。回T退订", "", "新"])
def test_another_text_is_not_alike(other: str) -> None:
    assert similarity(likeness(TEXT), likeness(other)) < ALIKE


@pytest.mark.parametrize(
    ("body", "text", "values"),
    [
        ("{name}您好，{city}店上新", "张女士您好，杭州店上新", {"name": "张女士", "city": "杭州"}),
        ("上新", "上新", {}),
        ("{a}{b}", "甲乙", {"a": "", "b": "甲乙"}),
        ("{a}和{a}", "甲和甲", {"a": "甲"}),
        ("{name}您好", "{name}您好", {}),
        ("{a}，{b}", "，，", {"a": "", "b": "，"}),
    ],
)
def test_a_text_is_taken_apart_so_that_it_can_be_made_again(body: str, text: str, values: dict[str, str]) -> None:
    template = Template.parse(body)
    assert template.values_in(text) == values
    assert template.render(values).text == text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("您好{name}", "你好张"),
        ("{a}店上新", "上新了"),
        ("{a}和{a}", "甲和乙"),
        ("上新", "上新了"),
        ("{a}上新{b}好", "上好"),
    ],
)
def test_of_another_text_nothing_is_said(body: str, text: str) -> None:
    assert Template.parse(body).values_in(text) is None


@given(st.text("ab{}xy", max_size=14), st.text("ab{}xy", max_size=14))
def test_whatever_is_taken_apart_makes_the_very_text_again(body: str, text: str) -> None:
    template = Template.parse(body)
    found = template.values_in(text)
    assert found is None or template.render(found).text == text


def test_a_text_beyond_any_measure_is_not_taken_apart() -> None:
    assert Template.parse("{a}").values_in("x" * (MOST + 1)) is None
    assert Template.parse("{a}").values_in("x" * MOST) == {"a": "x" * MOST}
