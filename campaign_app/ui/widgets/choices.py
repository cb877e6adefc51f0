"""One of several buttons, chosen by mouse, keyboard or a screen reader."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QAbstractButton


class Choices(QObject):
    """Calls back when a button is chosen. A screen reader does not click: it toggles, which `clicked` does not tell."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._silent, self._said = False, ""

    def add(self, button: QAbstractButton, key: str, chosen: Callable[[str], object]) -> None:
        button.toggled.connect(lambda on: self._toggled(key, chosen) if on else None)
        button.clicked.connect(lambda _=False: self._clicked(key, chosen))

    def choose(self, button: QAbstractButton) -> None:
        """Marks it as chosen; says nothing."""
        self._silent = True
        button.setChecked(True)
        self._silent = False

    def _toggled(self, key: str, chosen: Callable[[str], object]) -> None:
        if not self._silent:
            self._said = key
            chosen(key)

    def _clicked(self, key: str, chosen: Callable[[str], object]) -> None:
        """A click on what is chosen already is told too: whoever clicks wants to be there."""
        said, self._said = self._said, ""
        if said != key:
            chosen(key)
