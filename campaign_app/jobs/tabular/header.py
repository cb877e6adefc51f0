"""The row of a table that names its columns, or the first one where that is already data."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

from campaign_app.domain.errors import SettingsError
from campaign_app.services.import_columns import PHONE_NAMES, REF_NAMES, fold
from campaign_app.services.import_phones import read_phone

COLUMNS_MAX: Final = 500
NAME_MAX: Final = 64
LOOK: Final = 10  # filled rows among which the one that names the columns is looked for
_KEYS: Final = frozenset({*REF_NAMES, *PHONE_NAMES})


def header_among(rows: Sequence[Sequence[str]]) -> int:
    """Which of a table's first filled rows names the columns: the first, unless titles stand above the names.

    Only rows with fewer filled cells and no phone number are taken for titles, and only above a row that names a
    customer's id or number: a row with a person in it is never passed over.
    """
    for at, row in enumerate(rows[:LOOK]):
        if any(map(_is_number, row)):
            break
        if any(fold(cell) in _KEYS for cell in row):
            return at if all(_filled(above) < _filled(row) for above in rows[:at]) else 0
    return 0


def read_header(row: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """Names of the columns, and whether the row is data itself (it holds a phone number). Raises SettingsError."""
    if len(row) > COLUMNS_MAX:
        raise SettingsError("too_many_columns", "The file has too many columns", limit=COLUMNS_MAX, columns=len(row))
    if any(map(_is_number, row)):
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


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _is_number(cell: str) -> bool:
    """However it is written, and also if a spreadsheet has cut its digits: its row is somebody's."""
    phone, code = read_phone(cell)
    return phone is not None or code == "phone_rounded"
