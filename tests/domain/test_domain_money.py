"""Money is whole ten-thousandths of a yuan: nothing is rounded, and what is not known passes no budget."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.domain.money import (
    BUDGET_MAX,
    PER_YUAN,
    PRICE_MAX,
    Limits,
    Line,
    Quote,
    month_of,
    objection,
    quote_of,
    read_yuan,
    yuan,
)

amounts = st.integers(0, BUDGET_MAX)
prices = st.none() | st.integers(0, PRICE_MAX)
spreads = st.dictionaries(st.integers(1, 10), st.integers(0, 10**7), max_size=4)
lines = st.builds(Line, st.integers(1, 5), spreads, prices, st.sampled_from((0, 0, 0, 3)))
quotes = st.builds(Quote, st.lists(lines, max_size=4).map(tuple))
known = st.none() | amounts
limits = st.builds(Limits, known, known, known, known)


@given(amounts)
def test_an_amount_that_is_shown_can_be_typed_again(amount: int) -> None:
    assert read_yuan(yuan(amount), BUDGET_MAX) == amount


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(0, "¥0.00"), (325, "¥0.0325"), (450, "¥0.045"), (500, "¥0.05"), (12_345_000, "¥1,234.50"), (-10_001, "-¥1.0001")],
)
def test_further_digits_are_shown_only_where_there_are_any(amount: int, shown: str) -> None:
    assert yuan(amount) == shown


@pytest.mark.parametrize("typed", ["", "x", "-1", "0.00001", "NaN", "Infinity", "10.001", "1e9", "3元5", "5¥"])
def test_what_is_no_price_is_not_read(typed: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(typed)}$"):
        read_yuan(typed, PRICE_MAX)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("0.045", 450),
        ("0.0325", 325),
        ("￥１，０００．５", 10_005_000),
        (" ¥1,000 ", 10_000_000),
        ("0", 0),
        ("1e1", 100_000),
        ("0。05元", 500),
    ],
)
def test_amounts_are_read_as_people_write_them(typed: str, amount: int) -> None:
    assert read_yuan(typed, BUDGET_MAX) == amount


@given(quotes)
def test_a_quote_is_exactly_the_sum_of_its_people(quote: Quote) -> None:
    assert quote.people == sum(quote.people_by_parts.values()) + quote.uncounted
    assert quote.parts == sum(parts * people for parts, people in quote.people_by_parts.items())
    if quote.unpriced or quote.uncounted:
        assert quote.cost is None
    else:
        fractions = (Fraction(line.parts * (line.price or 0), PER_YUAN) for line in quote.lines)
        assert quote.cost is not None
        assert Fraction(quote.cost, PER_YUAN) == sum(fractions)


@given(quotes, limits)
def test_nothing_passes_a_budget_that_would_exceed_it_or_is_not_known(quote: Quote, limits: Limits) -> None:
    passes = not objection(quote, limits)
    for budget, gone in ((limits.campaign, limits.spent), (limits.month, limits.taken)):
        if passes and budget is not None:
            assert quote.cost is not None
            assert gone is not None
            assert gone + quote.cost <= budget


@given(quotes, limits)
def test_what_fits_every_budget_passes(quote: Quote, limits: Limits) -> None:
    held = ((limits.campaign, limits.spent), (limits.month, limits.taken))
    if all(b is None or (quote.cost is not None and g is not None and g + quote.cost <= b) for b, g in held):
        assert objection(quote, limits) == ""


SURE = Quote((Line(1, {1: 10, 2: 5}, 50),))


@pytest.mark.parametrize(
    ("quote", "limits", "why"),
    [
        (SURE, Limits(), ""),
        (SURE, Limits(campaign=1_000), ""),
        (SURE, Limits(campaign=999), "over_budget"),
        (SURE, Limits(campaign=1_000, spent=1), "over_budget"),
        (SURE, Limits(campaign=1_000, spent=None), "budget_unknown"),
        (SURE, Limits(month=5_000, taken=4_000), ""),
        (SURE, Limits(month=5_000, taken=4_001), "over_month"),
        (SURE, Limits(month=5_000, taken=None), "month_unknown"),
        (Quote((Line(1, {1: 1}, None),)), Limits(month=5_000), "no_price"),
        (Quote((Line(1, {}, 50, uncounted=1),)), Limits(campaign=5_000), "uncounted"),
    ],
)
def test_why_a_campaign_may_not_begin(quote: Quote, limits: Limits, why: str) -> None:
    assert objection(quote, limits) == why


def test_shops_with_one_sender_are_paid_for_together() -> None:
    quote = quote_of({1: {1: 3, None: 2}, 2: {1: 4, 2: 1}, 3: {3: 1}}, {1: 9, 2: 9, 3: 3}, {9: 45})
    assert quote.lines == (Line(3, {3: 1}, None), Line(9, {1: 7, 2: 1}, 45, uncounted=2))
    assert quote.unpriced == (3,)
    assert replace(quote, lines=quote.lines[1:]).people == 10


@given(st.datetimes(datetime(2021, 1, 2), datetime(2030, 1, 1)))  # noqa: DTZ001 made aware below
def test_a_month_is_one_of_china(moment: datetime) -> None:
    at = moment.replace(tzinfo=UTC)
    begun, beijing = month_of(at), timedelta(hours=8)
    assert begun <= at
    assert (begun + beijing).day == 1
    assert ((begun + beijing).year, (begun + beijing).month) == ((at + beijing).year, (at + beijing).month)
