"""Layouts that place their parts themselves, in a height that follows from the width."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem


class Placed(QLayout):
    """What every such layout has; a kind of its own says where the parts stand (`_place`) and `minimumSize`."""

    def __init__(self) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
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

    def _place(self, at: QRect, *, move: bool) -> int:
        """Returns the height that it takes; moves the parts there if wanted."""
        raise NotImplementedError
