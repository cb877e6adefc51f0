"""When the demo plays: never at an hour or on a day that a person would have to think about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.compliance import CheckRequest, Sender
from campaign_app.demo import BODY, daytime_offset, quiet_days
from campaign_app.domain.signature import Signature
from campaign_app.services.window import BEIJING
from tests.helpers.rules import ENGINE

SHOP = Sender("安宁百货有限公司（模拟）", "91330100MA0MN00023")
SIGNATURE = Signature("安宁百货", SHOP.uscc, "company", "approved", carrier_filed=True, scopes=("retail",))


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("now", "plays"),
    [
        ("2026-11-26T10:30", "2026-11-26T10:30"),
        ("2026-11-26T09:00", "2026-11-26T09:00"),
        ("2026-11-26T08:30", "2026-11-26T10:00"),
        ("2026-11-26T03:00", "2026-11-26T10:00"),
        ("2026-11-26T21:30", "2026-11-26T10:00"),
        ("2026-10-03T12:00", "2026-10-08T10:00"),
        ("2026-02-15T23:00", "2026-02-24T10:00"),
    ],
)
def test_a_demo_plays_at_an_hour_of_work(now: str, plays: str) -> None:
    assert beijing(now) + daytime_offset(beijing(now), quiet_days()) == beijing(plays)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001 - of UTC
def test_no_rule_asks_for_a_second_thought_whenever_the_demo_is_started(now: datetime) -> None:
    plays = now + daytime_offset(now, quiet_days())
    asked = CheckRequest(BODY, SIGNATURE, SHOP, variables={"name": "王芳"}, send_at=plays + timedelta(minutes=30))
    assert ENGINE.check(asked).verdict == "pass"
