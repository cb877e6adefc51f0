"""The file of a backup: what stands in the clear before its sealed stream, and what the stream holds.

    magic · length · head (JSON) · SHA-256 of all that · stream(length · manifest (JSON) · parts)

The head says what opens the file; its hash tells damage from a wrong passphrase, and binds it to every chunk behind it.
The parts are databases that are encrypted under the workspace's own key. That key is in the manifest only where the
backup has a passphrase of its own, so that it opens on another computer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, Final

from campaign_app.domain.errors import WorkspaceError
from campaign_app.storage.sealing import Opener, damaged

MAGIC: Final = b"\x89YUNFA-BACKUP\r\n\x1a"
FORMAT: Final = 1
EMBEDDED: Final = "embedded"
_LENGTH: Final = 4
_HEAD_MOST: Final = 1 << 16
_MANIFEST_MOST: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Head:
    """`opens_by`: `passphrase` for one of the backup's own, `workspace` for the workspace's key.

    `sealed` is the stream's key under it. `key_lives` and `kept` are of the workspace's header, where its key opens
    the backup.
    """

    backup_id: str
    workspace_id: str
    made_at: str
    opens_by: str
    sealed: Mapping[str, str | int]
    key_lives: str = ""
    kept: Mapping[str, str | int] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def made(self) -> datetime:
        return datetime.fromisoformat(self.made_at)

    def write(self, out: BinaryIO) -> bytes:
        """Writes it and returns what the stream is bound to."""
        text = json.dumps(asdict(self), sort_keys=True).encode()
        head = MAGIC + len(text).to_bytes(_LENGTH, "big") + text
        bound = hashlib.sha256(head).digest()
        out.write(head + bound)
        return bound


@dataclass(frozen=True, slots=True)
class Manifest:
    """`parts` are names with sizes, in their order; `key` is the workspace's, in hex, or ""."""

    kind: str
    workspace_id: str
    made_at: str
    parts: tuple[tuple[str, int], ...]
    key: str = field(default="", repr=False)

    def to_bytes(self) -> bytes:
        text = json.dumps(asdict(self), sort_keys=True).encode()
        return len(text).to_bytes(_LENGTH, "big") + text


def read_head(file: BinaryIO) -> tuple[Head, bytes]:
    """The head, and what the stream is bound to. Raises WorkspaceError: `not_a_backup`, `backup_damaged`,

    `newer_backup`.
    """
    if file.read(len(MAGIC)) != MAGIC:
        raise WorkspaceError("not_a_backup", "This file is no backup")
    length = file.read(_LENGTH)
    size = int.from_bytes(length, "big")
    if size > _HEAD_MOST:
        raise damaged()
    text = file.read(size)
    bound = hashlib.sha256(MAGIC + length + text).digest()
    if file.read(len(bound)) != bound:
        raise damaged()
    try:
        return _head(json.loads(text)), bound
    except (ValueError, KeyError, TypeError) as error:
        raise damaged() from error


def read_manifest(stream: Opener) -> Manifest:
    size = int.from_bytes(stream.read(_LENGTH), "big")
    if size > _MANIFEST_MOST:
        raise damaged()
    said = json.loads(stream.read(size))
    if said["kind"] != EMBEDDED:
        raise _newer()
    return Manifest(**{**said, "parts": tuple((str(name), int(size)) for name, size in said["parts"])})


def _head(said: dict[str, Any]) -> Head:
    if said["format"] > FORMAT:
        raise _newer()
    return Head(**said)


def _newer() -> WorkspaceError:
    return WorkspaceError("newer_backup", "The backup was made by a newer version of this program")
