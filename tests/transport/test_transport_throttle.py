"""The throttle lets through so many a second, whoever asks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.transport.throttle import Slots, Throttle


class Time:
    """A clock that moves when somebody waits."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def test_the_first_ones_go_at_once_and_the_others_in_turn() -> None:
    time = Time()
    throttle = Throttle(4, burst=3, monotonic=time, wait=time.wait)
    for _ in range(5):
        throttle.take()
    assert time.waits == pytest.approx([0.25, 0.25])


def test_a_pause_fills_the_bucket_but_not_over_its_rim() -> None:
    time = Time()
    throttle = Throttle(4, burst=2, monotonic=time, wait=time.wait)
    for _ in range(2):
        throttle.take()
    time.now += 3_600
    assert [throttle.reserve() for _ in range(3)] == pytest.approx([0, 0, 0.25])


@given(st.lists(st.floats(0, 3), max_size=60), st.floats(0.5, 50), st.integers(1, 5))
def test_no_window_holds_more_than_rate_and_burst_allow(gaps: list[float], rate: float, burst: int) -> None:
    time = Time()
    throttle = Throttle(rate, burst=burst, monotonic=time, wait=time.wait)
    times = []
    for gap in gaps:
        time.now += gap
        throttle.take()
        times.append(time.now)
    for i, first in enumerate(times):
        for j in range(i, len(times)):
            assert j - i + 1 <= burst + (times[j] - first) * rate + 1e-6


@pytest.mark.parametrize(("rate", "burst"), [(0, 1), (-1, 1), (1, 0)])
def test_a_throttle_that_lets_nothing_through_is_refused(rate: float, burst: int) -> None:
    with pytest.raises(ValueError, match="through"):
        Throttle(rate, burst=burst, monotonic=float, wait=float)


@given(st.lists(st.tuples(st.floats(0, 2), st.floats(0, 2), st.floats(0, 2)), max_size=60), st.floats(0.2, 30))
def test_however_long_a_request_is_on_its_way_no_second_has_too_many(
    ways: list[tuple[float, float, float]], rate: float
) -> None:
    """There and back and a pause after; what is counted is when requests arrive."""
    time = Time()
    slots = Slots(rate, monotonic=time, wait=time.wait)
    arrivals: list[float] = []
    for there, back, pause in ways:
        with slots:
            time.now += there
            arrivals.append(time.now)
            time.now += back
        time.now += pause
    count = max(int(rate), 1)
    for first, beyond in zip(arrivals, arrivals[count:], strict=False):
        assert beyond - first >= count / rate


def test_a_quick_platform_is_used_at_nearly_its_rate() -> None:
    time = Time()
    slots = Slots(20, monotonic=time, wait=time.wait)
    for _ in range(400):
        with slots:
            time.now += 0.01
    assert 400 / (time.now - 100) > 0.98 * 20


def test_a_request_that_fails_gives_its_slot_back() -> None:
    time = Time()
    slots = Slots(1, monotonic=time, wait=time.wait)
    with pytest.raises(RuntimeError), slots:
        raise RuntimeError
    with slots:
        assert time.waits == pytest.approx([1.001])


def test_slots_that_let_nothing_through_are_refused() -> None:
    with pytest.raises(ValueError, match="through"):
        Slots(0, monotonic=float, wait=float)


def test_who_takes_several_lets_the_next_wait_for_all_of_them() -> None:
    throttle = Throttle(4, monotonic=lambda: 0.0, wait=float)
    assert (throttle.reserve(8), throttle.reserve(1), throttle.reserve(1)) == (0.0, 2.0, 2.25)
