"""What cursor-paged listings have in common: cursors that must lead on, and texts that a store can hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from threading import Lock
from typing import Any, Final

from campaign_app.domain.errors import RemoteRefused

REF_MAX: Final = 200
_CURSOR_MAX: Final = 4_000
_ANCESTORS: Final = 1_000
_REMEMBERED: Final = 20_000
_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,63}", re.ASCII)
_HALF: Final = re.compile("[\ud800-\udfff]")
_LONG_NUMBER: Final = re.compile(r"[0-9]{7}", re.ASCII)


class CursorGuard:
    """Follows one listing and finds out when its cursors lead back to where they came from."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._came_from: dict[str, str] = {}
        self._lock = Lock()

    def next(self, asked: str, following: str, *, more: bool) -> str:
        """The cursor to store. Raises RemoteRefused("cursor_loop") if asking for it would end up here again."""
        if not more:
            return following[:_CURSOR_MAX] or asked
        with self._lock:
            if len(following) > _CURSOR_MAX or self._leads_back(asked, following):
                raise RemoteRefused("cursor_loop", f"{self._what}: the server's cursors go in circles", what=self._what)
            if len(self._came_from) >= _REMEMBERED:
                del self._came_from[next(iter(self._came_from))]
            self._came_from[following] = asked
        return following

    def _leads_back(self, asked: str, following: str) -> bool:
        at: str | None = asked
        for _ in range(_ANCESTORS):
            if at is None:
                return False
            if at == following or not following:
                return True
            at = self._came_from.get(at)
        return False


def fields(row: object) -> Mapping[str, Any]:
    """The fields of a row, or none where the row is no JSON object."""
    return row if isinstance(row, dict) else {}


def plain_text(value: object, longest: int) -> str:
    """A text without what databases refuse, "" for anything else. Half a character of JSON becomes U+FFFD."""
    return _HALF.sub("\ufffd", value.replace("\x00", "")[:longest]) if isinstance(value, str) else ""


def good_ref(value: object) -> str:
    """A customer ref as the platform wrote it, or "" where it is none."""
    good = isinstance(value, str) and len(value) <= REF_MAX and value.isprintable()
    return str(value) if good else ""


def plain_code(value: object) -> str:
    """A sender's own code word; whatever might hold a person's number is called `other`."""
    if not isinstance(value, str) or not value:
        return ""
    return value if _CODE.fullmatch(value) and not _LONG_NUMBER.search(value) else "other"


def plain_count(value: object, most: int) -> int | None:
    """A small whole number above nought, written as one or as digits; None for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= len(str(most)):
        value = int(value)
    return value if type(value) is int and 0 < value <= most else None
