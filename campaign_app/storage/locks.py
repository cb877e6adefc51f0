"""One window and one worker per workspace: locks that the system drops when their process ends, however it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from campaign_app.domain.errors import WorkspaceError
from campaign_app.storage.header import unwritable

LockName = Literal["window", "worker"]


@contextmanager
def lock(folder: Path, name: LockName) -> Iterator[None]:
    """Holds the lock; raises WorkspaceError `in_use` at once, with the `pid` of the holder where it is known."""
    held = FileLock(folder / f"{name}.lock", thread_local=False)
    try:
        held.acquire(timeout=0)
    except Timeout as error:
        pid = _written_pid(folder, name) or 0
        raise WorkspaceError("in_use", f"The workspace already has a {name}", lock=name, pid=pid) from error
    except OSError as error:
        raise unwritable(error, folder) from error
    try:
        _write_pid(folder, name)
        try:
            yield
        finally:
            with suppress(OSError):
                _pid_file(folder, name).unlink()
    finally:
        held.release()


def holder(folder: Path, name: LockName) -> int | None:
    """The pid of whoever holds the lock now (0 if it cannot be read), or None if nobody does."""
    path = folder / f"{name}.lock"
    if not path.exists():
        return None
    probe = FileLock(path, thread_local=False)
    try:
        probe.acquire(timeout=0)
    except Timeout:
        return _written_pid(folder, name) or 0
    probe.release()
    return None


def _write_pid(folder: Path, name: str) -> None:
    try:
        _pid_file(folder, name).write_text(str(os.getpid()), encoding="ascii")
    except OSError as error:
        raise unwritable(error, folder) from error


def _pid_file(folder: Path, name: str) -> Path:
    # beside the lock: on Windows nobody else can read a locked file
    return folder / f"{name}.pid"


def _written_pid(folder: Path, name: str) -> int | None:
    with suppress(OSError, ValueError):
        return int(_pid_file(folder, name).read_text(encoding="ascii"))
    return None
