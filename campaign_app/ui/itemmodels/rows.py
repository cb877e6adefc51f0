"""Rows in memory for a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtCore import QObject

from campaign_app.ui.cells import NO_INDEX, Cell, CellModel, Column, Index

R = TypeVar("R")


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
