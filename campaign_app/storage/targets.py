"""What a workspace is copied into: a new folder with a database, or a new folder and a database on a server.

Nothing that is there is ever overwritten, but what an earlier move of the same folder left unfinished.
"""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Protocol

import sqlalchemy as sa

from campaign_app.domain.errors import AppError, WorkspaceError
from campaign_app.storage import copies, schema, team
from campaign_app.storage.engine import Database, open_engine, open_flows_engine
from campaign_app.storage.folders import require_place
from campaign_app.storage.header import FILE, MOVING_FORMAT, Header, flush_folder, read_header
from campaign_app.storage.homes import DATABASE, FLOWS
from campaign_app.storage.migrate import migrate
from campaign_app.storage.moved import MOVING, MOVING_FROM, begin, came_from
from campaign_app.storage.postgres import SCHEMA, ServerDatabase, hold_move, open_server
from campaign_app.storage.server import Server

RULES: Final = "rules"
_FILES: Final = (FILE, *(f"{name}{end}" for name in (DATABASE, FLOWS) for end in ("", "-wal", "-shm")))
_HAS: Final = sa.text("SELECT to_regnamespace(:name) IS NOT NULL")
_HAS_TABLES: Final = sa.text("SELECT to_regclass('meta') IS NOT NULL")
_FLOWS_SCHEMA: Final = "dbos"


class Target(Protocol):
    """`header` is of a move that is not finished. Nothing of it is opened by anybody before `finish`."""

    @property
    def folder(self) -> Path: ...
    @property
    def header(self) -> Header: ...
    @property
    def database(self) -> Database: ...
    @property
    def told(self) -> str:
        """Where it is, in words for a person."""
        ...

    def filling(self) -> AbstractContextManager[sa.Connection]:
        """Empty tables, and a transaction in which they are filled; `database` reads what was committed."""
        ...

    def put_in_place(self, rules: Path) -> None:
        """Whole, with the merchant's own rules beside it, and known as unfinished."""
        ...

    def clear(self) -> None: ...


@dataclass(slots=True)
class FolderTarget:
    """An embedded workspace, made aside."""

    folder: Path
    header: Header
    key: bytes = field(repr=False)
    aside: Path
    database: Database = field(repr=False)

    @property
    def told(self) -> str:
        return str(self.folder)

    @contextmanager
    def filling(self) -> Iterator[sa.Connection]:
        migrate(self.database, new=True)
        open_flows_engine(self.aside / FLOWS, self.key, create=True).dispose()
        with self.database.write_much() as connection:
            begin(connection, self.header)
            yield connection

    def put_in_place(self, rules: Path) -> None:
        self.database.engine.dispose()
        _put(self.aside, self.folder, self.header, rules)
        self.database = Database(open_engine(self.folder / DATABASE, self.key))

    def close(self) -> None:
        self.database.engine.dispose()

    def clear(self) -> None:
        self.close()
        shutil.rmtree(self.aside, ignore_errors=True)
        _remove(self.folder, self.header)


@dataclass(slots=True)
class ServerTarget:
    """A team's workspace: a folder that names the server, and the tables there."""

    folder: Path
    header: Header
    aside: Path
    database: Database = field(repr=False)
    lock: sa.Connection = field(repr=False)

    @property
    def told(self) -> str:
        return f"{self.folder} ({self.header.server})"

    @contextmanager
    def filling(self) -> Iterator[sa.Connection]:
        with self.database.write() as connection:
            _require_free(connection, self.header)
            _drop(connection)
            team.fill(connection, self.header)
            connection.execute(sa.delete(schema.meta).where(schema.meta.c.name == "workspace_id"))
            begin(connection, self.header)
            yield connection

    def put_in_place(self, rules: Path) -> None:
        if self.lock.closed or self.lock.invalidated:
            raise WorkspaceError("server_unreachable", "The workspace's server cannot be reached")
        self.lock.exec_driver_sql("SELECT 1")
        _put(self.aside, self.folder, self.header, rules)

    def clear(self) -> None:
        shutil.rmtree(self.aside, ignore_errors=True)
        _remove(self.folder, self.header)
        with suppress(AppError), self.database.write() as connection:  # the next move drops it, if this one cannot
            if _unfinished(connection, self.header) == self.header.move_id:
                _drop(connection)


