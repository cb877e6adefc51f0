"""Cursors lead on or are refused; texts from outside can be stored."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from campaign_app.domain.errors import RemoteRefused
from campaign_app.transport.listing import CursorGuard, fields, good_ref, plain_code, plain_text


def follow(guard: CursorGuard, *cursors: str) -> None:
    for asked, following in pairwise(cursors):
        assert guard.next(asked, following, more=True) == following


@pytest.mark.parametrize(
    "cursors",
    [("", ""), ("", "a", "a"), ("", "a", "b", "a"), ("", "a", "b", ""), ("", "a", "b", "c", "b"), ("a", "x" * 5_000)],
)
def test_a_circle_is_refused(cursors: tuple[str, ...]) -> None:
    guard = CursorGuard("/v1/customers")
    follow(guard, *cursors[:-1])
    with pytest.raises(RemoteRefused) as info:
        guard.next(cursors[-2], cursors[-1], more=True)
    assert info.value.code == "cursor_loop"


def test_a_refused_cursor_can_be_asked_again() -> None:
    guard = CursorGuard("/v1/customers")
    follow(guard, "", "a", "b")
    with pytest.raises(RemoteRefused):
        guard.next("b", "a", more=True)
    follow(guard, "b", "c")


def test_starting_again_is_no_circle() -> None:
    guard = CursorGuard("/v1/customers")
    for start in ((), ("",), ("a",)):
        follow(guard, *start, *("b", "c", "d"))


def test_two_threads_on_one_listing_are_no_circle() -> None:
    guard = CursorGuard("/v1/consents/changes")
    pages = [str(at) for at in range(300)]
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(follow, guard, *pages) for _ in range(4)]:
            done.result()


@pytest.mark.parametrize(("asked", "following", "kept"), [("c1", "c1", "c1"), ("c1", "", "c1"), ("", "z", "z")])
def test_the_end_may_stay_where_it_is(asked: str, following: str, kept: str) -> None:
    assert CursorGuard("x").next(asked, following, more=False) == kept


def test_what_was_listed_long_ago_is_forgotten() -> None:
    guard = CursorGuard("x")
    for at in range(10_025):  # many listings of two pages: one long one would be followed back again and again
        follow(guard, f"{at}", f"{at}a", f"{at}b")
    assert len(guard._came_from) == 20_000
    assert ("24b" in guard._came_from, "25b" in guard._came_from) == (False, True)


def test_texts_are_fit_to_be_stored() -> None:
    assert plain_text("a\x00b" * 9, 4) == "abab"
    assert plain_text(None, 4) == ""
    assert plain_text("TD\ud83d", 4) == "TD\ufffd", "half an emoji"
    assert plain_text("😀", 4) == "😀"
    assert [good_ref(v) for v in ("ou1", "gid://shop/1", "", None, 5, "a\nb", "x" * 201)] == [
        "ou1", "gid://shop/1", "", "", "", "", "",
    ]  # fmt: skip
    assert fields([1]) == {}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("isv.BUSINESS_LIMIT_CONTROL", "isv.BUSINESS_LIMIT_CONTROL"),
        ("MK:0029", "MK:0029"),
        ("", ""),
        (None, ""),
        (404, ""),
        ("13800000001", "other"),
        ("p13800000001", "other"),
        ("nobody there", "other"),
        ("x" * 65, "other"),
    ],
)
def test_a_code_never_holds_a_number(given: object, kept: str) -> None:
    assert plain_code(given) == kept
