"""How the columns of a table stand: what a person chose of them, and what a window has room for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from PySide6.QtCore import QByteArray

from campaign_app.ui.cells import Column

LEAST: Final = 48  # pixels
MOST: Final = 800
PRESSED: Final = 0.78  # of its width, at least


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What a person chose, by the columns' keys: those in another order, those left out, those of another width."""

    order: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    widths: Mapping[str, int] = field(default_factory=dict)

    @property
    def chosen(self) -> bool:
        return self != Arrangement()

    def ordered(self, columns: Sequence[Column[Any]]) -> tuple[Column[Any], ...]:
        """Columns that were not there yet when the order was chosen come at the end."""
        at = {key: number for number, key in enumerate(self.order)}
        return tuple(sorted(columns, key=lambda column: at.get(column.key, len(at))))

    def with_width(self, key: str, width: int) -> Arrangement:
        return replace(self, widths={**self.widths, key: max(LEAST, min(MOST, width))})

    def packed(self) -> QByteArray:
        said = {"order": list(self.order), "hidden": sorted(self.hidden), "widths": dict(self.widths)}
        return QByteArray(json.dumps(said).encode())


def unpacked(said: QByteArray) -> Arrangement:
    """Whatever cannot be read is nothing chosen."""
    try:
        read = json.loads(bytes(said.data()))
        widths = {str(key): max(LEAST, min(MOST, int(width))) for key, width in read["widths"].items()}
        return Arrangement(tuple(map(str, read["order"])), frozenset(map(str, read["hidden"])), widths)
    except (ValueError, TypeError, KeyError, AttributeError):
        return Arrangement()


def widths_of(columns: Sequence[Column[Any]], room: int, arrangement: Arrangement) -> dict[int, int]:
    """Index → pixels of each column that is shown.

    Where nobody chose anything those of the highest rank give way to the others, and what is left is pressed together a
    little before it has to be scrolled to; what a person chose is scrolled to.
    """
    if arrangement.chosen:
        left_out = {i for i, column in enumerate(columns) if column.key in arrangement.hidden}
        shown = set(range(len(columns))) - left_out
    else:
        shown = set(_fitting(columns, room))
    own = {i: arrangement.widths[columns[i].key] for i in shown if columns[i].key in arrangement.widths}
    least = {i: own.get(i, columns[i].width) for i in shown}
    if not arrangement.chosen and room < (wanted := sum(least.values())):
        share = max(PRESSED, room / wanted)
        least = {i: int(width * share) for i, width in least.items()}
    left = max(0, room - sum(least.values()))
    weights = [column.grows if i in shown and i not in own else 0 for i, column in enumerate(columns)]
    if not arrangement.chosen and not any(weights) and shown:
        weights[max(shown)] = 1  # those that grow gave way: no table ends before its frame does
    given, used = {}, 0
    for i in range(len(columns)):
        # running sums, so that no pixel is lost to rounding
        end = left * sum(weights[: i + 1]) // max(1, sum(weights))
        if i in shown:
            given[i] = least[i] + end - used
        used = end
    return given


def _fitting(columns: Sequence[Column[Any]], room: int) -> frozenset[int]:
    shown = set(range(len(columns)))
    while sum(columns[i].width for i in shown) > room:
        last = max(shown, key=lambda i: (columns[i].rank, i))
        if columns[last].rank == 0:
            break
        shown.remove(last)
    return frozenset(shown)
