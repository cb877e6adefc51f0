"""What tables show: one value per cell, which models make and the table's delegate paints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from PySide6.QtCore import Qt

R = TypeVar("R")
CELL: Final = int(Qt.ItemDataRole.UserRole) + 1  # the whole Cell; None is a placeholder for what is not read yet


@dataclass(frozen=True, slots=True)
class Cell:
    """`level` (ok, warn, block, info, muted) draws the text as a pill; `tip` explains it.

    `faint` is for a dash that stands where there is nothing, `tint` (a level) colours the ground of the cell.
    """

    text: str
    tip: str = ""
    level: str = ""
    faint: bool = False
    tint: str = ""


@dataclass(frozen=True)  # slots: `Column[int](…)` fails on Python 3.11
class Column(Generic[R]):
    """`width` is what it needs, in pixels; of what is left it takes its share, by `grows`. `right`: numbers.

    Where there is too little room, the columns of the highest `rank` go first; those of rank 0 always stay.
    """

    title: str
    width: int
    cell: Callable[[R], Cell]
    right: bool = False
    grows: int = 0
    rank: int = 0


NOTHING: Final = Cell("–", faint=True)
