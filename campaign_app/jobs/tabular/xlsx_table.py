"""An Excel workbook's sheet as a table."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from campaign_app.domain.errors import SettingsError
from campaign_app.jobs.tabular.header import COLUMNS_MAX, read_header
from campaign_app.jobs.tabular.xlsx_package import open_package, unreadable_as_broken
from campaign_app.jobs.tabular.xlsx_sheet import SheetRow, sheet_rows
from campaign_app.jobs.tabular.xlsx_workbook import Workbook, read_workbook
from campaign_app.services.tables import BadRow, Block, ReadOptions, TableInfo


class XlsxTable:
    """Implements `services.tables.Table`."""

    def __init__(self, path: Path, options: ReadOptions) -> None:
        self._path = path
        with unreadable_as_broken(), open_package(path) as package:
            self._book = read_workbook(package)
            self._part = _sheet(self._book, options.sheet)
            self._header_at, self.info = self._header(package, options.sheet)
        if not any(block.rows or block.bad for block in self.blocks()):
            raise SettingsError("file_no_rows", "The sheet has a header and no rows")

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

    def _header(self, package: zipfile.ZipFile, wanted: str) -> tuple[int, TableInfo]:
        first = self._first_row(package)
        if first.problem or max(first.cells) > COLUMNS_MAX:
            raise SettingsError("header_unreadable", "The first row cannot be read", row=first.number)
        header, headerless = read_header([first.cells.get(i, "") for i in range(max(first.cells) + 1)])
        sheets = tuple(self._book.sheets)
        info = TableInfo("xlsx", header, headerless, sheet=wanted or sheets[0], sheets=sheets)
        return 0 if headerless else first.number, info

    def _first_row(self, package: zipfile.ZipFile) -> SheetRow:
        for group, _ in sheet_rows(package, self._book, self._part):
            for row in group:
                if row.problem or any(cell.strip() for cell in row.cells.values()):
                    return row
        raise SettingsError("file_empty", "The sheet is empty")


def _sheet(book: Workbook, wanted: str) -> str:
    if not wanted:
        return next(iter(book.sheets.values()))
    if wanted not in book.sheets:
        raise SettingsError(
            "unknown_sheet", "The workbook has no sheet of this name", sheet=wanted, sheets="、".join(book.sheets)
        )
    return book.sheets[wanted]
