"""How a sync of TOP's members gets to its end, however many there are: what it cannot reach it counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from campaign_app.platforms.top.paging import FIRST_TRADE, PAGE, Place

NOW = datetime(2026, 11, 26, tzinfo=UTC)
PAGES = 2
LIMIT = PAGES * PAGE
Never = Mapping[tuple[str, int], int]  # stage and grade → how many never traded


def total(place: Place, never: Never, trades: Mapping[int, int]) -> int:
    """What TOP would say there is. `trades`: seconds after the first day → how many traded last then."""
    if place.stage == "s":
        return sum(never.values()) + sum(trades.values())
    if place.stage == "t":
        assert place.start is not None
        assert place.end is not None
        first, last = ((at - FIRST_TRADE).total_seconds() for at in (place.start, place.end))
        return sum(count for at, count in trades.items() if first <= at <= last)
    return sum(n for (stage, g), n in never.items() if stage == place.stage and place.grade in (None, g))


def walked(never: Never, trades: Mapping[int, int]) -> tuple[set[str], int]:
    """The queries that were read to their last page, and how many people stayed unreachable."""
    place, read, lost = Place.at("", None, NOW), set[str](), 0
    for _ in range(2_000):
        there = total(place, never, trades)
        while (narrower := place.narrower(there, PAGES)) is not None:
            place = narrower
            there = total(place, never, trades)
        assert place.page <= PAGES
        lost += place.unreachable(there, PAGES)
        read.add(f"{place.stage}{'' if place.grade is None else place.grade}")
        following = place.following(there, PAGES)
        if following is None:
            return read, lost
        place = Place.at(following.cursor, None, NOW)
        assert place == following, "any page may be the last before a kill"
    raise AssertionError("no end")


def test_who_never_traded_is_read_by_grades() -> None:
    never = {("n", grade): LIMIT for grade in range(5)} | {("p", 1): 3}
    assert walked(never, {0: 5}) == ({"t", "n0", "n1", "n2", "n3", "n4", "p"}, 0)


def test_a_grade_that_is_too_large_ends_and_is_counted() -> None:
    assert walked({("n", 1): LIMIT + 30, ("p", 2): LIMIT + 4, ("p", 3): 1}, {}) == (
        {"t", *(f"{stage}{grade}" for stage in "np" for grade in range(5))},
        34,
    )


def test_grades_that_nobody_knows_are_counted() -> None:
    assert walked({("n", 1): LIMIT, ("n", 9): 12}, {})[1] == 12


def test_too_many_at_one_moment_end_and_are_counted() -> None:
    """At most twice: two windows share their bound, since nobody knows whether TOP's windows include it."""
    assert walked({}, {1_000: LIMIT + 7})[1] in (7, 14)


COUNTS = st.integers(0, 2 * LIMIT)


@given(st.dictionaries(st.tuples(st.sampled_from("np"), st.integers(0, 4)), COUNTS), COUNTS)
def test_every_sync_ends_and_counts_just_who_is_beyond(never: dict[tuple[str, int], int], traded: int) -> None:
    trades = {seconds * 86_400: 1 for seconds in range(traded)}
    whole = sum(never.values()) + traded <= LIMIT
    beyond = 0
    for stage in "np":
        counts = [n for (of, _), n in never.items() if of == stage]
        if not whole and sum(counts) > LIMIT:
            beyond += sum(max(n - LIMIT, 0) for n in counts)
    assert walked(never, trades)[1] == beyond


def test_changes_are_read_as_far_as_they_go() -> None:
    place = Place.at("", NOW - timedelta(hours=1), NOW)
    assert place.narrower(10**6, PAGES) is None
    following = Place.at(f"i|0|{PAGES}|0|1", None, NOW).following(10**6, PAGES)
    assert following is not None
    assert (following.page, place.unreachable(10**6, PAGES)) == (PAGES + 1, 0)
