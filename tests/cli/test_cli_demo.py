"""How long the demo waits for its reports."""

from __future__ import annotations

import pytest

from campaign_app.cli.demo import report_seconds


@pytest.mark.parametrize(
    ("customers", "spent", "seconds"),
    [
        (10_000, 5, 15),
        (10_000, 20, 8),
        (500, 20, 8),
        (10_000, 27.5, 0.5),
        (10_000, 90, 0),
        (1_000_000, 90, 15),
    ],
)
def test_ten_thousand_customers_take_half_a_minute_at_most(customers: int, spent: float, seconds: float) -> None:
    assert report_seconds(customers, spent) == seconds
