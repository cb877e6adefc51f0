"""Bugs reach the user once, masked, whatever they come from; and the program stays usable."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, qWarning
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from campaign_app.processes import own_command
from campaign_app.ui.crash import Crashes, report
from campaign_app.ui.kit import Kit
from campaign_app.ui.messages import Level
from campaign_app.ui.pages.crash_dialog import KEPT, CrashReports

PHONE = "13800138000"
pytestmark = [pytest.mark.qt_no_exception_capture, pytest.mark.qt_log_level_fail("CRITICAL")]


class Watched:
    """Crashes and what a user sees of them, as the application wires them."""

    def __init__(self, kit: Kit, window: QWidget) -> None:
        self.kit = kit
        self.crashes = Crashes()
        self.reports = CrashReports(kit.messages, lambda: window)
        self.crashes.happened.connect(self.reports.tell, Qt.ConnectionType.QueuedConnection)
        kit.tasks.crashed.connect(self.crashes.tell)
        self.heard: list[str] = []
        self.kept: QObject | None = None
        self.crashes.happened.connect(self.heard.append)

    @property
    def shown(self) -> str:
        dialog = self.reports.dialog
        there = dialog is not None and shiboken6.isValid(dialog) and dialog.isVisible()
        return dialog.report.toPlainText() if there and dialog is not None else ""


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def watched(inline_kit: Kit, window: QWidget, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    monkeypatch.setattr(sys, "excepthook", lambda *_: None)
    monkeypatch.setattr(threading, "excepthook", lambda *_: None)
    made = Watched(inline_kit, window)
    made.crashes.watch()
    yield made
    made.crashes.release()


class Broken(QWidget):
    """A bug in a virtual method."""

    def __init__(self) -> None:
        super().__init__()
        self.broken = True

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        if self.broken:
            self.broken = False
            raise ValueError(f"painted {PHONE}")


def fail() -> None:
    raise LookupError(f"no customer {PHONE}")


def in_a_slot(_: Watched, qtbot: QtBot) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    button.clicked.connect(fail)
    button.click()


def in_a_late_timer(_: Watched, qtbot: QtBot) -> None:
    QTimer.singleShot(0, fail)


def in_a_virtual_method(watched: Watched, qtbot: QtBot) -> None:
    broken = Broken()
    qtbot.addWidget(broken)
    watched.kept = broken
    broken.show()


def in_a_thread(_: Watched, qtbot: QtBot) -> None:
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()


def in_an_event_filter(watched: Watched, qtbot: QtBot) -> None:
    class Filter(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
            if event.type() is QEvent.Type.User:
                fail()
            return False

    target, watcher = QWidget(), Filter(watched.reports)
    qtbot.addWidget(target)
    target.installEventFilter(watcher)
    watched.kept = target
    QCoreApplication.postEvent(target, QEvent(QEvent.Type.User))


@pytest.mark.parametrize("bug", [in_a_slot, in_a_late_timer, in_a_virtual_method, in_a_thread, in_an_event_filter])
def test_a_bug_is_shown_once_and_masked(bug: Callable[..., None], watched: Watched, qtbot: QtBot) -> None:
    bug(watched, qtbot)
    qtbot.waitUntil(lambda: bool(watched.shown))
    assert len(set(watched.heard)) == 1
    assert "138****8000" in watched.shown
    assert PHONE not in watched.shown
    assert watched.shown.count("Traceback") == 1


@pytest.mark.expects_logs("campaign_app.ui.tasks")
def test_a_bug_of_background_work_is_shown(watched: Watched, qtbot: QtBot) -> None:
    own = watched.kit.tasks
    own.crashed.disconnect()
    own.crashed.connect(watched.crashes.tell)
    own.run(lambda _: fail(), pytest.fail)
    qtbot.waitUntil(lambda: "LookupError" in watched.shown)


def test_more_bugs_are_appended_to_the_dialog_that_is_shown(watched: Watched, qtbot: QtBot) -> None:
    watched.crashes.tell(ValueError("one"))
    watched.crashes.tell(ValueError("two"))
    for _ in range(500):
        watched.crashes.tell(ValueError("one"))
    qtbot.waitUntil(lambda: "two" in watched.shown)
    first = watched.reports.dialog
    assert first is not None
    qtbot.waitUntil(lambda: "502" in first.more.text())
    assert watched.shown.count("ValueError: one") == 1
    assert watched.reports.dialog is first


def test_a_storm_of_different_bugs_does_not_grow_without_end(watched: Watched, qtbot: QtBot) -> None:
    for number in range(KEPT * 5):
        watched.crashes.tell(ValueError(f"bug {number}."))
    dialog_text = lambda: watched.reports.dialog is not None and watched.reports.dialog.more.text()  # noqa: E731
    qtbot.waitUntil(lambda: str(KEPT * 5) in (dialog_text() or ""))
    assert watched.shown.count("ValueError") == KEPT


def test_a_bug_that_was_seen_is_only_mentioned_and_can_be_read_again(watched: Watched, qtbot: QtBot) -> None:
    watched.crashes.tell(ValueError("again"))
    qtbot.waitUntil(lambda: bool(watched.shown))
    assert watched.reports.dialog is not None
    watched.reports.dialog.accept()
    watched.crashes.tell(ValueError("again"))
    qtbot.waitUntil(lambda: watched.kit.messages.last is not None)
    notice = watched.kit.messages.last
    assert notice is not None
    assert notice.level is Level.WARN
    assert watched.shown == ""
    assert notice.action is not None
    notice.action()
    assert "again" in watched.shown


def test_the_dialog_goes_with_a_window_that_is_built_anew(watched: Watched, window: QWidget, qtbot: QtBot) -> None:
    watched.crashes.tell(ValueError("one"))
    qtbot.waitUntil(lambda: bool(watched.shown))
    shiboken6.delete(watched.reports.dialog)
    watched.crashes.tell(ValueError("two"))
    qtbot.waitUntil(lambda: watched.reports.dialog is not None and shiboken6.isValid(watched.reports.dialog))
    assert "two" in watched.shown


def test_everything_is_as_before_after_the_release(watched: Watched) -> None:
    hooks = sys.excepthook, threading.excepthook
    watched.crashes.watch()
    assert (sys.excepthook, threading.excepthook) == hooks
    watched.crashes.release()
    assert sys.excepthook != hooks[0]
    watched.crashes.release()


def test_qts_messages_go_to_the_log(watched: Watched, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        qWarning("a strange thing")
        qWarning("This plugin does not support propagateSizeHints()")
    assert [(r.name, r.levelno, r.getMessage()) for r in caplog.records] == [
        ("campaign_app.qt", logging.WARNING, "a strange thing"),
        ("campaign_app.qt", logging.DEBUG, "This plugin does not support propagateSizeHints()"),
    ]


def test_a_report_names_versions_and_nobody() -> None:
    said = report(ValueError(f"{PHONE} password=hunter22"))
    assert "Python" in said
    assert PHONE not in said
    assert "hunter22" not in said


@pytest.mark.parametrize("asked", [["window"], ["evidence", "show", __file__]])
def test_where_no_window_can_be_shown_that_is_said(asked: list[str]) -> None:
    """A display that does not answer, or a system library that is missing: Qt itself aborts with English words."""
    done = subprocess.run(
        own_command(*asked),
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "QT_QPA_PLATFORM": "no such platform"},
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("--help。\n")
    assert "无法在这里显示窗口" in done.stderr
    assert "Reinstalling" not in done.stderr
