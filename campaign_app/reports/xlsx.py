"""Rows as a workbook, written as they come: a million of them need no more memory than one.

Every text stays text: nothing that a person wrote becomes a formula or a link. What holds the same is the same file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Literal

if TYPE_CHECKING:
    from xlsxwriter import Workbook

Value = str | int | float | None  # None is an empty cell: what is not known is said in words
Kind = Literal["text", "whole", "number"]
Tick = Callable[[int], object]  # rows written by now

ROWS_MAX: Final = 1_048_576  # of a sheet, its heading included
TEXT_MAX: Final = 32_767  # UTF-16 units of a cell
NAME_MAX: Final = 31
_FORBIDDEN: Final = str.maketrans("[]:*?/\\", "（）：＊？／＼")
_TICK: Final = 1_000


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """`width` is in digits of the standard type."""

    title: str
    width: float = 14
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Sheet:
    """`notes` stand above the heading. More rows than a sheet takes go on in further sheets: 名称 (2)."""

    name: str
    columns: tuple[SheetColumn, ...]
    rows: Iterable[tuple[Value, ...]]
    notes: tuple[str, ...] = ()


def write_workbook(
    out: BinaryIO, sheets: Iterable[Sheet], *, title: str, author: str, made_at: datetime, tick: Tick | None = None
) -> int:
    """The number of rows written. `tick` may raise to stop it; `out` is then no workbook."""
    from xlsxwriter import Workbook

    written = 0
    # what is written lies beside the system's temporary files until it is packed, and goes with this block
    with TemporaryDirectory(prefix="yunfa-xlsx-", ignore_cleanup_errors=True) as aside:
        book = Workbook(
            out,
            {
                "constant_memory": True,
                "tmpdir": aside,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": False,
            },
        )
        book.set_properties({"title": title, "author": author, "created": made_at.replace(tzinfo=None)})
        try:
            names: set[str] = set()
            for sheet in sheets:
                written = _Sheets(book, sheet, names, tick or (lambda _rows: None), written).write()
        except BaseException:
            for page in book.worksheets():  # their files, which only its end would close
                page.row_data_fh.close()
            raise
        book.close()
    return written


class _Sheets:
    def __init__(self, book: Workbook, sheet: Sheet, names: set[str], tick: Tick, written: int) -> None:
        self._book, self._sheet, self._names, self._tick, self._written = book, sheet, names, tick, written
        self._head = book.add_format({"bold": True, "bg_color": "#EEF2F6", "bottom": 1, "text_wrap": True})
        self._note = book.add_format({"font_color": "#5A636D"})
        self._kinds: dict[str, Any] = {
            "text": book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"}),
            "whole": book.add_format({"num_format": "#,##0", "valign": "top"}),
            "number": book.add_format({"num_format": "#,##0.00", "valign": "top"}),
        }

    def write(self) -> int:
        rows = iter(self._sheet.rows)
        room = ROWS_MAX - len(self._sheet.notes) - 1
        for part, first in enumerate(chain([next(rows, None)], rows), 1):
            self._one(part, chain([first] if first is not None else [], islice(rows, room - 1)))
        return self._written

    def _one(self, part: int, rows: Iterator[tuple[Value, ...]]) -> None:
        page = self._book.add_worksheet(self._name(part))
        for place, column in enumerate(self._sheet.columns):
            page.set_column(place, place, column.width)
        line = len(self._sheet.notes)
        for above, text in enumerate(self._sheet.notes):
            page.write_string(above, 0, fitting(text), self._note)
        for place, column in enumerate(self._sheet.columns):
            page.write_string(line, place, column.title, self._head)
        page.freeze_panes(line + 1, 0)
        for at, row in enumerate(rows, line + 1):
            for place, (column, value) in enumerate(zip(self._sheet.columns, row, strict=True)):
                self._cell(page, at, place, value, self._kinds[column.kind])
            self._written += 1
            if self._written % _TICK == 0:
                self._tick(self._written)

    def _cell(self, page: Any, line: int, place: int, value: Value, kind: Any) -> None:
        if isinstance(value, str):
            page.write_string(line, place, fitting(value), kind)
        elif value is not None:
            page.write_number(line, place, value, kind)

    def _name(self, part: int) -> str:
        """One that no other sheet has, whatever the case."""
        wanted = self._sheet.name.translate(_FORBIDDEN).strip("'") or "Sheet"
        number = part
        while True:
            end = f" ({number})" if number > 1 else ""
            name = wanted[: NAME_MAX - len(end)] + end
            if name.casefold() not in self._names:
                self._names.add(name.casefold())
                return name
            number += 1


def fitting(text: str) -> str:
    """As much as a cell takes, without the signs that XML has no place for; what was cut ends in …"""
    kept = "".join(sign for sign in text if sign >= " " or sign in "\n\t")
    if len(kept.encode("utf-16-le")) // 2 <= TEXT_MAX:
        return kept
    return kept.encode("utf-16-le")[: 2 * (TEXT_MAX - 1)].decode("utf-16-le", "ignore") + "…"
