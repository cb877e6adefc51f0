"""Parts side by side that go on in the next line where there is no room left."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QLayoutItem

from campaign_app.ui.widgets.placed import Placed


class Flow(Placed):
    """`last_at_end`: the last part stands at the far end of its line, as buttons beside tabs do.

    `first_grows`: the first part takes what its line has left, as a field to search in does.
    """

    def __init__(self, space: int = 8, *, last_at_end: bool = False, first_grows: bool = False) -> None:
        super().__init__()
        self._last_at_end, self._first_grows = last_at_end, first_grows
        self._space = space

    def minimumSize(self) -> QSize:  # noqa: N802
        size = QSize()
        for item in self._shown():
            size = size.expandedTo(item.minimumSize())
        return size

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _place(self, at: QRect, *, move: bool) -> int:
        y = at.y()
        for line in self._lines(at.width()):
            tallest = max(size.height() for _, size in line)
            x = at.x()
            left = at.width() - sum(size.width() + self._space for _, size in line) + self._space
            for item, size in line:
                width = min(size.width(), at.width())
                if self._first_grows and item is self._items[0]:
                    width += max(0, left)
                if self._last_at_end and item is line[-1][0] and item is self._shown()[-1]:
                    x = max(x, at.right() + 1 - width)
                if move:
                    middle = y + (tallest - size.height()) // 2
                    item.setGeometry(QRect(QPoint(x, middle), QSize(width, size.height())))
                x += width + self._space
            y += tallest + self._space
        return max(0, y - self._space - at.y())

    def _lines(self, width: int) -> list[list[tuple[QLayoutItem, QSize]]]:
        lines: list[list[tuple[QLayoutItem, QSize]]] = []
        left = 0
        for item in self._shown():
            size = item.sizeHint()
            if not lines or size.width() > left:
                lines.append([])
                left = width
            lines[-1].append((item, size))
            left -= size.width() + self._space
        return lines
