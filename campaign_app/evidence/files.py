"""Files of proof: lines of canonical JSON in one zlib stream (RFC 1950), sealed to a reader's key or not."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from campaign_app.evidence.sealing import MAGIC, sealing, unsealed
from campaign_app.sealing import SealBroken

_PIECE: Final = 1 << 16
LINE_MAX: Final = 1 << 22  # bytes; a longer line is none of ours
_LEVEL: Final = 3  # 6 saves a tenth of the bytes and costs a seventh of all the work
_LINES: Final = 200  # compressed at once


class Unreadable(Exception):
    """A file that is no proof, or not all of one. `problem` is a word of `checking`."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Lines:
    """Takes lines and writes them compressed."""

    def __init__(self, out: BinaryIO, reader: X25519PublicKey | None) -> None:
        self._sealing = None if reader is None else sealing(out, reader)
        self._out = out
        self._pack = zlib.compressobj(_LEVEL)
        self._waiting: list[str] = []

    def write(self, text: str) -> None:
        self._waiting.append(text)
        if len(self._waiting) == _LINES:
            self._compress()

    def finish(self) -> None:
        self._compress()
        self._put(self._pack.flush())
        if self._sealing is not None:
            self._sealing.finish()

    def _compress(self) -> None:
        self._put(self._pack.compress("".join(self._waiting).encode()))
        self._waiting.clear()

    def _put(self, data: bytes) -> None:
        if self._sealing is not None:
            self._sealing.write(data)
        else:
            self._out.write(data)


def lines_of(file: BinaryIO, key: X25519PrivateKey | None) -> Iterator[str]:
    """The lines without their line feeds. Raises Unreadable."""
    head = file.read(len(MAGIC))
    if head == MAGIC and key is None:
        raise Unreadable("sealed")
    if head != MAGIC:
        file.seek(0)
    waiting = bytearray()
    for piece in _unpacked(unsealed(file, key) if head == MAGIC and key is not None else _pieces(file)):
        waiting += piece
        *whole, rest = waiting.split(b"\n")
        waiting = bytearray(rest)
        if len(waiting) > LINE_MAX:
            raise Unreadable("not_evidence")
        for line in whole:
            try:
                yield line.decode()
            except UnicodeDecodeError:
                raise Unreadable("not_evidence") from None
    if waiting:
        raise Unreadable("cut")


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    unpack = zlib.decompressobj()
    try:
        for piece in pieces:
            if unpack.eof:
                raise Unreadable("not_evidence")
            data = unpack.decompress(piece, _PIECE * 16)
            while data:
                yield data
                data = unpack.decompress(unpack.unconsumed_tail, _PIECE * 16)
    except zlib.error:
        raise Unreadable("not_evidence") from None
    except SealBroken:
        raise Unreadable("seal_broken") from None
    if not unpack.eof:
        raise Unreadable("cut")
    if unpack.unused_data:
        raise Unreadable("not_evidence")
