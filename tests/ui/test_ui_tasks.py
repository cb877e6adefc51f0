"""The one door to background work: each end comes once, on the window's thread, or in silence where it should."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from types import TracebackType

import pytest
import shiboken6
from PySide6.QtCore import QObject, QThreadPool, Slot
from pytestqt.qtbot import QtBot

from campaign_app.domain.errors import AppError, RemoteUnavailable
from campaign_app.ui.tasks import Cancelled, Task, Tasks
from tests.helpers.inline_tasks import InlineTasks

SECONDS = 20


class Gate:
    """Work that starts, says so, and goes on when it is let."""

    def __init__(self) -> None:
        self.started, self.go = threading.Event(), threading.Event()

    def __call__(self, _task: Task) -> str:
        self.started.set()
        assert self.go.wait(SECONDS)
        return "done"


@pytest.fixture
def own(qtbot: QtBot) -> Iterator[Tasks]:  # the application comes with qtbot
    made = Tasks()
    yield made
    assert made.finish()


def nothing(_: object) -> None: ...


def test_a_result_comes_on_the_windows_thread(own: Tasks, qtbot: QtBot) -> None:
    seen: list[tuple[str, int]] = []
    at_work: list[int] = []
    own.run(lambda _: at_work.append(threading.get_ident()), lambda _: seen.append(("done", threading.get_ident())))
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [("done", threading.get_ident())]
    assert at_work != [threading.get_ident()]


def refuse(_: Task) -> None:
    raise AppError("disk_full", "full")


def fault(_: Task) -> None:
    raise ZeroDivisionError("a bug")


def give_up(_: Task) -> None:
    raise Cancelled


def test_an_expected_error_goes_to_its_caller_and_to_nobody_else(own: Tasks, qtbot: QtBot) -> None:
    mine: list[AppError] = []
    everybodys: list[AppError] = []
    own.failed.connect(everybodys.append)
    own.run(refuse, pytest.fail, failed=mine.append)
    qtbot.waitUntil(lambda: bool(mine))
    assert [error.code for error in mine] == ["disk_full"]
    assert everybodys == []


def test_an_expected_error_without_a_taker_is_told_to_everybody(own: Tasks, qtbot: QtBot) -> None:
    with qtbot.waitSignal(own.failed) as told:
        own.run(refuse, pytest.fail)
    assert told.args is not None
    assert told.args[0].code == "disk_full"


def test_a_bug_is_logged_and_told_once(own: Tasks, qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    bugs: list[object] = []
    own.crashed.connect(bugs.append)
    own.run(fault, pytest.fail, failed=pytest.fail)
    qtbot.waitUntil(lambda: bool(bugs))
    assert [type(bug) for bug in bugs] == [ZeroDivisionError]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


@pytest.mark.usefixtures("caplog")
@pytest.mark.parametrize("come_of_it", [None, RemoteUnavailable("away", "No answer"), ZeroDivisionError(), Cancelled()])
def test_whoever_waits_for_the_end_of_a_change_is_told_whatever_came_of_it(
    own: Tasks, qtbot: QtBot, come_of_it: Exception | None
) -> None:
    def work(_: Task) -> None:
        if come_of_it is not None:
            raise come_of_it

    told: list[str] = []
    own.write(
        work, lambda _: told.append("then"), failed=lambda _: told.append("failed"), ended=lambda: told.append("ended")
    )
    qtbot.waitUntil(lambda: bool(told))
    assert told[0] == "ended"


def test_work_that_stops_when_asked_ends_in_silence(own: Tasks, qtbot: QtBot) -> None:
    gate = Gate()

    def work(task: Task) -> None:
        gate(task)
        task.tick(0.5)
        pytest.fail("it was asked to stop")

    task = own.run(work, pytest.fail, failed=pytest.fail)
    assert gate.started.wait(SECONDS)
    task.cancel()
    with qtbot.waitSignal(own.busy, check_params_cb=lambda left: left == 0):
        gate.go.set()


def test_work_that_was_done_before_it_saw_the_cancel_is_told(own: Tasks, qtbot: QtBot) -> None:
    gate, seen = Gate(), list[str]()
    task = own.run(gate, seen.append)
    assert gate.started.wait(SECONDS)
    task.cancel()
    assert task.stopped
    gate.go.set()
    qtbot.waitUntil(lambda: seen == ["done"])


class Listener(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[float, int]] = []

    @Slot(float)
    def hear(self, done: float) -> None:
        self.heard.append((done, threading.get_ident()))


def test_progress_is_heard_on_the_windows_thread(own: Tasks, qtbot: QtBot) -> None:
    gate, listener = Gate(), Listener()

    def work(task: Task) -> None:
        gate(task)
        task.tick(0.25)

    task = own.run(work, nothing)
    task.progressed.connect(listener.hear)
    gate.go.set()
    qtbot.waitUntil(lambda: bool(listener.heard))
    assert listener.heard == [(0.25, threading.get_ident())]


def test_newer_work_overtakes_older_of_the_same_key_only(own: Tasks, qtbot: QtBot) -> None:
    old, other, seen = Gate(), Gate(), list[str]()
    owner, neighbour = QObject(), QObject()
    first = own.run(old, lambda _: seen.append("old"), owner=owner, key="find")
    second = own.run(other, lambda _: seen.append("neighbour"), owner=neighbour, key="find")
    assert old.started.wait(SECONDS)
    assert other.started.wait(SECONDS)
    own.run(lambda _: None, lambda _: seen.append("new"), owner=owner, key="find")
    assert (first.stopped, second.stopped) == (True, False)
    qtbot.waitUntil(lambda: seen == ["new"])
    old.go.set()
    other.go.set()
    qtbot.waitUntil(lambda: "neighbour" in seen)
    assert own.finish()
    assert seen == ["new", "neighbour"]


def test_a_read_that_was_overtaken_before_it_had_a_thread_never_begins(qtbot: QtBot) -> None:
    narrow, gate, seen, owner = Tasks(threads=1), Gate(), list[str](), QObject()
    narrow.run(gate, nothing)
    for name in ("old", "new"):
        narrow.run(lambda _, name=name: seen.append(name), nothing, owner=owner, key="count")
    gate.go.set()
    qtbot.waitUntil(lambda: "new" in seen)
    assert narrow.finish()
    assert seen == ["new"]


def test_the_newest_of_a_key_is_told_though_the_older_one_ends_last(own: Tasks, qtbot: QtBot) -> None:
    first, second, seen = Gate(), Gate(), list[str]()
    own.run(first, lambda _: seen.append("first"), key="k")
    own.run(second, lambda _: seen.append("second"), key="k")
    assert second.started.wait(SECONDS)
    first.go.set()
    second.go.set()
    assert own.finish()
    assert seen == ["second"]


@pytest.mark.parametrize("work", [lambda _: "late", refuse])
def test_nothing_is_told_to_an_owner_that_is_gone(work: object, own: Tasks, qtbot: QtBot) -> None:
    gate = Gate()
    owner = QObject()

    def late(task: Task) -> object:
        gate(task)
        return work(task)  # type: ignore[operator]

    own.run(late, pytest.fail, failed=pytest.fail, owner=owner)
    assert gate.started.wait(SECONDS)
    shiboken6.delete(owner)
    with qtbot.waitSignal(own.busy, check_params_cb=lambda left: left == 0):
        gate.go.set()


@pytest.mark.expects_logs("campaign_app.ui.tasks")
def test_a_bug_is_told_though_its_owner_is_gone_and_it_was_overtaken(own: Tasks, qtbot: QtBot) -> None:
    gate = Gate()
    owner = QObject()

    def work(task: Task) -> None:
        gate(task)
        fault(task)

    own.run(work, nothing, owner=owner, key="k")
    assert gate.started.wait(SECONDS)
    own.run(lambda _: None, nothing, owner=owner, key="k")
    shiboken6.delete(owner)
    with qtbot.waitSignal(own.crashed):
        gate.go.set()


def test_changes_are_made_in_the_order_of_the_calls(own: Tasks, qtbot: QtBot) -> None:
    done: list[int] = []
    told: list[int] = []
    for number in range(50):
        own.write(lambda _, n=number: done.append(n) or n, told.append)  # type: ignore[misc, func-returns-value]
    qtbot.waitUntil(lambda: len(told) == 50)
    assert done == told == list(range(50))


def test_what_saves_runs_to_its_end_at_the_finish_and_the_rest_is_asked_to_stop(own: Tasks) -> None:
    saved: list[int] = []
    read = own.run(lambda task: [task.tick(0) for _ in iter(lambda: task.stopped, True)], nothing)
    for number in range(20):

        def save(task: Task, number: int = number) -> None:
            task.tick(0)  # raises in work that was asked to stop
            saved.append(number)

        own.write(save, nothing)
    assert own.finish()
    assert read.stopped
    assert saved == list(range(20))


def test_ends_are_delivered_by_the_finish_without_an_event_loop(own: Tasks) -> None:
    opened: list[str] = []
    own.run(lambda _: "workspace", opened.append)
    assert own.finish()
    assert opened == ["workspace"]


def test_the_finish_says_that_something_did_not_end(own: Tasks) -> None:
    gate = Gate()
    own.run(gate, nothing)
    assert gate.started.wait(SECONDS)
    assert own.finish(0.01) is False
    gate.go.set()


def test_an_exception_in_then_is_a_bug_of_the_window_and_ends_nothing_else(own: Tasks, qtbot: QtBot) -> None:
    def then(_: object) -> None:
        raise LookupError("drawn wrongly")

    seen: list[str] = []
    with qtbot.capture_exceptions() as caught:
        own.run(lambda _: 1, then)
        own.run(lambda _: "fine", seen.append)
        qtbot.waitUntil(lambda: bool(seen) and bool(caught))
    assert [kind for kind, _, _ in caught] == [LookupError]


def test_work_that_outlives_its_window_breaks_nothing(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """`Signal source has been deleted` would reach the hook of uncaught exceptions on the pool's thread."""
    uncaught: list[type[BaseException]] = []

    def hook(kind: type[BaseException], error: BaseException, _: TracebackType | None) -> None:
        uncaught.append(kind)

    monkeypatch.setattr(sys, "excepthook", hook)
    pool, ran = QThreadPool(), threading.Event()
    started, go = threading.Event(), threading.Event()
    tasks = _Outlived(pool)

    def work(task: Task) -> None:
        started.set()
        go.wait(SECONDS)
        ran.set()

    tasks.run(work, pytest.fail)
    assert started.wait(SECONDS)
    shiboken6.delete(tasks)
    go.set()
    assert pool.waitForDone(SECONDS * 1000)
    assert ran.is_set()
    assert uncaught == []


