"""The days that a self-check report is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.domain.errors import SettingsError
from campaign_app.domain.self_check import LONGEST, Period

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@given(first=DAYS, last=DAYS)
def test_a_period_ends_after_it_begins_and_within_three_years(first: date, last: date) -> None:
    if timedelta(0) <= last - first <= LONGEST:
        assert Period(first, last).until - Period(first, last).since == last - first + timedelta(days=1)
        return
    with pytest.raises(SettingsError) as refused:
        Period(first, last)
    assert refused.value.code == "bad_period"


@pytest.mark.parametrize("quarter", [-1, 0, 5])
def test_a_year_has_four_quarters(quarter: int) -> None:
    with pytest.raises(SettingsError) as refused:
        Period.quarter(2026, quarter)
    assert refused.value.code == "bad_period"


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (Period.year(2026), date(2026, 1, 1), date(2026, 12, 31)),
        (Period.quarter(2026, 1), date(2026, 1, 1), date(2026, 3, 31)),
        (Period.quarter(2026, 4), date(2026, 10, 1), date(2026, 12, 31)),
        (Period.month(2028, 2), date(2028, 2, 1), date(2028, 2, 29)),
        (Period.month(2026, 12), date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_parts_of_the_calendar_end_on_their_last_day(period: Period, first: date, last: date) -> None:
    assert (period.first, period.last) == (first, last)


def test_days_are_those_of_beijing() -> None:
    day = Period(date(2026, 11, 27), date(2026, 11, 27))
    assert day.since == datetime(2026, 11, 26, 16, tzinfo=UTC)
    assert day.until == datetime(2026, 11, 27, 16, tzinfo=UTC)


def test_months_are_all_that_it_touches() -> None:
    assert Period(date(2026, 11, 30), date(2027, 2, 1)).months == ("2026-11", "2026-12", "2027-01", "2027-02")
