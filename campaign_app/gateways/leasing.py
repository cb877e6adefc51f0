"""A provider's queue that leases its messages, behind the cursors of `jobs.ports.Gateway`.

A message that is not deleted before its lease ends comes again, so it is deleted only once whoever polls has stored
its page: the next question, by the page's cursor, is the proof. As long as messages come a page is followed by another
question at once, so that leases are not over by then. What comes again all the same has the id that it had.

While a lease runs nobody else sees the message, and an opt-out that another process leased and never stored would be
waiting unseen. So the cursor is stored as open (`7+`, until when and by whom) before anything is leased, and an open
cursor of another process, or one under which an answer did not arrive, gives an error until every lease of then is
over. Where two store one at once the first is right (`InboxStore`), and the other waits for its leases.

What nobody can read is leased like the rest and not deleted: as long as its lease runs, every page says that it is
there (`Page.broken`), and the cursor stays open, so that another process waits until it can be seen again.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final, Generic, TypeVar

from campaign_app.domain.errors import OutcomeUnknown, RemoteUnavailable
from campaign_app.domain.message import Page
from campaign_app.domain.ports import Clock

T = TypeVar("T")
# of a message, unless a queue says otherwise, and a second for clocks that differ
LEASE: Final = timedelta(seconds=31)
# messages are asked for within this time of the moment that their cursor bears; what is slow is done before (`ready`)
_FRESH: Final = timedelta(seconds=5)
# a question that takes as long as it may (`transport.aliyun_queues.ONCE`: 5 s to connect, 10 s to answer) and leases at
# its end; flows try again for longer than that (`jobs.retrying`)
HIDDEN: Final = _FRESH + timedelta(seconds=15) + LEASE
_CURSOR: Final = re.compile(r"([0-9]{1,15})(?:\+([0-9]{1,14})(\+[0-9a-f]+)?)?", re.ASCII)
_EPOCH: Final = datetime.fromtimestamp(0, UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Received(Generic[T]):
    """What one question brought; `handles` delete what is done with, `broken` messages could not be read and stay."""

    items: Sequence[T]
    handles: Sequence[str]
    broken: int = 0


class LeaseQueue(Generic[T]):
    """Threads may share it: two that ask for the same page get the same one."""

    def __init__(
        self,
        ready: Callable[[], None],
        receive: Callable[[], Received[T] | None],
        delete: Callable[[Sequence[str]], None],
        clock: Clock,
    ) -> None:
        """`ready` does beforehand whatever else a question needs. `receive` raises OutcomeUnknown where messages may

        have been leased and not arrived; None where none was and `ready` has to be called again.
        """
        self._ready, self._receive, self._delete, self._clock = ready, receive, delete, clock
        self._mine = f"+{secrets.token_hex(4)}"
        self._opened: int | None = None
        self._cut_until: datetime | None = None
        self._unread: tuple[datetime, int] | None = None
        self._held: tuple[int, Page[T]] | None = None
        self._handles: Sequence[str] = ()
        self._lock = Lock()

    def page(self, cursor: str) -> Page[T]:
        """Raises what `ready`, `receive` and `delete` raise, and RemoteUnavailable("replies_hidden")."""
        number, until, opened_by = _read(cursor)
        with self._lock:
            if self._held is not None and self._held[0] == number and until is not None:
                return self._held[1]
            self._delete_stored(cursor)
            self._ready()
            now, mine = self._clock(), self._opened == number and opened_by == self._mine
            if until is None or (mine and until - now < HIDDEN - _FRESH):
                return self._open(number, now)
            if mine:
                return self._received(number, now)
            return self._after_another(number, max(until, self._cut_until or until), now)

    def _after_another(self, number: int, until: datetime, now: datetime) -> Page[T]:
        if now < until <= now + HIDDEN:
            left = (until - now).total_seconds()
            raise RemoteUnavailable("replies_hidden", "Replies may be out of sight", retry_after=left)
        if until > now:  # the clock was set back: nobody knows when that was
            self._cut_until = None
            return Page((), self._open_cursor(number, now), more=True)
        return self._open(number, now)

    def _delete_stored(self, cursor: str) -> None:
        """Only the very cursor of the page that was handed out says that it is stored."""
        stored = self._held is not None and self._held[1].next_cursor == cursor
        handles, self._handles = self._handles if stored else (), ()
        if handles:
            self._delete(handles)

    def _open(self, number: int, now: datetime) -> Page[T]:
        self._opened = number
        return Page((), self._open_cursor(number, now), more=True)

    def _received(self, number: int, now: datetime) -> Page[T]:
        try:
            found = self._receive()
        except OutcomeUnknown:
            # the cursor says as much, unless the machine slept under the question
            self._opened, self._cut_until = None, self._clock() + LEASE
            raise
        if found is None:
            return self._open(number, now)
        if not (found.handles or found.broken):
            return self._at_the_end(number, now)
        if found.broken:
            self._unread = self._clock() + LEASE, found.broken
        page = Page(tuple(found.items), self._open_cursor(number + 1, now), more=True, broken=found.broken)
        self._held, self._handles, self._opened = (number, page), found.handles, number + 1
        return page

    def _at_the_end(self, number: int, now: datetime) -> Page[T]:
        """Not held: an empty page says nothing of what came since."""
        if self._unread is not None and now < self._unread[0]:
            return Page((), self._open_cursor(number, now), more=False, broken=self._unread[1])
        return Page((), str(number + 1), more=False)

    def _open_cursor(self, number: int, now: datetime) -> str:
        return f"{number}+{(now + HIDDEN - _EPOCH) // _MILLISECOND}{self._mine}"


def _read(cursor: str) -> tuple[int, datetime | None, str]:
    """Its number, until when leases may run, and who opened it. One that nobody here wrote counts as the start."""
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        return 0, None, ""
    return int(found[1]), _EPOCH + int(found[2]) * _MILLISECOND if found[2] else None, found[3] or ""
