"""A queue that leases its messages, and a store that may fail, or a process that may end, at any moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.domain.errors import OutcomeUnknown, RemoteUnavailable
from campaign_app.domain.message import Page
from campaign_app.gateways.leasing import HIDDEN, LeaseQueue, Received
from campaign_app.jobs.retrying import SENDING_RETRIES
from campaign_app.transport.aliyun_queues import ONCE

LEASE = timedelta(seconds=30)


@dataclass
class Provider:
    """Two messages an answer; `trouble` befalls the next one, before or after they are leased.

    `slow` seconds pass before the next question is ready; `unreadable` messages are never done with.
    """

    now: datetime = datetime(2026, 11, 26, tzinfo=UTC)
    messages: dict[int, datetime] = field(default_factory=dict)
    trouble: str = ""
    deleted: list[int] = field(default_factory=list)
    slow: float = 0
    unreadable: set[int] = field(default_factory=set)
    leased_at: datetime | None = None

    def queue(self) -> LeaseQueue[int]:
        return LeaseQueue(self.ready, self.receive, self.delete, lambda: self.now)

    def ready(self) -> None:
        self.now += timedelta(seconds=self.slow)
        self.slow = 0

    def receive(self) -> Received[int] | None:
        trouble, self.trouble = self.trouble, ""
        if trouble == "unready":
            return None
        if trouble == "before":
            raise RemoteUnavailable("throttled", "slower")
        found = [number for number, visible in self.messages.items() if visible <= self.now][:2]
        self.messages.update(dict.fromkeys(found, self.now + LEASE))
        self.leased_at = self.now
        if trouble == "after":
            raise OutcomeUnknown("timeout", "no answer")
        read = [number for number in found if number not in self.unreadable]
        handles = [f"{number}/{self.messages[number].timestamp()}" for number in read]
        return Received(read, handles, len(found) - len(read))

    def delete(self, handles: Sequence[str]) -> None:
        for handle in handles:
            number, until = handle.split("/")
            visible = self.messages.get(int(number))
            if visible is not None and visible.timestamp() == float(until) and self.now < visible:
                del self.messages[int(number)]
                self.deleted.append(int(number))


@dataclass
class Store:
    """What is safe: the rows by their ids and the cursor, in one transaction."""

    cursor: str = ""
    rows: set[int] = field(default_factory=set)

    def take(self, page: Page[int]) -> None:
        self.rows |= set(page.items)
        self.cursor = page.next_cursor

    def drain(self, queue: LeaseQueue[int]) -> None:
        more = True
        while more:
            page = queue.page(self.cursor)
            self.take(page)
            more = page.more


def provider_of(*numbers: int) -> Provider:
    provider = Provider()
    provider.messages = dict.fromkeys(numbers, provider.now)
    return provider


def test_whatever_is_stored_is_deleted_within_the_same_poll() -> None:
    provider, store = provider_of(*range(5)), Store()
    store.drain(provider.queue())
    assert (store.rows, provider.messages, len(provider.deleted)) == (set(range(5)), {}, 5)


def test_nothing_is_leased_before_the_cursor_is_stored_as_open_and_nothing_deleted_before_its_page_is() -> None:
    provider, store = provider_of(1), Store()
    queue = provider.queue()
    assert queue.page("").items == ()
    assert provider.messages[1] == provider.now
    store.take(queue.page(""))
    first = queue.page(store.cursor)
    assert queue.page(store.cursor) == first  # it was not stored: it comes again
    assert (first.items, provider.deleted) == ((1,), [])
    store.take(first)
    queue.page(store.cursor)
    assert provider.deleted == [1]


def test_an_empty_page_that_was_not_stored_hides_nothing_that_came_since() -> None:
    provider, store = Provider(), Store()
    queue = provider.queue()
    store.take(queue.page(""))
    assert queue.page(store.cursor).items == ()
    provider.messages[1] = provider.now
    store.drain(queue)
    assert store.rows == {1}


def test_of_two_that_open_it_at_once_the_second_waits_for_what_the_first_has_leased() -> None:
    """Each asks behind the same cursor; the first one's is stored, under which it leases what it has yet to store."""
    provider, store = provider_of(1), Store()
    one, other = provider.queue(), provider.queue()
    opening, _ = one.page(""), other.page("")
    store.take(opening)
    leased = one.page(store.cursor)
    with pytest.raises(RemoteUnavailable):
        other.page(store.cursor)
    store.take(leased)
    store.drain(one)
    assert (store.rows, provider.messages) == ({1}, {})


def test_the_cursor_of_another_process_deletes_nothing() -> None:
    provider, store = provider_of(1), Store()
    queue = provider.queue()
    store.take(queue.page(""))
    queue.page(store.cursor)
    provider.now += timedelta(seconds=1)
    queue.page("9")
    assert provider.deleted == []


@pytest.mark.parametrize("ended", ["killed", "cut"])
def test_messages_that_may_be_leased_elsewhere_are_waited_for(ended: str) -> None:
    provider, store = provider_of(1), Store()
    queue = provider.queue()
    store.take(queue.page(""))
    if ended == "killed":
        queue.page(store.cursor)
        queue = provider.queue()
    else:
        provider.trouble = "after"
        with pytest.raises(OutcomeUnknown):
            queue.page(store.cursor)
    with pytest.raises(RemoteUnavailable) as hidden:
        store.drain(queue)
    assert (hidden.value.code, hidden.value.retry_after) == ("replies_hidden", HIDDEN.total_seconds())
    provider.now += HIDDEN
    store.drain(queue)
    assert (store.rows, provider.messages) == ({1}, {})


