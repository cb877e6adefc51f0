"""The files that are being imported, kept open between their chunks; several imports may run at once."""

from __future__ import annotations

from threading import Lock
from typing import Final

from campaign_app.services.import_parts import Parts

FILES_OPEN: Final = 4


class OpenSessions:
    """The few that were kept last; whoever needs another one reads its file again. Threads may share it."""

    def __init__(self) -> None:
        self._sessions: dict[int, Parts] = {}
        self._lock = Lock()

    def get(self, import_id: int) -> Parts | None:
        with self._lock:
            return self._sessions.get(import_id)

    def keep(self, import_id: int, session: Parts) -> None:
        with self._lock:
            before = self._sessions.pop(import_id, None)
            gone = [] if before is None or before is session else [before]
            self._sessions[import_id] = session
            while len(self._sessions) > FILES_OPEN:
                gone.append(self._sessions.pop(next(iter(self._sessions))))
        for each in gone:
            each.close()

    def drop(self, import_id: int) -> None:
        with self._lock:
            gone = self._sessions.pop(import_id, None)
        if gone is not None:
            gone.close()
