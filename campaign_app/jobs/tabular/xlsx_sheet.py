"""The rows of one sheet, streamed: a row with an error or an uncalculated formula is a bad row."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from campaign_app.domain.errors import SettingsError
from campaign_app.jobs.tabular.text import FIELD_MAX
from campaign_app.jobs.tabular.xlsx_package import BLOCK_BYTES, Handlers, parse_part
from campaign_app.jobs.tabular.xlsx_strings import unescape
from campaign_app.jobs.tabular.xlsx_values import date_text, number_text
from campaign_app.jobs.tabular.xlsx_workbook import Workbook

ROWS_MAX: Final = 1_048_576
_COLUMNS_MAX: Final = 16_384
# expat hands over 8 KB at a time: more than these are too long a cell in any case
_PARTS_MAX: Final = 64


@dataclass(slots=True)
class SheetRow:
    """`cells`: column (from 0) → text, blank ones left out; `problem` is a stable code or empty."""

    number: int
    cells: dict[int, str] = field(default_factory=dict)
    problem: str = ""


class _SheetReader:
    """Handlers that collect whole rows in `rows` until somebody takes them.

    Called some twenty times a row: what a tag does not need is not asked.
    """

    def __init__(self, book: Workbook) -> None:
        self.rows: list[SheetRow] = []
        self.parts: list[str] = []  # text of the cell at hand
        self._strings = book.strings
        self._dates = book.dates
        self._epoch_1904 = book.epoch_1904
        self._columns: dict[str, int] = {}
        self._row = SheetRow(0)
        self._column = -1
        self._attributes: dict[str, str] = {}
        self._formula = False
        self._before_phonetic = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self._attributes = attributes
            self._formula = False
            self.parts.clear()
        elif tag == "row":
            self._start_row(attributes)
        elif tag == "rPh":
            self._before_phonetic = len(self.parts)

    def end(self, tag: str) -> None:
        if tag == "c":
            self._end_cell()
        elif tag == "row":
            self.rows.append(self._row)
        elif tag == "f":
            self._formula = True
            self.parts.clear()
        elif tag == "rPh":
            del self.parts[self._before_phonetic :]

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = int(attributes.get("r") or self._row.number + 1)
        if not self._row.number < number <= ROWS_MAX:
            raise SettingsError("file_broken", "The rows of the sheet are out of order", row=number)
        self._row = SheetRow(number)
        self._column = -1

    def _column_of(self, letters: str) -> int:
        column = self._columns.get(letters)
        if column is None:
            column = 0
            for letter in letters:
                column = column * 26 + "ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(letter) + 1
            self._columns[letters] = column = column - 1
        return column

    def _end_cell(self) -> None:
        place = self._attributes.get("r")
        self._column = self._column + 1 if place is None else self._column_of(place.rstrip("0123456789"))
        raw = "".join(self.parts).strip()
        if not raw and not self._formula:
            return
        kind = self._attributes.get("t", "n")
        problem = self._problem(kind, raw)
        value = "" if problem else self._value(kind, raw)
        if len(value) > FIELD_MAX:
            problem = "field_too_long"
        self._row.problem = self._row.problem or problem
        if value:
            self._row.cells[self._column] = value

    def _problem(self, kind: str, raw: str) -> str:
        if kind == "e":
            return "cell_error"
        if not raw and kind != "str":  # a text formula may well give an empty text
            return "formula_no_value"
        return "" if 0 <= self._column < _COLUMNS_MAX else "wrong_fields"

    def _value(self, kind: str, raw: str) -> str:
        if kind == "s":
            return self._strings[int(raw)]
        if kind == "b":
            return "TRUE" if raw == "1" else "FALSE"
        if kind != "n":
            return unescape(raw)
        if self._dates and int(self._attributes.get("s", "0")) in self._dates:
            return date_text(raw, epoch_1904=self._epoch_1904)
        return number_text(raw)


def sheet_rows(package: zipfile.ZipFile, book: Workbook, part: str) -> Iterator[tuple[list[SheetRow], float]]:
    """Groups of rows in order, with the part of the sheet read so far (0 to 1)."""
    reader = _SheetReader(book)
    handlers = Handlers(reader.start, reader.end, reader.parts.append)
    blocks = max(1, -(-package.NameToInfo[part].file_size // BLOCK_BYTES))
    for done, _ in enumerate(parse_part(package, part, handlers), 1):
        del reader.parts[_PARTS_MAX:]
        rows, reader.rows = reader.rows, []
        yield rows, min(1.0, done / blocks)
