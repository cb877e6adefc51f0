"""A queue that hands every row out once, and a store that may fail, or a process that may end, at any moment."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.domain.errors import OutcomeUnknown, RemoteUnavailable
from campaign_app.domain.message import Page
from campaign_app.gateways.pulling import Pulled, PullQueue


@dataclass
class Provider:
    """Two rows a pull; `trouble` befalls the next one, before or after its rows have left."""

    rows: deque[int] = field(default_factory=deque)
    trouble: str = ""

    def pull(self) -> Pulled[int]:
        trouble, self.trouble = self.trouble, ""
        if trouble == "before":
            raise RemoteUnavailable("throttled", "slower")
        found = [self.rows.popleft() for _ in range(min(2, len(self.rows)))]
        if trouble == "after":
            raise OutcomeUnknown("timeout", "no answer")
        return Pulled(found, full=len(found) == 2)


@dataclass
class Store:
    """What is safe: the rows and the cursor, in one transaction. `looked`: how often lost rows had to be looked up."""

    cursor: str = ""
    rows: list[int] = field(default_factory=list)
    looked: int = 0

    def take(self, page: Page[int]) -> None:
        self.looked += page.lost
        self.rows += page.items
        self.cursor = page.next_cursor

    def drain(self, queue: PullQueue[int]) -> None:
        more = True
        while more:
            page = queue.page(self.cursor)
            self.take(page)
            more = page.more


def test_every_row_is_handed_over_once() -> None:
    provider, store = Provider(deque(range(5))), Store()
    queue = PullQueue(provider.pull)
    store.drain(queue)
    provider.rows.extend([5, 6, 7])
    store.drain(queue)
    assert (store.rows, store.looked) == (list(range(8)), 0)


def test_nothing_is_pulled_before_the_cursor_is_stored_as_open() -> None:
    provider = Provider(deque([1]))
    opening = PullQueue(provider.pull).page("")
    assert (opening.items, opening.next_cursor[:2], opening.more) == ((), "0+", True)
    assert list(provider.rows) == [1]


def test_a_page_that_was_not_stored_comes_again() -> None:
    provider, store = Provider(deque([1, 2, 3])), Store()
    queue = PullQueue(provider.pull)
    store.take(queue.page(""))
    first = queue.page(store.cursor)
    assert queue.page(store.cursor) == first
    assert first.items == (1, 2)
    store.drain(queue)
    assert store.rows == [1, 2, 3]


@pytest.mark.parametrize("started_again", [True, False])
def test_rows_that_may_be_lost_are_named_once(started_again: bool) -> None:
    provider, store = Provider(deque([1, 2, 3])), Store()
    queue = PullQueue(provider.pull)
    store.take(queue.page(""))
    if started_again:  # the process ended after its pull
        queue.page(store.cursor)
        queue = PullQueue(provider.pull)
    else:
        provider.trouble = "after"
        with pytest.raises(OutcomeUnknown):
            queue.page(store.cursor)
    store.drain(queue)
    assert (store.rows, store.looked) == ([3], 1)


def test_of_two_that_open_it_at_once_the_second_knows_that_it_was_not_the_one() -> None:
    """Each asks behind the same cursor; the first one's is stored, under which it pulls, and its process ends."""
    provider, store = Provider(deque([1, 2, 3])), Store()
    one, other = PullQueue(provider.pull), PullQueue(provider.pull)
    opening, _ = one.page(""), other.page("")
    store.take(opening)
    one.page(store.cursor)
    store.drain(other)
    assert (store.rows, store.looked) == ([3], 1)


def test_a_cursor_that_an_earlier_version_left_open_is_another_process_s() -> None:
    provider, store = Provider(deque([1])), Store("7+")
    store.drain(PullQueue(provider.pull))
    assert (store.rows, store.looked) == ([1], 1)


def test_what_never_left_the_queue_is_not_called_lost() -> None:
    provider, store = Provider(deque([1, 2, 3]), trouble="before"), Store()
    queue = PullQueue(provider.pull)
    store.take(queue.page(""))
    with pytest.raises(RemoteUnavailable):
        queue.page(store.cursor)
    store.drain(queue)
    assert (store.rows, store.looked) == ([1, 2, 3], 0)


@given(st.lists(st.sampled_from(["page", "unstored", "killed", "before", "after", "row"]), max_size=40))
def test_whatever_happens_rows_are_stored_once_or_known_to_be_missing(events: list[str]) -> None:
    provider, store, queue, made = Provider(), Store(), None, 0
    queue = PullQueue(provider.pull)
    for event in events:
        if event == "row":
            provider.rows.append(made)
            made += 1
            continue
        provider.trouble = event if event in ("before", "after") else ""
        try:
            page = queue.page(store.cursor)
        except RemoteUnavailable:
            continue
        if event == "killed":
            queue = PullQueue(provider.pull)
        elif event != "unstored":
            store.take(page)
    provider.trouble = ""
    store.drain(queue)
    assert store.rows == sorted(set(store.rows))
    assert store.looked or store.rows == list(range(made))
