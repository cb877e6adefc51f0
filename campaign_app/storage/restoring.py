"""Opens a backup: to look whether it is whole, or to make a new workspace of it. Nothing is in the clear on a disk.

What is unpacked are databases that are encrypted under the workspace's key. A new workspace is made aside and moved in
place when everything was read, verified and put aside; no workspace that is there is ever touched.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher

from campaign_app.domain.copies import RESTORED
from campaign_app.domain.errors import WorkspaceError
from campaign_app.sealing import CHUNK
from campaign_app.storage import copies
from campaign_app.storage.audit import SqlAuditLog
from campaign_app.storage.backup import Tick, writing
from campaign_app.storage.backup_file import Head, Manifest, read_head, read_manifest
from campaign_app.storage.engine import Database, open_engine
from campaign_app.storage.folders import require_place
from campaign_app.storage.header import Header, flush_folder
from campaign_app.storage.keys import key_check
from campaign_app.storage.migrate import KNOWN, migrate, version_of
from campaign_app.storage.pages import Look, look
from campaign_app.storage.schema_sending import campaign
from campaign_app.storage.sealing import Opener, damaged
from campaign_app.storage.workspace import DATABASE, FLOWS

_NAMES: Final = (DATABASE, FLOWS)
# the stream's key, and the workspace's where it opened the backup
Unlock = Callable[[Head], tuple[bytes, bytes]]
# where the workspace's key is kept from now on, and what of it goes into `workspace.json`
Place = Callable[[bytes, str], tuple[str, Mapping[str, str | int]]]


@dataclass(frozen=True, slots=True)
class Report:
    """What a backup holds."""

    workspace_id: str
    made_at: datetime
    schema: str
    size: int
    campaigns: int


def head_of(file: Path) -> Head:
    """What opens this backup; nothing else of it is looked at. Raises WorkspaceError."""
    with _opened(file) as opened:
        return read_head(opened)[0]


def check_backup(file: Path, unlock: Unlock, tick: Tick) -> Report:
    """Reads everything, verifies it, and looks into the databases; leaves nothing behind.

    `tick` is told how far it is and may raise to cancel. Raises WorkspaceError.
    """
    beside = file.parent if os.access(file.parent, os.W_OK) else None
    with ExitStack() as stack, writing(file):
        aside = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=beside, prefix=".yunfa-check-")))
        manifest, key = _unpack(file, unlock, aside, tick)
        return _look_into(aside, manifest, key, file.stat().st_size)


def restore_backup(file: Path, unlock: Unlock, place: Place, folder: Path, at: datetime, tick: Tick) -> Report:
    """A new workspace in an absent or empty folder, with everything that was to be sent put aside.

    `tick` as above. Raises WorkspaceError, and then nothing was made.
    """
    require_place(folder)
    aside = folder.parent / f".{folder.name}.{uuid.uuid4().hex[:12]}"
    with ExitStack() as undo, writing(folder):
        undo.callback(shutil.rmtree, aside, ignore_errors=True)
        aside.mkdir(parents=True, mode=0o700)
        manifest, key = _unpack(file, unlock, aside, tick)
        report = _look_into(aside, manifest, key, file.stat().st_size)
        _begin_anew(aside, key, report.made_at, at)
        lives, kept = place(key, report.workspace_id)
        Header(report.workspace_id, lives, kept, key_check(key, report.workspace_id)).write(aside)
        if folder.exists():
            folder.rmdir()
        aside.rename(folder)
        flush_folder(folder.parent)
    return report


def _opened(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        raise WorkspaceError("no_file", "The backup cannot be read", file=str(file)) from error


def _unpack(file: Path, unlock: Unlock, into: Path, tick: Tick) -> tuple[Manifest, bytes]:
    """The parts as files; raises `backup_damaged` unless every byte is as it was written."""
    with _opened(file) as sealed:
        head, bound = read_head(sealed)
        stream_key, key = unlock(head)
        stream = Opener(sealed, stream_key, bound)
        manifest = read_manifest(stream)
        if tuple(name for name, _ in manifest.parts) != _NAMES or manifest.workspace_id != head.workspace_id:
            raise damaged()
        total, done = sum(size for _, size in manifest.parts), 0
        for name, size in manifest.parts:
            for taken in _taken(stream, into / name, size):
                tick((done + taken) / total)
            done += size
        stream.finish()
    return manifest, bytes.fromhex(manifest.key) or key


def _taken(stream: Opener, path: Path, size: int) -> Iterator[int]:
    """Writes a part, and says how far it is."""
    left = size
    with open(path, "xb", opener=_private) as out:
        while left:
            piece = stream.read(min(left, CHUNK * 16))
            out.write(piece)
            left -= len(piece)
            yield size - left
        out.flush()
        os.fsync(out.fileno())


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _look_into(folder: Path, manifest: Manifest, key: bytes, size: int) -> Report:
    """Whether the databases are whole and of one workspace. Raises WorkspaceError `damaged`, `newer_workspace`."""
    for name in _NAMES:
        if look(folder / name, key) is not Look.FITS:
            raise WorkspaceError("damaged", "A database of the backup cannot be opened", file=name)
        _require_whole(folder / name, key)
    database = Database(open_engine(folder / DATABASE, key))
    try:
        with database.read() as connection:
            version = version_of(connection)
            if version not in KNOWN:
                code = "damaged" if version is None else "newer_workspace"
                raise WorkspaceError(code, "The backup's tables are not known")
            if copies.meta_of(connection).get("workspace_id") != manifest.workspace_id:
                raise WorkspaceError("damaged", "The files of this backup are of different workspaces")
            count = connection.execute(sa.select(sa.func.count(campaign.c.id))).scalar_one()
        SqlAuditLog(database).verify()
    finally:
        database.engine.dispose()
    assert version is not None
    return Report(manifest.workspace_id, datetime.fromisoformat(manifest.made_at), version, size, count)


def _require_whole(path: Path, key: bytes) -> None:
    """SQLCipher's check of every page, and SQLite's of what they say."""
    with closing(sqlcipher.connect(str(path), isolation_level=None)) as opened:
        opened.execute("PRAGMA cipher_log_level = NONE")
        opened.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        broken = opened.execute("PRAGMA cipher_integrity_check").fetchall()
        broken += opened.execute("PRAGMA foreign_key_check").fetchall()
        if broken or opened.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise WorkspaceError("damaged", "A database of the backup is damaged", file=path.name)


def _begin_anew(folder: Path, key: bytes, made_at: datetime, at: datetime) -> None:
    database = Database(open_engine(folder / DATABASE, key))
    try:
        migrate(database)
        with database.write() as connection:
            copies.put_aside(connection, RESTORED, made_at, at, accepted=False)
    finally:
        database.engine.dispose()
