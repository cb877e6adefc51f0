"""The files that are being imported, kept open between their chunks; several imports may run at once."""

from __future__ import annotations

from threading import Lock
from typing import Final

from campaign_app.services.import_parts import Parts

FILES_OPEN: Final = 4


class OpenSessions:
    """Whoever is at work on a file has it until `drop`; of those that were only begun here the last few are kept.

    Threads may share it.
    """

    def __init__(self) -> None:
        self._begun: dict[int, Parts] = {}
        self._at_work: dict[int, Parts] = {}
        self._lock = Lock()

    @property
    def few(self) -> bool:
        """Whether another process may read for one more: each has a file and some memory of its own."""
        with self._lock:
            return len(self._at_work) < FILES_OPEN

    def take_up(self, import_id: int) -> Parts | None:
        with self._lock:
            begun = self._begun.pop(import_id, None)
            return self._at_work.get(import_id) if begun is None else self._at_work.setdefault(import_id, begun)

    def begin(self, import_id: int, session: Parts) -> None:
        """For whoever takes it up in this process, if anybody does."""
        with self._lock:
            self._begun.pop(import_id, None)
            self._begun[import_id] = session
            gone = self._begun.pop(next(iter(self._begun))) if len(self._begun) > FILES_OPEN else None
        if gone is not None:
            gone.close()

    def keep(self, import_id: int, session: Parts) -> None:
        with self._lock:
            before, self._at_work[import_id] = self._at_work.get(import_id), session
        if before is not None and before is not session:
            before.close()

    def drop(self, import_id: int) -> None:
        with self._lock:
            gone = [each.pop(import_id, None) for each in (self._begun, self._at_work)]
        for session in gone:
            if session is not None:
                session.close()
