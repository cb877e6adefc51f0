"""Where an open workspace lives: its files, or its server. Who else is at work on it, and whether it is still there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy import Engine

from campaign_app.domain.errors import WorkspaceError
from campaign_app.domain.team import EVERY_ROLE, Role
from campaign_app.storage import header, locks
from campaign_app.storage.leases import SqlLeases
from campaign_app.storage.leasing import Lease, awake
from campaign_app.storage.postgres import ServerDatabase, fence
from campaign_app.storage.roles.standing import lacks_roles, roles_of
from campaign_app.storage.upkeep import give_back
from campaign_app.storage.waiting import Takers

DATABASE: Final = header.DATABASE
FLOWS: Final = "flows.db"
_SIZE: Final = "SELECT pg_database_size(current_database())"


@dataclass(frozen=True, slots=True)
class Hand:
    """What a worker of a team's workspace says of itself as it enters. `lost`: see `Lease`."""

    version: str
    queues: Sequence[str]
    seconds: float
    lost: Callable[[], object]


class Home(Protocol):
    @property
    def shared(self) -> bool: ...
    def lock(self, name: locks.LockName, /) -> AbstractContextManager[None]: ...
    def work(self, hand: Hand, /) -> AbstractContextManager[Lease | None]: ...
    def has_worker(self) -> bool: ...
    def takers(self) -> Takers | None: ...
    def roles_of(self, login: str, /) -> frozenset[Role]: ...
    def gone(self) -> bool: ...
    def size(self) -> int: ...
    def close(self) -> None: ...
    def keep_small(self, *files: Engine) -> int: ...


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

    @contextmanager
    def work(self, _hand: Hand) -> Iterator[None]:
        with self.lock("worker"):
            yield None

    def has_worker(self) -> bool:
        return locks.holder(self.folder, "worker") is not None

    def takers(self) -> None:
        """Its one worker takes everything."""

    def roles_of(self, _login: str) -> frozenset[Role]:
        return EVERY_ROLE

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

    def close(self) -> None:
        """Files are closed with their databases."""

    def keep_small(self, *files: Engine) -> int:
        """A step of it; by how many pages they are smaller."""
        return sum(give_back(each, self.folder) for each in files)


class ServerHome:
    """A workspace on a server: one window for each folder that names it, and any number of workers."""

    __slots__ = ("_beats", "_database", "_folder", "_lease", "leases")
    shared: Final = True

    def __init__(self, folder: Path, database: ServerDatabase, beats: Engine) -> None:
        self._folder = folder
        self._database = database
        self._beats = beats
        self.leases = SqlLeases(database, beats)
        self._lease: Lease | None = None

    def lock(self, name: locks.LockName) -> AbstractContextManager[None]:
        return locks.lock(self._folder, name)

    @contextmanager
    def work(self, hand: Hand) -> Iterator[Lease]:
        """Raises WorkspaceError `other_version`, `no_roles` where the server lacks those that the workspace has.

        The lease is given back behind it, and nothing is written then.
        """
        with self._database.read() as connection:
            if lacks_roles(connection):
                raise WorkspaceError("no_roles", "The server does not know the workspace's roles")
        number = self.leases.enter(hand.version, hand.queues, hand.seconds)
        lease = Lease(self.leases, number, hand.seconds, hand.lost, awake)
        fence(self._database.engine, number, hand.seconds, lease.give_up)
        lease.renew()
        # beside everything else: neither a long step nor a writer that is waited for must cost the lease
        keeper = threading.Thread(target=lease.keep, daemon=True)  # noqa: TID251
        keeper.start()
        self._lease = lease
        try:
            yield lease
        finally:
            lease.stop()
            keeper.join(10)  # what it waits for is given back before the connections are closed
            with suppress(WorkspaceError):  # a server that is away notices by itself
                self.leases.leave(number)

    def has_worker(self) -> bool:
        return self.leases.somebody()

    def takers(self) -> Takers:
        return Takers(self.leases.at_work(), self.leases.ended())

    def roles_of(self, login: str) -> frozenset[Role]:
        with self._database.read() as connection:
            return roles_of(connection, login)

    def gone(self) -> bool:
        """Whether this process was a worker and is so no longer."""
        return self._lease is not None and self._lease.lost

    def size(self) -> int:
        with self._database.engine.connect() as connection:
            return int(connection.exec_driver_sql(_SIZE).scalar_one())

    def close(self) -> None:
        self._beats.dispose()

    def keep_small(self, *_files: Engine) -> int:
        """The server does it by itself."""
        return 0
