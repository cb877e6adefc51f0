"""A file that has its name once it is whole and on the disk."""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from campaign_app.domain.errors import WorkspaceError


@contextmanager
def new_file(target: Path) -> Iterator[BinaryIO]:
    """Whatever has the name already stays; only its owner may read what is written.

    Raises WorkspaceError `file_exists`, `disk_full`, `file_unwritable`.
    """
    if target.exists():
        raise _exists(target)
    aside = target.parent / f".{target.name}.{uuid.uuid4().hex[:12]}"
    try:
        with open(aside, "xb", opener=_private) as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        _publish(aside, target)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        code = "disk_full" if full else "file_unwritable"
        raise WorkspaceError(code, "The file cannot be written", file=target.name) from error
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


def _publish(aside: Path, target: Path) -> None:
    """A hard link refuses a name that is taken, which renaming does on Windows only."""
    try:
        os.link(aside, target)
    except FileExistsError:
        raise _exists(target) from None
    except OSError:  # a file system without hard links
        if target.exists():
            raise _exists(target) from None
        aside.rename(target)


def _exists(target: Path) -> WorkspaceError:
    return WorkspaceError("file_exists", "A file of this name is there already", file=target.name)


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)
