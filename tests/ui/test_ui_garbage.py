"""Objects of Qt in cycles are destroyed on the window's thread, whoever made the garbage."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from campaign_app.ui import garbage
from campaign_app.ui.garbage import Garbage


@pytest.fixture
def collector(qapp: QObject, monkeypatch: pytest.MonkeyPatch) -> Iterator[Garbage]:
    monkeypatch.setattr(garbage, "LOOK_MS", 10)
    made = Garbage()
    yield made
    made.stop()
    gc.unfreeze()
    assert gc.isenabled()


class Node:
    def __init__(self, ended: list[int]) -> None:
        self.me = self
        self._ended = ended

    def __del__(self) -> None:
        self._ended.append(threading.get_ident())


def test_a_cycle_made_on_another_thread_ends_on_the_windows(collector: Garbage, qtbot: QtBot) -> None:
    ended: list[int] = []
    seen: list[weakref.ref[Node]] = []

    def make() -> None:
        seen.append(weakref.ref(Node(ended)))
        assert [[] for _ in range(3 * garbage.YOUNG)], "enough for a search, if one were allowed here"

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    kept = [[] for _ in range(2 * garbage.YOUNG)]
    qtbot.waitUntil(lambda: bool(ended))
    assert kept
    assert (ended, seen[0]()) == ([threading.get_ident()], None)
