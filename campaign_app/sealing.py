"""A stream under authenticated encryption: chunks of AES-256-GCM, none of which can be changed, moved, cut or added.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance, 2015) as age uses it: a nonce is the number of its chunk and whether it is the last. A key is used
for one stream only. `bound` is what stands in the clear before the stream.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK: Final = 1 << 16
TAG: Final = 16
_COUNTER: Final = 11


class SealBroken(Exception):
    """What is sealed was changed, is not complete, or is meant for another key."""


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


def opened(file: BinaryIO, key: bytes, bound: bytes) -> Iterator[bytes]:
    """Chunk by chunk what was sealed, to its last one and in its order; raises SealBroken where there is no more."""
    aead, number, ahead, last = AESGCM(key), 0, file.read(CHUNK + TAG), False
    while not last:
        sealed, ahead = ahead, file.read(CHUNK + TAG)
        last = not ahead
        if len(sealed) < TAG:
            raise SealBroken
        try:
            plain = aead.decrypt(_nonce(number, last=last), sealed, bound)
        except InvalidTag:
            raise SealBroken from None
        number += 1
        yield plain
