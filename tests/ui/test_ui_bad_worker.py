"""The worker killed, and the workspace moved away or removed under the running program; and the end of it all."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QObject, QThreadPool, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.storage import locks
from campaign_app.ui.app import Application
from campaign_app.ui.prefs import Prefs
from campaign_app.ui.viewmodels.session import Plan
from tests.helpers.nursery import FROM_NOTHING
from tests.helpers.window import PHRASE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="open files can be removed there"),
]
MS = 90_000
REVIVED = "后台进程意外停止，已自动重新启动；没做完的任务接着做，已发出的不会重发。"
GONE = (
    "工作区文件夹被移走或删除了，已停止发送，之后的改动不会保存。"
    "请把它放回原处再重新启动后台进程，或关闭程序、从备份恢复。"
)


@pytest.fixture(autouse=True)
def _own_children(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are counted, and that the window waits for their ends is seen."""
    monkeypatch.setattr(subprocess, "Popen", FROM_NOTHING)


@pytest.fixture
def folder(phrased: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(phrased, tmp_path / "own"))


@pytest.fixture
def window(folder: Path, prefs: Prefs, qapp: QApplication, qtbot: QtBot) -> Iterator[Application]:
    """With its real worker."""
    made = Application(qapp, Plan(folder), prefs)
    made.start()
    session = made.session
    qtbot.waitUntil(lambda: session.state.phase == "passphrase", timeout=MS)
    session.open(PHRASE)
    qtbot.waitUntil(lambda: session.state.worker == "running", timeout=MS)
    yield made
    if shiboken6.isValid(made.shell):
        made.shut()
    qapp.setStyleSheet("")


def worker_of(folder: Path) -> int:
    pid = locks.holder(folder, "worker")
    assert pid
    return pid


def app_of(window: Application) -> bootstrap.App:
    assert window.session.state.app is not None
    return window.session.state.app


def test_a_killed_worker_comes_back_and_it_is_said(window: Application, folder: Path, qtbot: QtBot) -> None:
    first, bar = worker_of(folder), window.shell.notices
    os.kill(first, signal.SIGKILL)
    qtbot.waitUntil(lambda: bar.isVisible() and bar.said == (REVIVED,), timeout=MS)
    assert window.session.state.worker == "running"
    assert worker_of(folder) != first
    assert window.shell.worker.text == "后台进程运行中"
    job = app_of(window).jobs.enqueue("poll", {"account_id": 99}, app_of(window).clock())
    qtbot.waitUntil(lambda: app_of(window).jobs.job(job.id).state == "failed", timeout=MS)


def test_a_moved_workspace_stops_the_worker_and_goes_on_once_it_is_back(
    window: Application, folder: Path, qtbot: QtBot
) -> None:
    first, bar, away = worker_of(folder), window.shell.notices, folder.with_name("away")
    folder.rename(away)
    qtbot.waitUntil(lambda: window.session.state.worker == "ended", timeout=MS)
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    assert bar.said == (GONE,)
    assert window.shell.worker.text == "后台进程已停止"
    assert not folder.exists(), "nothing is made in its place"
    assert bar.lines[-1].action.text() == "重新启动"
    bar.lines[-1].action.click()
    qtbot.waitUntil(lambda: bar.said == (GONE,) and bar.isVisible(), timeout=MS)
    away.rename(folder)
    bar.lines[-1].action.click()
    qtbot.waitUntil(lambda: window.session.state.worker == "running", timeout=MS)
    assert worker_of(folder)


def test_a_removed_workspace_is_said_and_never_made_anew(window: Application, folder: Path, qtbot: QtBot) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    qtbot.waitUntil(lambda: window.session.state.worker == "ended", timeout=MS)
    assert window.shell.notices.said == (GONE,)
    window.shell.go("settings")
    assert window.shell.current == "settings"
    assert not (folder / "workspace.db").exists()


def children() -> set[int]:
    found: set[int] = set()
    for task in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):
            found |= set(map(int, task.read_text().split()))
    return found


def timers(window: Application) -> list[QTimer]:
    """Those that run, of the window, of its pages and of what is behind them."""
    roots = [window, window.shell, *QApplication.allWidgets(), window.desk, window.session]
    found = {id(timer): timer for root in roots if isinstance(root, QObject) for timer in root.findChildren(QTimer)}
    return [timer for timer in found.values() if timer.isActive()]


def test_the_end_leaves_no_child_no_timer_and_no_thread(
    folder: Path, prefs: Prefs, qapp: QApplication, qtbot: QtBot
) -> None:
    before, threads = children(), set(threading.enumerate())
    made = Application(qapp, Plan(folder), prefs)
    made.start()
    qtbot.waitUntil(lambda: made.session.state.phase == "passphrase", timeout=MS)
    made.session.open(PHRASE)
    qtbot.waitUntil(lambda: made.session.state.worker == "running", timeout=MS)
    for page in ("customers", "campaigns", "settings"):
        made.shell.go(page)
    running = timers(made)
    assert children() - before
    assert len(running) >= 3
    made.shut()
    assert children() == before
    assert [timer for timer in running if shiboken6.isValid(timer) and timer.isActive()] == []
    assert set(threading.enumerate()) - threads == set()
    assert QThreadPool.globalInstance().activeThreadCount() == 0
    assert [pool.activeThreadCount() for pool in made.tasks.findChildren(QThreadPool)] == [0, 0]
    assert (locks.holder(folder, "window"), locks.holder(folder, "worker")) == (None, None)
    qapp.setStyleSheet("")
