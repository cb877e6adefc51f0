"""The first rows of a file with their errors in place, and no number to be read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from campaign_app.services.import_columns import PHONE, Column
from campaign_app.services.import_plan import PreviewRow
from campaign_app.services.import_rows import RowChecker
from campaign_app.services.tables import Block

PREVIEW_ROWS: Final = 20
CELL_MAX: Final = 60
_LONG_NUMBER: Final = re.compile(r"\d{7,}")


def preview_rows(blocks: Sequence[Block], columns: Sequence[Column]) -> tuple[PreviewRow, ...]:
    phone = next((column.index for column in columns if column.target == PHONE), -1)
    checker = RowChecker(columns, 0)
    rows: list[PreviewRow] = []
    for block in blocks:
        cells = dict(zip(block.numbers, block.rows, strict=True))
        rows += [PreviewRow(bad.number, (), bad.code) for bad in block.bad]
        rows += [
            PreviewRow(number, shown(cells[number], phone), code, where)
            for number, _, _, _, code, where in checker.read(block)
        ]
    return tuple(sorted(rows, key=lambda row: row.number)[:PREVIEW_ROWS])


def shown(cells: Sequence[str], phone: int) -> tuple[str, ...]:
    return tuple(
        (masked(cell) if i == phone else _LONG_NUMBER.sub(lambda found: masked(found[0]), cell))[:CELL_MAX]
        for i, cell in enumerate(cells)
    )


def masked(written: str) -> str:
    """All digits but the first three and the last four."""
    places = [i for i, char in enumerate(written) if char.isdigit()]
    hidden = set(places[3:-4])
    return "".join("*" if i in hidden else char for i, char in enumerate(written))
