"""A list of names that people gave: cut in their middle where they do not fit, and whole in the tooltip."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem


class NameList(QListWidget):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def offer(self, text: str, key: object, *, on: bool = False) -> None:
        """One that can be ticked; `key` is its data."""
        made = self.add(text)
        made.setData(Qt.ItemDataRole.UserRole, key)
        made.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def add(self, text: str) -> QListWidgetItem:
        made = QListWidgetItem(text)
        made.setToolTip(html.escape(text) if "<" in text else text)
        self.addItem(made)
        return made

    def ticked(self) -> tuple[object, ...]:
        items = [self.item(number) for number in range(self.count())]
        return tuple(
            each.data(Qt.ItemDataRole.UserRole) for each in items if each.checkState() is Qt.CheckState.Checked
        )
