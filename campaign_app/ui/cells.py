"""What tables show: one value per cell, which models make and the table paints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
NO_INDEX: Final = QModelIndex()
# room for a moment in any language, with seconds or without, and what stands beside it in a cell
MOMENT: Final = 160
MOMENT_WITH_SECONDS: Final = 184
CELL: Final = int(Qt.ItemDataRole.UserRole) + 1  # the whole Cell; None is a placeholder for what is not read yet


@dataclass(frozen=True, slots=True)
class Cell:
    """`level` (ok, warn, block, info, muted) draws the text as a pill; `tip` explains it.

    `faint` is for a dash that stands where there is nothing, `tint` (a level) colours the ground of the cell. A `tip`
    that takes its time to say is a function: thousands of cells scroll by, and one is asked.
    """

    text: str
    tip: str | Callable[[], str] = ""
    level: str = ""
    faint: bool = False
    tint: str = ""

    @property
    def explained(self) -> str:
        """The tip in words."""
        return self.tip if isinstance(self.tip, str) else self.tip()


@dataclass(frozen=True)  # slots: `Column[int](…)` fails on Python 3.11
class Column(Generic[R]):
    """`width` is what it needs, in pixels; of what is left it takes its share, by `grows`. `right`: numbers.

    Where there is too little room, the columns of the highest `rank` go first; those of rank 0 always stay.
    `key` names it where a person may arrange columns; it sorts by `sort`, "" if it cannot. `tip` explains the title.
    `named`: texts that people gave, of which many begin alike and end differently: they are cut in their middle.
    """

    title: str
    width: int
    cell: Callable[[R], Cell]
    right: bool = False
    grows: int = 0
    rank: int = 0
    key: str = ""
    sort: str = ""
    tip: str = ""
    named: bool = False


ARROWS: Final = (" ↑", " ↓")  # smallest first, largest first
NOTHING: Final = Cell("–", faint=True)
_TEXTS: Final = frozenset({int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole)})
_LEFT: Final = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT: Final = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class CellModel(QAbstractTableModel, Generic[R]):
    """Subclasses say how many rows there are, and what stands in a cell."""

    def __init__(self, columns: Sequence[Column[R]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._order = ("", False)

    def mark_order(self, sort: str, *, descending: bool) -> None:
        """Marks the title of the column that the rows are sorted by, for whoever hears it as well; "" marks none."""
        if (sort, descending) != self._order:
            self._order = (sort, descending)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

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
            return None if cell is None else cell.explained
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            sort, descending = self._order
            marked = bool(sort) and self.columns[section].sort == sort
            return self.columns[section].title + (ARROWS[descending] if marked else "")
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.columns[section].tip or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self.columns[section].right else _LEFT
        return None