def test_after_the_clock_was_set_back_the_wait_begins_anew() -> None:
    provider, store = provider_of(1), Store()
    store.take(provider.queue().page(""))
    provider.now -= timedelta(days=1)
    with pytest.raises(RemoteUnavailable):
        store.drain(provider.queue())
    provider.now += HIDDEN
    provider.messages = {1: provider.now}
    store.drain(provider.queue())
    assert store.rows == {1}


def test_an_open_cursor_that_grew_old_is_opened_anew_before_anything_is_leased() -> None:
    provider, store = provider_of(1), Store()
    queue = provider.queue()
    store.take(queue.page(""))
    provider.now += timedelta(minutes=10)
    page = queue.page(store.cursor)
    assert (page.items, page.more, provider.messages[1] <= provider.now) == ((), True, True)


def test_what_is_slow_is_done_before_the_moment_that_the_cursor_bears() -> None:
    """A key that took half a minute to come, and a process that is killed as soon as it has leased a message."""
    provider, store = provider_of(1), Store()
    queue = provider.queue()
    provider.slow = 30
    store.take(queue.page(""))
    provider.slow = 30  # another one, between the open cursor and the question
    store.take(queue.page(store.cursor))
    assert provider.leased_at is None, "the cursor was opened anew first"
    queue.page(store.cursor)
    assert provider.leased_at == provider.now
    killed = provider.now
    with pytest.raises(RemoteUnavailable):
        provider.queue().page(store.cursor)
    provider.now = killed + LEASE
    with pytest.raises(RemoteUnavailable):
        provider.queue().page(store.cursor)
    provider.now = killed + HIDDEN
    store.drain(provider.queue())
    assert store.rows == {1}


def test_no_lease_outlasts_what_the_stored_cursor_says_and_flows_outlast_that() -> None:
    slowest = timedelta(seconds=ONCE.connect + ONCE.read)
    assert ONCE.attempts == 1
    assert timedelta(seconds=5) + slowest + LEASE < HIDDEN
    tries = [
        SENDING_RETRIES["interval_seconds"] * SENDING_RETRIES["backoff_rate"] ** n
        for n in range(SENDING_RETRIES["max_attempts"] - 1)
    ]
    assert sum(tries) > HIDDEN.total_seconds() + 5


@pytest.mark.parametrize(("waited", "leased"), [(0.0, True), (4.9, True), (5.1, False)])
def test_a_question_follows_its_open_cursor_within_five_seconds_whatever_the_fraction(
    waited: float, leased: bool
) -> None:
    for fraction in (0, 1, 499_000, 999_000):
        provider, store = provider_of(1), Store()
        provider.now += timedelta(microseconds=fraction)
        provider.messages = {1: provider.now}
        queue = provider.queue()
        store.take(queue.page(""))
        provider.now += timedelta(seconds=waited)
        assert (queue.page(store.cursor).items == (1,)) is leased


def test_a_queue_that_was_not_ready_after_all_is_opened_anew() -> None:
    provider, store = provider_of(1), Store()
    queue = provider.queue()
    store.take(queue.page(""))
    provider.trouble = "unready"
    page = queue.page(store.cursor)
    assert (page.items, page.more, provider.leased_at) == ((), True, None)
    store.take(page)
    store.drain(queue)
    assert store.rows == {1}


def test_what_cannot_be_read_is_told_of_as_long_as_it_is_there_and_by_every_process() -> None:
    provider, store = provider_of(1, 2), Store()
    provider.unreadable = {2}
    queue = provider.queue()
    for _ in range(20):
        assert broken(queue, store) >= 1, "leased by ourselves, it is there all the same"
        provider.now += timedelta(seconds=7)
    assert (store.rows, list(provider.messages)) == ({1}, [2])
    broken(queue, store)
    another = provider.queue()
    with pytest.raises(RemoteUnavailable):
        broken(another, store)
    provider.now += HIDDEN
    assert broken(another, store) >= 1
    provider.messages.clear()
    provider.now += HIDDEN
    assert (broken(another, store), "+" in store.cursor) == (0, False)


def broken(queue: LeaseQueue[int], store: Store) -> int:
    found, more = 0, True
    while more:
        page = queue.page(store.cursor)
        store.take(page)
        found, more = found + page.broken, page.more
    return found


@given(st.lists(st.sampled_from(["page", "unstored", "killed", "before", "after", "row", "later", "slow", "drain"])))
def test_who_read_the_queue_to_its_end_has_stored_everything_and_in_the_end_nothing_is_missing(
    events: list[str],
) -> None:
    provider, store, made = Provider(), Store(), 0
    queue = provider.queue()
    for event in events:
        if event == "row":
            provider.messages[made] = provider.now
            made += 1
        elif event == "later":
            provider.now += timedelta(seconds=25)
        provider.trouble = event if event in ("before", "after") else ""
        provider.slow = 12 * (event == "slow")
        try:
            if event == "drain":
                store.drain(queue)
                assert store.rows == set(range(made))
            elif event not in ("row", "later", "slow"):
                page = queue.page(store.cursor)
                if event == "page":
                    store.take(page)
        except RemoteUnavailable:
            continue
        queue = provider.queue() if event == "killed" else queue
    provider.trouble = ""
    provider.now += 2 * HIDDEN
    store.drain(queue)
    assert (store.rows, provider.messages) == (set(range(made)), {})
