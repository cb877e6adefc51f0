"""A scripted scroll through a table of many rows, frame by frame; `benchmarks/table.py` runs it.

A frame is a sixtieth of a second: one gesture, and all that the window's thread does until the next one may come, such
as painting and taking in pages that have been read. Its time is how long that thread was busy on the clock, waiting for
the interpreter among it; `own` is the processor's time of that thread alone, which other programs do not change. Frames
in which nothing was done are left out.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QSize,
    Qt,
)
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QHeaderView, QTableView

FRAME: Final = 1 / 60  # seconds
LIMIT_MS: Final = 16.0
TURN: Final = 0.001  # between turns of the event loop, as long as nothing comes
STILL: Final = 12  # frames after a jump, for what it asked for
NOTHING_MS: Final = 0.1
CLICK: Final = -120  # of the wheel, downwards
Gesture = Callable[[], object]
Say = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Frame:
    """Milliseconds."""

    busy: float
    own: float


def measure(what: str, view: QTableView, frames: int, say: Say) -> None:
    """One figure for each kind of gesture."""
    for name, done in gestures(view, frames):
        view.scrollToTop()
        for _ in range(STILL):
            frame(None)
        seen = [each for each in map(frame, done) if each.busy > NOTHING_MS]
        busy, own = sorted(each.busy for each in seen), sorted(each.own for each in seen)
        say(
            f"{what}: {name}",
            frames=len(busy),
            p50_ms=at(busy, 50),
            p95_ms=at(busy, 95),
            p99_ms=at(busy, 99),
            longest_ms=at(busy, 100),
            over_16_ms=sum(each > LIMIT_MS for each in busy),
            own_p50_ms=at(own, 50),
            own_p99_ms=at(own, 99),
            own_longest_ms=at(own, 100),
        )


def at(busy: Sequence[float], percent: int) -> float:
    return round(busy[min(len(busy) * percent // 100, len(busy) - 1)], 1)


def gestures(view: QTableView, frames: int) -> Iterator[tuple[str, list[Gesture | None]]]:
    """The same for every view of as many rows; None is a frame in which the hand rests."""
    bar, chance = view.verticalScrollBar(), random.Random(1)
    places = [chance.randrange(bar.maximum() + 1) for _ in range(frames)]
    none, control = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
    yield "wheel", [lambda: wheel(view)] * frames
    yield "page down", [lambda: press(view, Qt.Key.Key_PageDown, none)] * frames
    yield "dragging the bar", [lambda place=place: bar.setSliderPosition(place) for place in places]
    to_end: list[Gesture | None] = [lambda: press(view, Qt.Key.Key_End, control), *[None] * STILL]
    to_top: list[Gesture | None] = [lambda: press(view, Qt.Key.Key_Home, control), *[None] * STILL]
    yield "to the end and back", [*to_end, *to_top] * max(1, frames // 20)


def frame(gesture: Gesture | None) -> Frame:
    end, own, busy = time.perf_counter() + FRAME, time.thread_time(), 0.0
    while True:
        began = time.perf_counter()
        if gesture is not None:
            gesture()
            gesture = None
        QCoreApplication.processEvents()
        now = time.perf_counter()
        busy += now - began
        if now >= end:
            return Frame(busy * 1000, (time.thread_time() - own) * 1000)
        time.sleep(min(TURN, end - now))


def wheel(view: QTableView) -> None:
    middle = QPointF(view.viewport().rect().center())
    no_button, no_key, phase = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    globally = QPointF(view.viewport().mapToGlobal(middle.toPoint()))
    told = QWheelEvent(middle, globally, QPoint(), QPoint(0, CLICK), no_button, no_key, phase, False)
    QCoreApplication.sendEvent(view.viewport(), told)


def press(view: QTableView, key: Qt.Key, with_: Qt.KeyboardModifier) -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QCoreApplication.sendEvent(view, QKeyEvent(kind, key, with_))


class _Constant(QAbstractTableModel):
    """As many rows and columns, all of them the same."""

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__()
        self._rows, self._columns = rows, columns

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else self._columns

    def data(self, _index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        return "–" if role == Qt.ItemDataRole.DisplayRole else None


def floor(rows: int, columns: int, row: int, size: QSize, frames: int, say: Say) -> None:
    """A bare QTableView of the same size over a model that says the same everywhere."""
    view, model = QTableView(), _Constant(rows, columns)
    view.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
    head = view.verticalHeader()
    head.hide()
    head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    head.setDefaultSectionSize(row)
    view.setModel(model)
    view.resize(size)
    view.show()
    measure("floor", view, frames, say)
    view.close()
