"""Pages are loaded before they are wanted, a module in each turn of the event loop: the window answers meanwhile.

Loading the code of a page costs more than building it, and would be felt at the click that asks for it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QTimer

from campaign_app import ui

# whatever is in one of them needs nothing of a later one, `part_of_it` nothing of `part`
_PACKAGES: Final = ("itemmodels", "widgets", "viewmodels", "pages.steps", "pages")


class Ahead(QObject):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps: Iterator[Callable[[], object]] = iter(())
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._step)

    def begin(self, steps: Sequence[Callable[[], object]]) -> None:
        """Does one step in each turn, in their order."""
        self._steps = iter(steps)
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _step(self) -> None:
        step = next(self._steps, None)
        if step is None:
            self.stop()
        else:
            step()


def loads(*names: str) -> list[Callable[[], object]]:
    """A step for each module, named from `campaign_app.ui` on."""
    return [partial(importlib.import_module, f"{ui.__name__}.{name}") for name in names]


def everything() -> list[str]:
    """All modules of pages and their parts, in an order in which each brings few others along."""
    found = []
    for package in _PACKAGES:
        folder = importlib.import_module(f"{ui.__name__}.{package}")
        names = sorted((each.name for each in pkgutil.iter_modules(folder.__path__)), reverse=True)
        found += [f"{package}.{name}" for name in names]
    return found
