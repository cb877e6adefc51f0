"""A backup of an open workspace: both databases as they were at one moment, in one sealed file.

Order. Nobody commits to the workspace while the two snapshots begin, and that of the flows begins first. A step of a
flow commits to the workspace before it is put down as done, so the flows of a backup know of nothing that its
workspace does not: what they may lack was done already, as after a kill between the two, and steps may run twice. The
other way round a step would be "done" of which the workspace knows nothing, and its work would be lost.
"""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine

from campaign_app.domain.errors import WorkspaceError
from campaign_app.sealing import CHUNK, Sealer
from campaign_app.storage.backup_file import EMBEDDED, MAGIC, Head, Manifest
from campaign_app.storage.engine import trouble_of
from campaign_app.storage.header import flush_folder
from campaign_app.storage.workspace import DATABASE, FLOWS, Workspace

PAGES_AT_ONCE: Final = 512
_FULL: Final = "database or disk is full"
Tick = Callable[[float], object]


class Lock(Protocol):
    """What opens the backup later."""

    @property
    def opens_by(self) -> str: ...
    @property
    def key_lives(self) -> str: ...
    @property
    def kept(self) -> Mapping[str, str | int]: ...
    @property
    def carried(self) -> bytes:
        """The workspace's key, where the backup has to bring it along; else nothing."""
        ...

    def seal(self, stream_key: bytes, backup_id: str, /) -> Mapping[str, str | int]: ...


@dataclass(frozen=True, slots=True)
class Made:
    file: Path
    size: int
    made_at: datetime


def create_backup(workspace: Workspace, key: bytes, lock: Lock, target: Path, at: datetime, tick: Tick) -> Made:
    """Replaces `target` only by a file that is whole and on the disk, and only if it is a backup, or empty.

    `tick` is told how far it is (0 to 1) and may raise to cancel. Raises WorkspaceError `disk_full`,
    `backup_unwritable`, `backup_other_file`, and `damaged` where the workspace cannot be read to its end.
    """
    aside = target.parent / f".{target.name}.{uuid.uuid4().hex[:12]}"
    with ExitStack() as undo, writing(target):
        _require_replaceable(target)
        undo.callback(shutil.rmtree, aside, ignore_errors=True)
        aside.mkdir(mode=0o700)
        copy_databases(workspace, key, aside, lambda done: tick(done / 2))
        whole = aside / "whole"
        with open(whole, "xb", opener=_private) as out:
            _seal(out, workspace.id, lock, aside, at, lambda done: tick(0.5 + done / 2))
            out.flush()
            os.fsync(out.fileno())
        size = whole.stat().st_size
        whole.replace(target)
        flush_folder(target.parent)
    return Made(target, size, at)


def _require_replaceable(target: Path) -> None:
    """A name that was mistyped costs nobody another file, such as the workspace's own database."""
    if not target.exists():
        return
    if target.is_file():
        with target.open("rb") as there:
            if there.read(len(MAGIC)) in (b"", MAGIC):
                return
    raise WorkspaceError("backup_other_file", "Only a backup is replaced by a backup", file=target.name)


def copy_databases(workspace: Workspace, key: bytes, folder: Path, tick: Tick) -> None:
    """Both databases as they are at one moment, compact enough to be opened by the same key."""
    with ExitStack() as stack:
        with workspace.database.write():
            flows = stack.enter_context(_snapshot(workspace.flows))
            own = stack.enter_context(_snapshot(workspace.database.engine))
        _copy(own, folder / DATABASE, key, lambda done: tick(done * 0.8))
        _copy(flows, folder / FLOWS, key, lambda done: tick(0.8 + done * 0.2))


@contextmanager
def _snapshot(engine: Engine) -> Iterator[Any]:
    """A connection that sees this moment until it is given back, whatever others write meanwhile."""
    with closing(engine.raw_connection()) as pooled:
        connection = pooled.driver_connection
        assert connection is not None
        connection.execute("BEGIN")
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the moment is that of the first read
            yield connection
        finally:
            connection.execute("ROLLBACK")


def _copy(source: Any, path: Path, key: bytes, tick: Tick) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlcipher.connect(str(path), isolation_level=None)) as copied:
        copied.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        copied.execute("PRAGMA synchronous = OFF")  # what is sealed is flushed at the end

        def told(_status: int, left: int, total: int) -> None:
            tick(1 - left / max(total, 1))

        source.backup(copied, pages=PAGES_AT_ONCE, progress=told)
    # SQLCipher copies a page that it cannot verify, and all behind it, as empty ones; only the next read that finds
    # nothing in memory is told
    source.execute("PRAGMA shrink_memory")
    source.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _seal(out: BinaryIO, workspace_id: str, lock: Lock, folder: Path, at: datetime, tick: Tick) -> None:
    backup_id, stream_key, moment = str(uuid.uuid4()), os.urandom(32), at.isoformat()
    parts = tuple((name, (folder / name).stat().st_size) for name in (DATABASE, FLOWS))
    sealed = lock.seal(stream_key, backup_id)
    bound = Head(backup_id, workspace_id, moment, lock.opens_by, sealed, lock.key_lives, lock.kept).write(out)
    stream = Sealer(out, stream_key, bound)
    stream.write(Manifest(EMBEDDED, workspace_id, moment, parts, lock.carried.hex()).to_bytes())
    total, done = sum(size for _, size in parts), 0
    for name, _ in parts:
        with (folder / name).open("rb") as part:
            while piece := part.read(CHUNK * 16):
                stream.write(piece)
                done += len(piece)
                tick(done / total)
    stream.finish()


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """Trouble of the disk, in our words."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        code = "disk_full" if full else "backup_unwritable"
        raise WorkspaceError(code, "The file cannot be written", file=target.name) from error
    except sqlcipher.Error as error:
        if (trouble := trouble_of(error)) is not None and trouble.code == "damaged":
            raise trouble from error
        # what copies a database gives its errors no code
        code = "disk_full" if str(error) == _FULL else "backup_unwritable"
        raise WorkspaceError(code, "The databases cannot be copied", file=target.name) from error


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)
