"""A worker that is told to stop ends the batch that was begun, and begins none; a campaign gives way to others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

from campaign_app.jobs.halting import TURN, Halt, Turns
from tests.helpers.shop import NOW


def test_what_is_being_handed_over_ends_and_nothing_more_begins() -> None:
    halt, under_way, go_on, done = Halt(), Event(), Event(), list[str]()

    def send() -> None:
        with halt.sending():
            under_way.set()
            go_on.wait(30)
            done.append("first")
            halt.before_a_batch()
            done.append("second")

    with ThreadPoolExecutor(3) as pool:
        sending = pool.submit(send)
        assert under_way.wait(30)
        assert not halt.stop(0), "it is asked about, not broken off"
        stopped = pool.submit(halt.stop, 30)
        go_on.set()
        assert stopped.result(30)
        assert done == ["first"]
        other = pool.submit(send)
        assert halt.stop(0), "nobody begins, so nobody is waited for"
        assert not other.done()
        halt.release()
        assert sending.result(30) is None
        assert other.result(30) is None
    assert done.count("second") == 2


def test_with_nothing_under_way_it_stops_at_once() -> None:
    halt = Halt()
    with halt.sending():
        pass
    assert halt.stop(0)


def test_a_turn_is_over_once_others_wait_and_it_lasted() -> None:
    turns, later = Turns(), NOW + TURN
    turns.begin(7, NOW)
    assert not turns.is_over(7, later)
    turns.crowd(1)
    assert not turns.is_over(7, later - timedelta(seconds=1))
    assert turns.is_over(7, later)
    assert turns.is_over(7, NOW - timedelta(seconds=1)), "of a clock that was set back"
    turns.end(7)
    assert not turns.is_over(7, later)
    turns.begin(7, later)
    assert not turns.is_over(7, later)
