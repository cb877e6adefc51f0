"""How a worker is told to stop: what is being handed over comes to its end, and nothing more begins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, get_ident


class Halt:
    """The threads that send ask before every batch; once the worker is to stop, they stand still until it has."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._stopping = False
        self._sending: set[int] = set()

    @contextmanager
    def sending(self) -> Iterator[None]:
        self.before_a_batch()
        try:
            yield
        finally:
            with self._changed:
                self._sending.discard(get_ident())
                self._changed.notify_all()

    def before_a_batch(self) -> None:
        with self._changed:
            self._sending.discard(get_ident())
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._stopping)
            self._sending.add(get_ident())

    def stop(self, seconds: float) -> bool:
        """Whether every batch that was begun has come to its end in time."""
        with self._changed:
            self._stopping = True
            return self._changed.wait_for(lambda: not self._sending, seconds)

    def release(self) -> None:
        """Where the process goes on after all."""
        with self._changed:
            self._stopping = False
            self._changed.notify_all()
