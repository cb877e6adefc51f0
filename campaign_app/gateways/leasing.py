"""A provider's queue that leases its messages, behind the cursors of `jobs.ports.Gateway`.

A message that is not deleted before its lease ends comes again, so it is deleted only once whoever polls has stored
its page: the next question, by the page's cursor, is the proof. As long as messages come a page is followed by another
question at once, so that leases are not over by then. What comes again all the same has the id that it had.

While a lease runs nobody else sees the message, and an opt-out that another process leased and never stored would be
waiting unseen. So the cursor is stored as open (`7+` and until when) before anything is leased, and an open cursor of
another process, or one under which an answer did not arrive, gives an error until every lease of then is over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final, Generic, TypeVar

from campaign_app.domain.errors import OutcomeUnknown, RemoteUnavailable
from campaign_app.domain.message import Page
from campaign_app.domain.ports import Clock

T = TypeVar("T")
# a lease (30 s unless a queue says otherwise) that begins a little later; flows try again for longer than that
HIDDEN: Final = timedelta(seconds=32)
_FRESH: Final = timedelta(seconds=31)
_CURSOR: Final = re.compile(r"([0-9]{1,15})(?:\+([0-9]{1,11}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Received(Generic[T]):
    """What one question brought; `handles` delete what could be read, `broken` messages could not be."""

    items: Sequence[T]
    handles: Sequence[str]
    broken: int = 0


class LeaseQueue(Generic[T]):
    """Threads may share it: two that ask for the same page get the same one."""

    def __init__(
        self, receive: Callable[[], Received[T]], delete: Callable[[Sequence[str]], None], clock: Clock
    ) -> None:
        """`receive` raises OutcomeUnknown where messages may have been leased and not arrived."""
        self._receive, self._delete, self._clock = receive, delete, clock
        self._opened: int | None = None
        self._cut_until: datetime | None = None
        self._held: tuple[int, Page[T]] | None = None
        self._handles: Sequence[str] = ()
        self._lock = Lock()

    def page(self, cursor: str) -> Page[T]:
        """Raises what `receive` and `delete` raise, and RemoteUnavailable("replies_hidden")."""
        number, until = _read(cursor)
        with self._lock:
            if self._held is not None and self._held[0] == number and until is not None:
                return self._held[1]
            self._delete_stored(cursor)
            now = self._clock()
            if until is None or (self._opened == number and until - now < _FRESH):
                return self._open(number, now)
            if self._opened == number:
                return self._received(number, now)
            return self._after_another(number, max(until, self._cut_until or until), now)

    def _after_another(self, number: int, until: datetime, now: datetime) -> Page[T]:
        if now < until <= now + HIDDEN:
            left = (until - now).total_seconds()
            raise RemoteUnavailable("replies_hidden", "Replies may be out of sight", retry_after=left)
        if until > now:  # the clock was set back: nobody knows when that was
            self._cut_until = None
            return Page((), _open_cursor(number, now), more=True)
        return self._open(number, now)

    def _delete_stored(self, cursor: str) -> None:
        """Only the very cursor of the page that was handed out says that it is stored."""
        stored = self._held is not None and self._held[1].next_cursor == cursor
        handles, self._handles = self._handles if stored else (), ()
        if handles:
            self._delete(handles)

    def _open(self, number: int, now: datetime) -> Page[T]:
        self._opened = number
        return Page((), _open_cursor(number, now), more=True)

    def _received(self, number: int, now: datetime) -> Page[T]:
        try:
            found = self._receive()
        except OutcomeUnknown:
            self._opened, self._cut_until = None, self._clock() + HIDDEN
            raise
        more = bool(found.items or found.broken)
        cursor = _open_cursor(number + 1, now) if more else str(number + 1)
        page = Page(tuple(found.items), cursor, more, found.broken)
        if more:  # an empty page says nothing of what came since
            self._held, self._handles, self._opened = (number, page), found.handles, number + 1
        return page


def _open_cursor(number: int, now: datetime) -> str:
    return f"{number}+{int((now + HIDDEN).timestamp())}"


def _read(cursor: str) -> tuple[int, datetime | None]:
    """A cursor that nobody here wrote counts as one at the start."""
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        return 0, None
    return int(found[1]), datetime.fromtimestamp(int(found[2]), UTC) if found[2] else None
