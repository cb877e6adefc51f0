"""Cells of a workbook as text: numbers as a person would write them, dates by ISO 8601."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

_DATE_FORMATS: Final = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NOT_A_CODE: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_DATE_CODE: Final = re.compile(r"[ymdhs年月日]", re.IGNORECASE)
_ELAPSED: Final = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's dates have no zone
_EPOCH_1904: Final = datetime(1904, 1, 1)  # noqa: DTZ001
_DAY_MAX: Final = 2_958_465  # 9999-12-31
# a spreadsheet keeps 15 digits: longer numbers have lost their last ones
EXACT_MAX: Final = 10**15


def is_date_format(format_id: int, code: str) -> bool:
    if not code:
        return format_id in _DATE_FORMATS
    if _ELAPSED.search(code):
        return False
    return bool(_DATE_CODE.search(_NOT_A_CODE.sub("", code.split(";", maxsplit=1)[0])))


def number_text(raw: str) -> str:
    """13800000000 for 1.38E10; a number that the spreadsheet has rounded stays in its own scientific form."""
    if raw.isdecimal() and len(raw) <= 15:
        return raw
    number = float(raw)
    if abs(number) >= EXACT_MAX:
        return f"{number:.14E}"
    return str(int(number)) if number.is_integer() else format(number, ".15g")


def date_text(raw: str, *, epoch_1904: bool) -> str:
    """A day, a time of day, or both."""
    serial = float(raw)
    if not 0 <= serial <= _DAY_MAX:
        return number_text(raw)
    if serial < 1:
        return (_EPOCH + timedelta(seconds=round(serial * 86_400))).time().isoformat()
    # day 60 is the 29th of February 1900, which never was
    days = serial + 1 if serial < 60 and not epoch_1904 else serial
    moment = (_EPOCH_1904 if epoch_1904 else _EPOCH) + timedelta(seconds=round(days * 86_400))
    return moment.date().isoformat() if days == int(days) else moment.isoformat()
