"""Tables of words and numbers written as one file: CSV one below another, XLSX as sheets of a workbook."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from campaign_app.domain.errors import AppError

Cell = str | int | float
TITLE_MOST: Final = 31  # characters of a sheet's name
_NOT_IN_TITLES: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
# a spreadsheet runs a cell that begins with one of these; some read the wide ones so, too
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Sheet:
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def write_sheets(file: Path, sheets: Sequence[Sheet]) -> None:
    """By the file's ending; raises AppError("file_unwritable").

    A file of that name stays as it was until all is written.
    """
    part = file.with_name(f"{file.name}.part")
    try:
        (_write_book if file.suffix.lower() == ".xlsx" else _write_csv)(part, sheets)
        part.replace(file)
    except OSError as error:
        raise AppError("file_unwritable", f"The file cannot be written: {error.strerror}", file=file.name) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _write_csv(file: Path, sheets: Sequence[Sheet]) -> None:
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        for number, sheet in enumerate(sheets):
            if number:
                writer.writerow(())
            for row in ((sheet.title,), sheet.head, *sheet.rows):
                writer.writerow([safe(cell) for cell in row])


def _write_book(file: Path, sheets: Sequence[Sheet]) -> None:
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    # no cell becomes a formula or a link, whatever it begins with
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(file), plain)
    bold = book.add_format({"bold": True, "bottom": 1})
    for sheet in sheets:
        page = book.add_worksheet(sheet.title.translate(_NOT_IN_TITLES).strip()[:TITLE_MOST])
        page.write_row(0, 0, sheet.head, bold)
        for number, row in enumerate(sheet.rows, start=1):
            page.write_row(number, 0, row)
        page.freeze_panes(1, 0)
        page.autofit()
    try:
        book.close()
    except FileCreateError as error:
        raise OSError(0, str(error)) from error


def safe(cell: Cell) -> Cell:
    """So that no spreadsheet takes it for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
