"""A provider's queue that hands every row out once, behind the cursors of `jobs.ports.Gateway`.

Whoever polls stores a page together with its cursor, so the cursor says which pages are safe. Before anything is
pulled the cursor is stored as open (`7+`, and by whom): a page that follows an open cursor may have been pulled and
never stored. Where two store one at once the first is right (`InboxStore`), and the other finds it open by another.

- Asked again for the page that it handed out last, a queue hands out that page and pulls nothing: no error on the way
  to the store loses a row.
- An open cursor that this process did not open itself is one under which another process ended; one under which an
  answer did not arrive is the same. Rows may be lost then. The page says so (`Page.lost`) and pulls nothing: whoever
  polls looks the rows up by another way before the cursor goes on.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final, Generic, TypeVar

from campaign_app.domain.errors import OutcomeUnknown
from campaign_app.domain.message import Page

T = TypeVar("T")
_CURSOR: Final = re.compile(r"([0-9]{1,15})(\+[0-9a-f]*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Pulled(Generic[T]):
    """What one pull brought; `full`: there may be more. `broken` rows could not be read."""

    items: Sequence[T]
    full: bool
    broken: int = 0


class PullQueue(Generic[T]):
    """Threads may share it: two that ask for the same page get the same one."""

    def __init__(self, pull: Callable[[], Pulled[T]]) -> None:
        """`pull` raises OutcomeUnknown where rows may have left the queue and not arrived."""
        self._pull = pull
        self._mine = f"+{secrets.token_hex(4)}"
        self._opened: int | None = None
        self._held: tuple[int, Page[T]] | None = None
        self._lock = Lock()

    def page(self, cursor: str) -> Page[T]:
        """Raises what `pull` raises."""
        number, opened_by = _read(cursor)
        with self._lock:
            if self._held is not None and self._held[0] == number:
                return self._held[1]
            if not opened_by:
                self._opened = number
                return Page((), f"{number}{self._mine}", more=True)
            if opened_by != self._mine or self._opened != number:
                return self._hold(number, Page((), f"{number + 1}{self._mine}", more=True, lost=True))
            return self._hold(number, self._pulled(number + 1))

    def _pulled(self, following: int) -> Page[T]:
        try:
            found = self._pull()
        except OutcomeUnknown:
            self._opened = None
            raise
        cursor = f"{following}{self._mine}" if found.full else str(following)
        return Page(tuple(found.items), cursor, found.full, found.broken)

    def _hold(self, number: int, page: Page[T]) -> Page[T]:
        self._held, self._opened = (number, page), number + 1
        return page


def _read(cursor: str) -> tuple[int, str]:
    """Its number, and who opened it, "" where it is closed. One that nobody here wrote counts as one at the start."""
    found = _CURSOR.fullmatch(cursor)
    return (int(found[1]), found[2] or "") if found else (0, "")
