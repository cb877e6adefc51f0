"""Two characters that belong to two words are no word of a rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.compliance.borders import parted


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("外套现货", "套现"),
        ("摆放款式焕新", "放款"),
        ("瑞士卷烟台苹果", "卷烟"),
        ("集中奖励会员", "中奖"),
        ("2套现货沙发", "套现"),
        ("仅剩12套现货", "套现"),
        ("1套现货速发", "套现"),
    ],
)
def test_a_term_across_the_border_of_two_words_is_none(text: str, term: str) -> None:
    at = text.index(term)
    assert parted(text, at, at + 2)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("信用卡套现金", "套现"),
        ("抽中奖品", "中奖"),
        ("恭喜您中奖啦", "中奖"),
        ("黑户也能办", "黑户"),
        ("秒批放款快", "放款"),
        ("外套现", "套现"),
        ("花呗5000套现", "套现"),
        ("套现1个点", "套现"),
        ("套现货", "套现"),
        ("外,套现,货", "套现"),
        ("全城vx号", "vx"),
        ("全国第一名", "第一名"),
    ],
)
def test_a_term_that_may_be_meant_stays(text: str, term: str) -> None:
    at = text.index(term)
    assert not parted(text, at, at + len(term))


@given(st.text("外套现货款式黑户加V,。㐀", min_size=2, max_size=40), st.integers(0, 38))
def test_any_text_has_an_answer(text: str, at: int) -> None:
    parted(text, min(at, len(text) - 2), min(at, len(text) - 2) + 2)
