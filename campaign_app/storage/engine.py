"""The embedded database: SQLAlchemy on SQLCipher, one raw key, explicit transactions, errors that a user may meet.

A connection gets its key before anything else happens on it, by PRAGMA: never in a URL, a repr or a log.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from time import sleep  # noqa: TID251 for a lock of the file, as SQLite does
from typing import Any, Final

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from campaign_app.domain.errors import AppError, WorkspaceError
from campaign_app.storage.keys import KEY_BYTES
from campaign_app.storage.pages import Look, look
from campaign_app.storage.turns import Turns

BUSY_SECONDS: Final = 30
PATIENT: Final = f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}"
IMPATIENT: Final = "PRAGMA busy_timeout = 0"
_LOOK_SECONDS: Final = 0.002
CACHE_KIB: Final = 8_192  # of each connection; twice as much makes neither dispatch nor the table faster
# of one transaction in bulk: pages that do not fit are encrypted and written again and again before the commit
BULK_CACHE_KIB: Final = 49_152
# WAL with synchronous=NORMAL may lose the last commits when the power fails: a claimed batch must not be forgotten
_PRAGMAS: Final = (
    PATIENT,
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # without it REPLACE deletes append-only rows past their triggers
    "PRAGMA recursive_triggers = ON",
    "PRAGMA temp_store = MEMORY",
    # fewer, larger checkpoints: a fifth more rows a second in bulk
    "PRAGMA wal_autocheckpoint = 8000",
    "PRAGMA journal_size_limit = 67108864",
    f"PRAGMA cache_size = -{CACHE_KIB}",
)
# by which a workspace that was moved away refuses every change (`storage.moved`)
FENCED: Final = "moved"
FENCED_ERROR: Final = ("moved_meanwhile", "The workspace was moved elsewhere; nothing was changed")
_BUSY, _CONSTRAINT, _IO_ERROR, _FULL = 5, 19, 10, 13
# what the index of the log takes as it begins
_ROOM: Final = 65_536
_TROUBLE: Final = {
    5: ("busy", "The workspace is busy with another program"),
    6: ("busy", "The workspace is busy with another program"),
    8: ("read_only", "The workspace cannot be written"),
    10: ("disk_error", "The disk of the workspace reports an error"),
    11: ("damaged", "The workspace is damaged"),
    13: ("disk_full", "The disk is full; nothing was changed"),
    14: ("workspace_gone", "The workspace's database cannot be opened any more"),
    26: ("damaged", "The workspace is damaged"),
}


@dataclass(frozen=True, slots=True)
class Database:
    """Transactions of one engine: `read` sees one moment, `write` holds the write lock from its first statement.

    `look` is `read` for one statement, which sees one moment by itself.
    """

    engine: Engine
    _writer: Engine = field(init=False, repr=False)
    _turns: Turns = field(init=False, repr=False, default_factory=Turns)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_writer", self.engine.execution_options(immediate=True))

    def read(self) -> AbstractContextManager[Connection]:
        return self._turns.taken(self.engine.connect)

    def look(self) -> AbstractContextManager[Connection]:
        return self.read()

    def write(self) -> AbstractContextManager[Connection]:
        return self._turns.taken(self._writer.begin)

    @contextmanager
    def write_much(self, cache_kib: int = BULK_CACHE_KIB) -> Iterator[Connection]:
        """`write` for thousands of rows at once: a quarter to a third faster. Rows in order need less of a cache."""
        with self._writer.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute(f"PRAGMA cache_size = -{cache_kib}")
            try:
                with connection.begin():
                    yield connection
            finally:
                driver.execute(f"PRAGMA cache_size = -{CACHE_KIB}")


def open_engine(path: Path, key: bytes, *, create: bool = False) -> Engine:
    """The engine of the workspace's own database. Never makes a file unless `create`, and then only a new one."""
    engine = _engine(path, key, create=create, isolation_level=None)
    event.listen(engine, "begin", _begin)
    _first_connection(engine, path.parent)
    event.listen(engine, "handle_error", partial(_translate, path.parent))
    return engine


def open_flows_engine(path: Path, key: bytes, *, create: bool = False) -> Engine:
    """The engine for the durable flows' system database; transactions as DBOS makes them on engines of its own."""
    engine = _engine(path, key, create=create, isolation_level="IMMEDIATE")
    _first_connection(engine, path.parent)
    return engine


