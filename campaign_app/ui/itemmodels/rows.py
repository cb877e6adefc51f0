"""Rows in memory for a table, and what every table model has in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from campaign_app.ui.cells import CELL, Cell, Column

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
NO_INDEX: Final = QModelIndex()
_TEXTS: Final = frozenset({int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole)})
_LEFT: Final = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT: Final = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class CellModel(QAbstractTableModel, Generic[R]):
    """Subclasses say how many rows there are, and what stands in a cell."""

    def __init__(self, columns: Sequence[Column[R]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)

    def cell(self, number: int, column: int) -> Cell | None:
        raise NotImplementedError

    def columnCount(self, parent: Index = NO_INDEX) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == CELL:
            return self.cell(index.row(), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self.columns[index.column()].right else _LEFT
        if role in _TEXTS:
            cell = self.cell(index.row(), index.column())
            return None if cell is None else cell.text
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            cell = self.cell(index.row(), index.column())
            return None if cell is None else cell.tip
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self.columns[section].right else _LEFT
        return None


class RowsModel(CellModel[R]):
    """For lists that fit into memory with ease."""

    def __init__(self, columns: Sequence[Column[R]], rows: Sequence[R] = (), parent: QObject | None = None) -> None:
        super().__init__(columns, parent)
        self._rows: tuple[R, ...] = tuple(rows)

    def show(self, rows: Sequence[R]) -> None:
        """Other rows; where there are as many as before, selection and scroll position stay."""
        if len(rows) != len(self._rows):
            self.beginResetModel()
            self._rows = tuple(rows)
            self.endResetModel()
        elif rows:
            self._rows = tuple(rows)
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self.columns) - 1))

    def row(self, number: int) -> R | None:
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def cell(self, number: int, column: int) -> Cell | None:
        return self.columns[column].cell(self._rows[number])

    def rowCount(self, parent: Index = NO_INDEX) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self._rows)