class _Outlived(Tasks):
    """Its work runs on a pool that is not deleted with it."""

    def __init__(self, elsewhere: QThreadPool) -> None:
        super().__init__()
        self._elsewhere = elsewhere

    def _start(self, pool: QThreadPool, job: object) -> None:
        self._elsewhere.start(job)  # type: ignore[call-overload]


def test_many_at_work_while_the_window_ends(qtbot: QtBot) -> None:
    """Hundreds of pieces of work emit while everything is finished and deleted."""
    for _ in range(5):
        tasks = Tasks()
        told: list[int] = []
        owner = QObject()
        for number in range(200):
            task = tasks.run(lambda t, n=number: t.tick(n / 200) or n, told.append, owner=owner)  # type: ignore[misc, func-returns-value]
            task.progressed.connect(nothing)
        assert tasks.finish()
        shiboken6.delete(tasks)
        assert len(told) <= 200


def test_busy_counts_what_is_under_way(own: Tasks, qtbot: QtBot) -> None:
    counts: list[int] = []
    own.busy.connect(counts.append)
    gate = Gate()
    own.run(gate, nothing)
    own.run(gate, nothing)
    gate.go.set()
    qtbot.waitUntil(lambda: counts[-1] == 0)
    assert counts[:2] == [1, 2]


def test_inline_work_is_done_when_the_call_returns(inline: InlineTasks) -> None:
    seen: list[object] = []
    inline.failed.connect(seen.append)
    inline.run(lambda _: 1, seen.append)
    inline.write(lambda _: 2, seen.append)
    inline.run(refuse, pytest.fail)
    inline.run(give_up, pytest.fail)
    assert seen[:2] == [1, 2]
    assert isinstance(seen[2], AppError)