def _engine(path: Path, key: bytes, *, create: bool, isolation_level: str | None) -> Engine:
    _check_file(path, key, create=create)

    def connect() -> Any:
        return _connect(path, key, isolation_level)

    return create_engine(
        "sqlite://",
        module=sqlcipher,
        creator=connect,
        poolclass=QueuePool,
        pool_size=4,
        max_overflow=12,
        pool_use_lifo=True,  # the connection with the warmest cache
        hide_parameters=True,
    )


def _check_file(path: Path, key: bytes, *, create: bool) -> None:
    if len(key) != KEY_BYTES:
        raise WorkspaceError("wrong_key", "The key does not have 32 bytes")
    if create:
        _make_empty(path)
        return
    seen = look(path, key)
    if seen is Look.OTHER_KEY:
        raise WorkspaceError("wrong_key", "The key does not fit the database", file=path.name)
    if seen is not Look.FITS:
        raise WorkspaceError("not_a_workspace", "This is not an encrypted workspace database", file=path.name)


def _make_empty(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise WorkspaceError("cannot_create", "The database file cannot be created", file=path.name) from error


def _connect(path: Path, key: bytes, isolation_level: str | None) -> Any:
    connection = sqlcipher.connect(
        f"{path.absolute().as_uri()}?mode=rw", uri=True, check_same_thread=False, isolation_level=isolation_level
    )
    try:
        _prepare(connection, path, key)
    except sqlcipher.Error:
        connection.close()
        raise
    return connection


def _is_full(folder: Path) -> bool:
    """Found out by writing: no figure tells what a quota has left."""
    try:
        with TemporaryFile(dir=folder) as probe:
            probe.write(bytes(_ROOM))
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return False


def _prepare(connection: Any, path: Path, key: bytes) -> None:
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.execute("SELECT count(*) FROM sqlite_master")
    if path.stat().st_size == 0:
        # before the first page: only such a file can be made smaller bit by bit (`storage.upkeep`)
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _first_connection(engine: Engine, folder: Path) -> None:
    try:
        engine.connect().close()
    except (DBAPIError, sqlcipher.Error) as error:
        engine.dispose()
        trouble = trouble_of(getattr(error, "orig", error), folder)
        if trouble is not None and trouble.code == "workspace_gone":  # it is there: what cannot be made is its log
            trouble = WorkspaceError(*_TROUBLE[8])
        raise trouble or error from None


def _begin(connection: Connection) -> None:
    """Straight to the driver: a batch begins some fifty transactions."""
    immediate = connection.get_execution_options().get("immediate", False)
    driver = connection.connection.driver_connection
    assert driver is not None
    try:
        if immediate:
            _begin_writing(driver)
        else:
            driver.execute("BEGIN")
    except sqlcipher.Error as error:
        raise trouble_of(error) or error from error


def _begin_writing(driver: Any) -> None:
    """Looks for the write lock every other millisecond, and never longer than SQLite itself would.

    Beside an import it is free for some milliseconds in every hundred. SQLite soon looks ten times a second only, and
    misses that for seconds.
    """
    driver.execute(IMPATIENT)
    try:
        # counted, as SQLite counts its own waits: a machine that sleeps takes nobody's
        for left in range(round(BUSY_SECONDS / _LOOK_SECONDS), -1, -1):
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlcipher.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != _BUSY or not left:
                    raise
                sleep(_LOOK_SECONDS)
            else:
                return
    finally:
        driver.execute(PATIENT)


def _translate(folder: Path, context: ExceptionContext) -> BaseException | None:
    return trouble_of(context.original_exception, folder)


def trouble_of(error: BaseException | None, folder: Path | None = None) -> AppError | None:
    """What a user is told of a driver's error; None of one that is a bug.

    `folder`: of the databases, where something was to be written. SQLite speaks of the disk where a quota is used up,
    and where the index of its log finds no room.
    """
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == _CONSTRAINT and str(error) == FENCED:
        return WorkspaceError(*FENCED_ERROR)
    if code == _IO_ERROR and folder is not None and _is_full(folder):
        code = _FULL
    return WorkspaceError(*_TROUBLE[code]) if code in _TROUBLE else None
