"""One transaction of a process after another, where that costs nobody much: each finds what the one before had read.

A connection forgets every page that it has read and decrypted as soon as another one commits. The pool hands out the
one that was given back last: threads that take turns share its pages, others take them from each other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from time import monotonic
from typing import Final

from sqlalchemy import Connection

PATIENCE: Final = 0.02  # seconds; a transaction of a batch takes one to ten milliseconds


class Turns:
    """A preference and no lock: whoever takes longer than `PATIENCE` is waited for by nobody."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._since = 0.0
        self._whose = 0

    @contextmanager
    def taken(self, begin: Callable[[], AbstractContextManager[Connection]]) -> Iterator[Connection]:
        mine = threading.get_ident()
        left = max(0.0, PATIENCE - (monotonic() - self._since))
        if self._whose == mine or not self._lock.acquire(timeout=left):
            with begin() as connection:
                yield connection
            return
        self._since, self._whose = monotonic(), mine
        try:
            with begin() as connection:
                yield connection
        finally:
            self._whose = 0
            self._lock.release()
