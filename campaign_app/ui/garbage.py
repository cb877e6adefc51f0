"""Python's cycles are collected on the window's thread only.

A collection runs on whatever thread happens to make an object; one that meets a widget on a thread of the pool
deletes it there, and takes the program with it.
"""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

LOOK_MS: Final = 1_000


class Garbage(QObject):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        gc.disable()
        self._timer.start()

    def settle(self) -> None:
        """What is loaded by now is never looked at again: a search among all of it would be felt."""
        gc.freeze()

    def stop(self) -> None:
        self._timer.stop()
        gc.enable()

    def look(self) -> None:
        """What Python would have collected by itself, by its own thresholds."""
        full = [count > limit for count, limit in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        for generation in (2, 1, 0):
            if full[generation]:
                gc.collect(generation)
                return
