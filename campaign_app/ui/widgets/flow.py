"""Parts side by side that go on in the next line where there is no room left."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class Flow(QLayout):
    """`last_at_end`: the last part stands at the far end of its line, as buttons beside tabs do."""

    def __init__(self, space: int = 8, parent: QWidget | None = None, *, last_at_end: bool = False) -> None:
        super().__init__(parent)
        self._last_at_end = last_at_end
        self._items: list[QLayoutItem] = []
        self._space = space
        self.setContentsMargins(QMargins(0, 0, 0, 0))

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, at: QRect) -> None:  # noqa: N802
        super().setGeometry(at)
        self._place(at, move=True)

    def sizeHint(self) -> QSize:  # noqa: N802
        return self.minimumSize()

    def minimumSize(self) -> QSize:  # noqa: N802
        size = QSize()
        for item in self._shown():
            size = size.expandedTo(item.minimumSize())
        return size

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _place(self, at: QRect, *, move: bool) -> int:
        """Returns the height that it takes."""
        x, y, tallest = at.x(), at.y(), 0
        shown = self._shown()
        for item in shown:
            size = item.sizeHint()
            if x > at.x() and x + size.width() > at.right() + 1:
                x, y, tallest = at.x(), y + tallest + self._space, 0
            if move:
                width = min(size.width(), at.width())
                end = self._last_at_end and item is shown[-1]
                left = max(x, at.right() + 1 - width) if end else x
                item.setGeometry(QRect(QPoint(left, y), QSize(width, size.height())))
            x, tallest = x + size.width() + self._space, max(tallest, size.height())
        return y + tallest - at.y()
