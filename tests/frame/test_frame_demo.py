"""A demo plays by day, whatever hour it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from campaign_app.demo import daytime_offset


@pytest.mark.parametrize(
    ("beijing", "plays"),
    [
        ("00:30", "10:00"),
        ("07:59", "10:00"),
        ("08:30", "10:00"),  # the hour before nine asks for a confirmation that nobody gives in a headless demo
        ("09:00", "09:00"),
        ("15:10", "15:10"),
        ("20:59", "20:59"),
        ("21:00", "10:00"),  # it must be done before the window closes
        ("23:59", "10:00"),
    ],
)
def test_it_plays_by_day(beijing: str, plays: str) -> None:
    now = datetime.fromisoformat(f"2026-11-26T{beijing}:00+08:00").astimezone(UTC)
    then = now + daytime_offset(now)
    assert f"{then.astimezone(now.tzinfo) + timedelta(hours=8):%H:%M}" == plays
    assert abs(daytime_offset(now)) < timedelta(hours=15)
