"""An Excel workbook's sheet as a table."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from campaign_app.domain.errors import SettingsError
from campaign_app.jobs.tabular.header import COLUMNS_MAX, LOOK, header_among, read_header
from campaign_app.jobs.tabular.xlsx_package import open_package, unreadable_as_broken
from campaign_app.jobs.tabular.xlsx_sheet import SheetRow, sheet_rows
from campaign_app.jobs.tabular.xlsx_workbook import Workbook, read_workbook
from campaign_app.services.tables import BadRow, Block, ReadOptions, TableInfo

_EMPTY: Final = frozenset({"file_empty", "file_no_rows"})


class XlsxTable:
    """Implements `services.tables.Table`."""

    def __init__(self, path: Path, options: ReadOptions) -> None:
        self._path = path
        with unreadable_as_broken(), open_package(path) as package:
            self._book = read_workbook(package)
            self._use_first(package, _sheets(self._book, options.sheet))

    def blocks(self) -> Iterator[Block]:
        width = len(self.info.header)
        for group, done in self._groups():
            numbers: list[int] = []
            rows: list[list[str]] = []
            bad: list[BadRow] = []
            for row in group:
                if row.number <= self._header_at or not (row.cells or row.problem):
                    continue
                problem = row.problem or ("wrong_fields" if max(row.cells) >= width else "")
                if problem:
                    bad.append(BadRow(row.number, problem))
                else:
                    numbers.append(row.number)
                    rows.append([row.cells.get(column, "") for column in range(width)])
            yield Block(numbers, rows, tuple(bad), done)

    def _groups(self) -> Iterator[tuple[list[SheetRow], float]]:
        with unreadable_as_broken(), open_package(self._path) as package:
            yield from sheet_rows(package, self._book, self._part)

    def _use_first(self, package: zipfile.ZipFile, sheets: list[str]) -> None:
        """The first of them with rows, or the last."""
        for sheet in sheets[:-1]:
            try:
                self._use(package, sheet)
            except SettingsError as error:
                if error.code not in _EMPTY:
                    raise
            else:
                return
        self._use(package, sheets[-1])

    def _use(self, package: zipfile.ZipFile, sheet: str) -> None:
        self._part = self._book.sheets[sheet]
        first = list(islice(self._first_rows(package), LOOK))
        above = header_among([tuple(row.cells.values()) for row in first])
        named = first[above]
        if named.problem or max(named.cells) > COLUMNS_MAX:
            raise SettingsError("header_unreadable", "The first row cannot be read", row=named.number)
        header, headerless = read_header([named.cells.get(i, "") for i in range(max(named.cells) + 1)])
        self._header_at = 0 if headerless else named.number
        self.info = TableInfo("xlsx", header, sheet=sheet, sheets=tuple(self._book.sheets), above=above)
        if not any(block.rows or block.bad for block in self.blocks()):
            raise SettingsError("file_no_rows", "The sheet has a header and no rows")

    def _first_rows(self, package: zipfile.ZipFile) -> Iterator[SheetRow]:
        """The filled rows up to one that cannot be read, at least one."""
        empty = True
        for group, _ in sheet_rows(package, self._book, self._part):
            for row in group:
                if row.problem and not empty:
                    return
                if row.problem or any(cell.strip() for cell in row.cells.values()):
                    empty = False
                    yield row
        if empty:
            raise SettingsError("file_empty", "The sheet is empty")


def _sheets(book: Workbook, wanted: str) -> list[str]:
    """The sheet that is wanted; or those of which the first with rows is: what nobody sees is not what was meant."""
    if not wanted:
        return [name for name in book.sheets if name not in book.hidden] or list(book.sheets)
    if wanted not in book.sheets:
        raise SettingsError(
            "unknown_sheet", "The workbook has no sheet of this name", sheet=wanted, sheets="、".join(book.sheets)
        )
    return [wanted]
