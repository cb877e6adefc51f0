"""Where an open workspace lives: its files, or its server. Who else is at work on it, and whether it is still there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy import Connection, Engine

from campaign_app.storage import locks
from campaign_app.storage.postgres import has_worker, hold_worker, holds_worker

DATABASE: Final = "workspace.db"
FLOWS: Final = "flows.db"
_SIZE: Final = "SELECT pg_database_size(current_database())"


class Home(Protocol):
    @property
    def shared(self) -> bool: ...
    def lock(self, name: locks.LockName, /) -> AbstractContextManager[None]: ...
    def has_worker(self) -> bool: ...
    def gone(self) -> bool: ...
    def size(self) -> int: ...


@dataclass(frozen=True, slots=True)
class FileHome:
    """A workspace whose databases are files in its folder."""

    folder: Path
    inode: int
    shared: bool = field(default=False, init=False)

    @classmethod
    def of(cls, folder: Path) -> FileHome:
        return cls(folder, (folder / DATABASE).stat().st_ino)

    def lock(self, name: locks.LockName) -> AbstractContextManager[None]:
        return locks.lock(self.folder, name)

    def has_worker(self) -> bool:
        return locks.holder(self.folder, "worker") is not None

    def gone(self) -> bool:
        """Whether the database was moved away, removed or exchanged: what is written now would be lost in silence."""
        try:
            return self.inode != (self.folder / DATABASE).stat().st_ino
        except OSError:
            return True

    def size(self) -> int:
        size = 0
        for file in self.folder.iterdir():
            with suppress(OSError):  # a log that was just taken in
                size += file.stat().st_size
        return size


class ServerHome:
    """A workspace on a server: one window for each folder that names it, and one worker among all of them."""

    __slots__ = ("_engine", "_folder", "_held")
    shared: Final = True

    def __init__(self, folder: Path, engine: Engine) -> None:
        self._folder = folder
        self._engine = engine
        self._held: Connection | None = None

    @contextmanager
    def lock(self, name: locks.LockName) -> Iterator[None]:
        with locks.lock(self._folder, name):
            if name != "worker":
                yield
                return
            with hold_worker(self._engine) as connection:
                self._held = connection
                try:
                    yield
                finally:
                    self._held = None

    def has_worker(self) -> bool:
        return has_worker(self._engine)

    def gone(self) -> bool:
        """Whether this process was the worker and may be so no longer: the server let go of its lock."""
        return self._held is not None and not holds_worker(self._held)

    def size(self) -> int:
        with self._engine.connect() as connection:
            return int(connection.exec_driver_sql(_SIZE).scalar_one())
