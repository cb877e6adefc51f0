"""Working days: weekends, holidays, days worked instead, and years that nobody knows yet."""

from __future__ import annotations

from datetime import date

import pytest

from campaign_app.domain.workdays import Due, Workdays
from campaign_app.services.case_timers import shipped

DAYS = shipped().workdays


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        (date(2026, 11, 26), 1, date(2026, 11, 27)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),  # over a weekend
        (date(2026, 9, 30), 3, date(2026, 10, 10)),  # over the holidays of October, to the Saturday worked instead
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # a Saturday that is worked
        (date(2026, 11, 26), 15, date(2026, 12, 17)),
        (date(2026, 11, 28), 0, date(2026, 11, 28)),
    ],
)
def test_days_are_counted_from_the_day_after(start: date, count: int, due: date) -> None:
    assert DAYS.after(start, count) == Due(due)


def test_a_year_without_a_table_counts_weekends_only_and_says_so() -> None:
    assert DAYS.after(date(2026, 12, 28), 5) == Due(date(2027, 1, 4), (2027,))
    assert Workdays().after(date(2026, 9, 30), 1) == Due(date(2026, 10, 1), (2026,))


def test_the_tables_name_only_days_that_differ_from_their_weekday() -> None:
    for year, known in DAYS.years.items():
        assert {day.year for day in known.off | known.work} == {year}
        assert all(day.weekday() < 5 for day in known.off)
        assert all(day.weekday() >= 5 for day in known.work)
