"""The files that are being imported, kept open between their chunks; several imports may run at once."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from campaign_app.services.import_session import Session

FILES_OPEN: Final = 4


class OpenSessions:
    """The few that were kept last; whoever needs another one reads its file again. Threads may share it."""

    def __init__(self) -> None:
        self._sessions: dict[int, Session] = {}
        self._lock = Lock()

    def get(self, import_id: int) -> Session | None:
        with self._lock:
            return self._sessions.get(import_id)

    def keep(self, import_id: int, session: Session) -> None:
        with self._lock:
            self._sessions[import_id] = session
            while len(self._sessions) > FILES_OPEN:
                del self._sessions[next(iter(self._sessions))]

    def drop(self, import_id: int) -> None:
        with self._lock:
            self._sessions.pop(import_id, None)
