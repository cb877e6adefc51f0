"""Cycles with widgets in them are deleted on the window's thread, and there alone."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from weakref import finalize

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from campaign_app.ui import garbage
from campaign_app.ui.garbage import Garbage
from campaign_app.ui.tasks import Tasks

CYCLES = 5_000


class Cycle:
    def __init__(self) -> None:
        self.itself = self


class Labelled(Cycle):
    def __init__(self) -> None:
        super().__init__()
        self.label = QLabel("a widget")


@pytest.fixture
def collector(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Garbage]:
    monkeypatch.setattr(garbage, "LOOK_MS", 10)
    made = Garbage()
    made.start()
    yield made
    made.stop()


def test_a_widget_in_a_cycle_is_deleted_on_the_windows_thread(collector: Garbage, qtbot: QtBot) -> None:
    deleted_on: list[int] = []
    finalize(Labelled(), lambda: deleted_on.append(threading.get_ident()))
    tasks = Tasks()
    done: list[int] = []
    for _ in range(4):  # each makes more cycles than Python would wait for
        tasks.run(lambda _: len([Cycle() for _ in range(CYCLES)]), done.append)
    assert tasks.finish()
    assert len(done) == 4
    assert deleted_on == []
    qtbot.waitUntil(lambda: bool(deleted_on))
    assert deleted_on == [threading.get_ident()]


def test_everything_is_as_before_after_the_end(collector: Garbage) -> None:
    assert not gc.isenabled()
    collector.stop()
    assert gc.isenabled()


def test_older_generations_have_their_turn(collector: Garbage) -> None:
    collected: list[int] = []

    def heard(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            collected.append(info["generation"])

    gc.collect()
    gc.callbacks.append(heard)
    try:
        for _ in range(200):
            kept = [Cycle() for _ in range(gc.get_threshold()[0] + 1)]
            collector.look()
            del kept
    finally:
        gc.callbacks.remove(heard)
    assert set(collected) == {0, 1, 2}
