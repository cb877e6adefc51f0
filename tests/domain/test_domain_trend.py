"""What rises is told apart from what chance does, and from what is too little to say anything."""

from __future__ import annotations

import pytest

from campaign_app.domain.trend import Share, Turn, turn


@pytest.mark.parametrize(
    ("now", "before", "found"),
    [
        (Share(2, 10_000), Share(2, 10_000), Turn.TOO_FEW),
        (Share(9, 10_000), Share(1, 10_000), Turn.RISES),
        (Share(1, 10_000), Share(9, 10_000), Turn.FALLS),
        (Share(6, 10_000), Share(4, 10_000), Turn.STEADY),
        (Share(9, 90_000), Share(1, 10_000), Turn.STEADY),  # as many more were sent
        (Share(5, 0), Share(1, 10_000), Turn.NOTHING_SENT),
        (Share(5, 10_000), Share(1, 0), Turn.NOTHING_SENT),
        (Share(3_000, 1_000_000), Share(2_000, 1_000_000), Turn.RISES),
    ],
)
def test_a_turn_is_more_than_chance(now: Share, before: Share, found: Turn) -> None:
    assert turn(now, before) is found


def test_of_nothing_sent_there_is_no_rate() -> None:
    assert Share(1, 0).per_10000 is None
    assert Share(3, 20_000).per_10000 == 1.5
