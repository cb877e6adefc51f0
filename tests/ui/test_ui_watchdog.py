"""The watchdog of the window's thread barks when it should, and says at what."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from campaign_app import bootstrap
from tests.helpers.driving import pause
from tests.helpers.watchdog import LIMIT_MS, Turn, Watched, watchdog


def work(milliseconds: float) -> None:
    began = time.thread_time()
    while (time.thread_time() - began) * 1000 < milliseconds:
        pass


def test_a_turn_over_the_limit_is_told_with_what_was_done(qapp: QApplication) -> None:
    with watchdog() as watched:
        watched.doing = "too much"
        QTimer.singleShot(0, lambda: work(LIMIT_MS * 5))
        pause(50)
    (turn,) = watched.slow
    assert turn.spent_ms >= LIMIT_MS * 5
    assert "too much" in watched.told(turn)


def test_a_turn_is_measured_by_the_fastest_of_the_whole_run() -> None:
    """A run that began on a slow core knows only later how slow it was."""
    turn = Turn(LIMIT_MS * 1.2, 0.002, "the first", ())
    assert Watched(fastest=0.002, longest=[turn]).slow == [turn]
    assert not Watched(fastest=0.001, longest=[turn]).slow


def test_work_in_several_turns_waiting_and_other_threads_are_no_matter(qapp: QApplication) -> None:
    with watchdog() as watched:
        other = threading.Thread(target=work, args=(LIMIT_MS * 2,))
        other.start()
        QTimer.singleShot(0, lambda: time.sleep(LIMIT_MS * 3 / 1000))
        pause(10)
        for _ in range(6):
            QTimer.singleShot(0, lambda: work(LIMIT_MS / 4))
            pause(10)
        other.join()
    assert not watched.slow, watched.slow
    assert watched.turns > 0


def test_who_waits_for_a_process_on_the_windows_thread_is_told(qapp: QApplication) -> None:
    with watchdog() as watched:
        subprocess.run([sys.executable, "-c", ""], check=True)
    assert "subprocess" in watched.asked[0]


def test_who_asks_the_store_on_the_windows_thread_is_told(qapp: QApplication, app: bootstrap.App) -> None:
    with watchdog() as watched:
        app.accounts.all()
    assert "accounts" in watched.asked[0]
