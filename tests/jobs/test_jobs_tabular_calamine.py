"""Workbooks read as calamine, an independent reader, reads them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from campaign_app.jobs.tabular import open_table
from campaign_app.services.tables import ReadOptions, Table


def read(path: Path) -> Table:
    return open_table(path, ReadOptions())


def rows(table: Table) -> list[tuple[int, list[str]]]:
    return [(n, list(row)) for b in table.blocks() for n, row in zip(b.numbers, b.rows, strict=True)]


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12).map(str.strip)
CELL = st.one_of(TEXT, st.integers(-(10**14), 10**14), st.booleans(), st.dates(date(1901, 1, 1), date(2100, 1, 1)))


def as_text(value: object) -> str:
    """What calamine makes of a cell, as we write it."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value))
    return value.isoformat() if isinstance(value, date) else str(value)


@pytest.mark.no_cover
@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8))
def test_it_reads_what_calamine_reads(tmp_path_factory: pytest.TempPathFactory, lines: list[list[Any]]) -> None:
    path = tmp_path_factory.mktemp("x") / "a.xlsx"
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": 14})
        sheet.write_row(0, 0, ["ref", "b", "c"])
        sheet.write_row(len(lines) + 1, 0, ["end"])
        for i, line in enumerate(lines, 1):
            for j, cell in enumerate(line):
                sheet.write_datetime(i, j, cell, day) if isinstance(cell, date) else sheet.write(i, j, cell)
    theirs = [list(map(as_text, row)) for row in CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows()][1:]
    ours = dict(rows(read(path)))
    blank = ["", "", ""]
    assert [ours.get(i, blank) for i in range(2, len(lines) + 3)] == [row + blank[len(row) :] for row in theirs]
