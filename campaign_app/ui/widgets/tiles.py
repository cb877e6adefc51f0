"""Cards of one width in as many columns as there is room for, those of a line equally high."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QLayoutItem, QWidget

from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.widgets.placed import Placed


class Tiles(Placed):
    """`least`: how wide a card is at the narrowest, in pixels, where there is so much room."""

    def __init__(self, least: int) -> None:
        super().__init__()
        self._least, self._gap = least, SPACE[3]

    def show_parts(self, parts: Sequence[QWidget]) -> None:
        """In this order; those that are not among them any more are the caller's to delete."""
        if [item.widget() for item in self._items] == list(parts):
            return
        while self._items:
            self.takeAt(0)
        for part in parts:
            self.addWidget(part)
        self.invalidate()

    def columns(self, width: int) -> int:
        return max(1, (width + self._gap) // (self._least + self._gap))

    def minimumSize(self) -> QSize:  # noqa: N802
        return QSize(self._least, 0)

    def _place(self, at: QRect, *, move: bool) -> int:
        columns = self.columns(at.width())
        width, y = (at.width() - self._gap * (columns - 1)) // columns, at.y()
        for start in range(0, len(self._items), columns):
            line = self._items[start : start + columns]
            height = max(_height(item, width) for item in line)
            for number, item in enumerate(line if move else ()):
                item.setGeometry(QRect(at.x() + number * (width + self._gap), y, width, height))
            y += height + self._gap
        return max(0, y - self._gap - at.y())


def _height(item: QLayoutItem, width: int) -> int:
    """Asked of the part itself: what Qt keeps of an item may be older than a wrapped line in it."""
    part = item.widget()
    height = part.heightForWidth(width) if part is not None else -1
    return max(height, item.minimumSize().height())