@contextmanager
def into_folder(folder: Path, header: Header, key: bytes) -> Iterator[FolderTarget]:
    aside = _begin(folder, header)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, aside, ignore_errors=True)
        target = FolderTarget(folder, header, key, aside, Database(open_engine(aside / DATABASE, key, create=True)))
        stack.callback(target.close)
        yield target


@contextmanager
def into_server(folder: Path, plain: Header, key: bytes, server: Server, password: str) -> Iterator[ServerTarget]:
    header = replace(team.with_server(plain, key, server, password), format=MOVING_FORMAT)
    database = ServerDatabase(open_server(server, password))
    with ExitStack() as stack:
        stack.callback(database.engine.dispose)
        lock = stack.enter_context(hold_move(database.engine))
        with database.read() as connection:
            team.require_fit(connection)
            _require_free(connection, header)
        aside = _begin(folder, header)
        stack.callback(shutil.rmtree, aside, ignore_errors=True)
        yield ServerTarget(folder, header, aside, database, lock)


def _require_free(connection: sa.Connection, header: Header) -> None:
    """Raises WorkspaceError unless there is nothing but what an earlier move of this folder left unfinished."""
    there = [name for name in (SCHEMA, _FLOWS_SCHEMA) if connection.execute(_HAS, {"name": name}).scalar_one()]
    if there and not (there == [SCHEMA] and _unfinished(connection, header)):
        raise WorkspaceError("server_in_use", "The database has a workspace already")


def _unfinished(connection: sa.Connection, header: Header) -> str:
    """The id of a move of this very folder that was never finished here; "" for none.

    The folder can be moved again, so that one was not decided. Of another folder's nobody here can tell.
    """
    if not connection.execute(_HAS_TABLES).scalar_one():
        return ""
    meta = copies.meta_of(connection)
    marks = (meta.get("workspace_id"), meta.get("key_check"), meta.get(MOVING_FROM))
    return meta.get(MOVING, "") if marks == (header.workspace_id, header.key_check, came_from(header)) else ""


def _drop(connection: sa.Connection) -> None:
    connection.execute(sa.schema.DropSchema(SCHEMA, cascade=True, if_exists=True))


def _begin(folder: Path, header: Header) -> Path:
    """A folder beside the one that is to be; raises WorkspaceError unless that is free, and apart from the old one."""
    if folder.resolve().is_relative_to(header.moved_from):
        raise WorkspaceError(
            "move_inside", "Whoever removes the old folder would remove the new one", folder=str(folder)
        )
    _remove(folder, header, but=header.move_id)
    require_place(folder)
    aside = folder.parent / f".{folder.name}.{uuid.uuid4().hex[:12]}"
    try:
        aside.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise _unwritable(folder, error) from error
    return aside


def _put(aside: Path, folder: Path, header: Header, rules: Path) -> None:
    try:
        if rules.is_dir():
            shutil.copytree(rules, aside / RULES, copy_function=_copy_flushed)
            flush_folder(aside / RULES)
        header.write(aside)
        if folder.exists():
            folder.rmdir()
        aside.rename(folder)
        flush_folder(folder.parent)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _copy_flushed(source: str, target: str) -> str:
    shutil.copyfile(source, target)  # without its rights: it may not be writable
    with Path(target).open("rb+") as file:
        os.fsync(file.fileno())
    return target


def _unwritable(folder: Path, error: OSError) -> WorkspaceError:
    code = "disk_full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "cannot_create"
    return WorkspaceError(code, "The workspace cannot be created here", folder=str(folder))


def _remove(folder: Path, header: Header, *, but: str = "") -> None:
    """What a move of this very folder left here unfinished."""
    try:
        found = read_header(folder)
    except WorkspaceError:
        return
    same = (found.workspace_id, found.key_check, found.moved_from)
    if found.move_id in ("", but) or same != (header.workspace_id, header.key_check, header.moved_from):
        return
    for name in _FILES:
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / RULES, ignore_errors=True)
    with suppress(OSError):  # what else lies there stays
        folder.rmdir()
