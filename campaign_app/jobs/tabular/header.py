"""The first row of a table: names of the columns, or already data."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

from campaign_app.domain.errors import SettingsError
from campaign_app.domain.phone import parse_phone

COLUMNS_MAX: Final = 500
NAME_MAX: Final = 64


def read_header(row: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """Names of the columns, and whether the row is data itself (it holds a phone number). Raises SettingsError."""
    if len(row) > COLUMNS_MAX:
        raise SettingsError("too_many_columns", "The file has too many columns", limit=COLUMNS_MAX, columns=len(row))
    if any(parse_phone(cell) for cell in row):
        return tuple(f"第{i}列" for i in range(1, len(row) + 1)), True
    names = tuple(_clean(cell) for cell in row)
    seen: set[str] = set()
    for name in names:
        folded = unicodedata.normalize("NFKC", name).casefold()
        if folded and folded in seen:
            raise SettingsError("duplicate_header", "Two columns have the same name", column=name)
        seen.add(folded)
    return names, False


def _clean(cell: str) -> str:
    kept = "".join(char for char in cell if char.isspace() or unicodedata.category(char) not in {"Cf", "Cc"})
    return " ".join(kept.split())[:NAME_MAX]
