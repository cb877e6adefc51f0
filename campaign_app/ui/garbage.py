"""Python's search for cycles, on the window's thread only.

A Qt object that became part of a cycle would otherwise be destroyed on whichever thread makes the search run, and Qt
calls a timer of it that is gone.
"""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

LOOK_MS: Final = 2_000
YOUNG: Final = 2_000  # new objects that make a search worth its time
OLD: Final = 20  # searches among the young for one among all


class Garbage(QObject):
    """From its making until `stop` nothing is searched but by its timer."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rounds = 0
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(LOOK_MS)

    def stop(self) -> None:
        self._timer.stop()
        gc.enable()

    def _look(self) -> None:
        if gc.get_count()[0] < YOUNG:
            return
        if not self._rounds:
            gc.freeze()  # what the program itself consists of is never looked at again
        self._rounds += 1
        gc.collect(1 if self._rounds % OLD else 2)
