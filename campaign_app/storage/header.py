"""`workspace.json`: the plain file beside the encrypted ones, which says where the workspace's key lives."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Protocol

from campaign_app.domain.errors import WorkspaceError

FILE: Final = "workspace.json"
DATABASE: Final = "workspace.db"
FORMAT: Final = 1
TEAM_FORMAT: Final = 2  # with a server, of which older programs know nothing
MOVING_FORMAT: Final = 3  # of a move that is not known to be finished
_SHAPE: Final = (TypeError, KeyError, AttributeError)  # JSON of another form
_WHERE_NEEDED: Final = ("server", "password", "move_id", "moved_from")


class KeyKeeper(Protocol):
    """Where a workspace's raw key lives. The implementations are in `campaign_app.credentials`."""

    @property
    def kind(self) -> str:
        """`keychain`, `passphrase` or `memory`: written into `workspace.json`, never anything secret."""
        ...

    def new_key(self, workspace_id: str, /) -> tuple[bytes, Mapping[str, str | int]]:
        """Makes, keeps and returns 32 random bytes, and what of it goes into `workspace.json`."""
        ...

    def key(self, workspace_id: str, kept: Mapping[str, str | int], /) -> bytes:
        """Raises WorkspaceError if it is missing, locked or the passphrase is wrong."""
        ...

    def forget(self, workspace_id: str, /) -> None:
        """Removes the key of a workspace that was never finished."""
        ...


class KeyWrapper(Protocol):
    def wrap(self, key: bytes, workspace_id: str, /) -> Mapping[str, str | int]:
        """What goes into `workspace.json` for a key that exists already."""
        ...


@dataclass(frozen=True, slots=True)
class Header:
    """`kept` is what the key's keeper needs, `key_check` tells a wrong key before any database is touched.

    `server` is the address of a team's database, and `password` its user's, sealed under the workspace's key. While a
    move to here is not known to be finished, `move_id` names it and `moved_from` the folder that it comes from.
    """

    workspace_id: str
    key_lives: str
    kept: Mapping[str, str | int]
    key_check: str
    format: int = FORMAT
    server: str = ""
    password: str = field(default="", repr=False)
    move_id: str = ""
    moved_from: str = ""

    @property
    def arrived(self) -> Header:
        """The same, once the move is finished."""
        return replace(self, move_id="", moved_from="", format=TEAM_FORMAT if self.server else FORMAT)

    def write(self, folder: Path) -> None:
        """Whole or not at all: a file that is there stays until this one is on the disk. Raises OSError."""
        aside = folder / f"{FILE}.new"
        try:
            with open(aside, "w", encoding="utf-8", opener=_private) as out:
                out.write(json.dumps(self._written(), indent=1, sort_keys=True) + "\n")
                out.flush()
                os.fsync(out.fileno())
            aside.replace(folder / FILE)
        except OSError:
            aside.unlink(missing_ok=True)
            raise
        flush_folder(folder)

    def _written(self) -> dict[str, Any]:
        """An embedded workspace says nothing of a server, nor one that stays of a move."""
        return {name: value for name, value in asdict(self).items() if value or name not in _WHERE_NEEDED}


def put(folder: Path, made: Header) -> None:
    """`Header.write`, for what a person asked for: raises WorkspaceError, and then the old one holds."""
    try:
        made.write(folder)
    except OSError as error:
        raise unwritable(error, folder) from error


def unwritable(error: OSError, folder: Path) -> WorkspaceError:
    """`disk_full` or `read_only`: a file of the workspace's folder cannot be written."""
    code = "disk_full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "read_only"
    return WorkspaceError(code, "The workspace's folder cannot be written", folder=str(folder))


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def flush_folder(folder: Path) -> None:
    """The new name too is on the disk; Windows has no such call and needs none."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read_header(folder: Path) -> Header:
    """Raises WorkspaceError `not_a_workspace`, `newer_workspace`, `no_file` where it cannot be read.

    And `damaged` where the database is there, and nothing says any more where its key lives.
    """
    try:
        header = _header(json.loads((folder / FILE).read_text(encoding="utf-8")))
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, ValueError, *_SHAPE) as error:
        code = "damaged" if (folder / DATABASE).is_file() else "not_a_workspace"
        raise WorkspaceError(code, "There is no whole workspace in this folder", folder=str(folder)) from error
    except OSError as error:
        raise WorkspaceError("no_file", "The workspace cannot be read", file=str(folder / FILE)) from error
    if header.format > MOVING_FORMAT:
        raise WorkspaceError("newer_workspace", "The workspace was made by a newer version of this program")
    return header


def _header(data: dict[str, Any]) -> Header:
    return Header(
        workspace_id=str(data["workspace_id"]),
        key_lives=str(data["key_lives"]),
        kept={str(name): value if isinstance(value, int) else str(value) for name, value in data["kept"].items()},
        key_check=str(data["key_check"]),
        format=int(data["format"]),
        server=str(data.get("server", "")),
        password=str(data.get("password", "")),
        move_id=str(data.get("move_id", "")),
        moved_from=str(data.get("moved_from", "")),
    )
