"""A stream under authenticated encryption: chunks of AES-256-GCM, none of which can be changed, moved, cut or added.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance, 2015) as age uses it: a nonce is the number of its chunk and whether it is the last. A key is used
for one stream only. `bound` is what stands in the clear before the stream.
"""

from __future__ import annotations

from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from campaign_app.domain.errors import WorkspaceError

CHUNK: Final = 1 << 16
TAG: Final = 16
_COUNTER: Final = 11


def damaged() -> WorkspaceError:
    return WorkspaceError("backup_damaged", "The backup was changed or is not complete")


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(_COUNTER, "big") + bytes([last])


class Sealer:
    """Writes a stream; nothing of it can be opened before `finish` has written its last chunk."""

    __slots__ = ("_aead", "_bound", "_number", "_out", "_waiting")

    def __init__(self, out: BinaryIO, key: bytes, bound: bytes) -> None:
        self._out, self._aead, self._bound = out, AESGCM(key), bound
        self._waiting = bytearray()
        self._number = 0

    def write(self, data: bytes) -> None:
        self._waiting += data
        while len(self._waiting) > CHUNK:  # what may be the last chunk has to wait
            self._emit(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def finish(self) -> None:
        self._emit(bytes(self._waiting), last=True)

    def _emit(self, plain: bytes, *, last: bool) -> None:
        self._out.write(self._aead.encrypt(_nonce(self._number, last=last), plain, self._bound))
        self._number += 1


class Opener:
    """Reads a stream. Hands out nothing but what was sealed, in its order; raises WorkspaceError `backup_damaged`."""

    __slots__ = ("_aead", "_ahead", "_bound", "_ended", "_file", "_number", "_ready")

    def __init__(self, file: BinaryIO, key: bytes, bound: bytes) -> None:
        self._file, self._aead, self._bound = file, AESGCM(key), bound
        self._ahead = file.read(CHUNK + TAG)
        self._ready = bytearray()
        self._number = 0
        self._ended = False

    def read(self, size: int) -> bytes:
        """Exactly so many bytes."""
        while len(self._ready) < size:
            self._ready += self._next()
        found = bytes(self._ready[:size])
        del self._ready[:size]
        return found

    def finish(self) -> None:
        """Raises unless everything was read, the last chunk included."""
        if self._ready or not self._ended:
            raise damaged()

    def _next(self) -> bytes:
        sealed, self._ahead = self._ahead, self._file.read(CHUNK + TAG)
        if len(sealed) < TAG:
            raise damaged()
        try:
            plain = self._aead.decrypt(_nonce(self._number, last=not self._ahead), sealed, self._bound)
        except InvalidTag:
            raise damaged() from None
        self._number += 1
        self._ended = not self._ahead
        return plain
