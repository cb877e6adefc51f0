"""A backup's sealed stream (`campaign_app.sealing`), read in pieces of any size."""

from __future__ import annotations

from typing import BinaryIO

from campaign_app.domain.errors import WorkspaceError
from campaign_app.sealing import SealBroken, opened


def damaged() -> WorkspaceError:
    return WorkspaceError("backup_damaged", "The backup was changed or is not complete")


class Opener:
    """Reads a stream. Hands out nothing but what was sealed, in its order; raises WorkspaceError `backup_damaged`."""

    __slots__ = ("_chunks", "_ready")

    def __init__(self, file: BinaryIO, key: bytes, bound: bytes) -> None:
        self._chunks = opened(file, key, bound)
        self._ready = bytearray()

    def read(self, size: int) -> bytes:
        """Exactly so many bytes."""
        while len(self._ready) < size:
            if not (chunk := self._next()):
                raise damaged()
            self._ready += chunk
        found = bytes(self._ready[:size])
        del self._ready[:size]
        return found

    def finish(self) -> None:
        """Raises unless everything was read, the last chunk included."""
        if self._ready or self._next() is not None:
            raise damaged()

    def _next(self) -> bytes | None:
        """None behind the last one."""
        try:
            return next(self._chunks, None)
        except SealBroken:
            raise damaged() from None
