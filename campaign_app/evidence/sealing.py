"""A proof for one reader only: X25519 to their public key, HKDF-SHA-256, and chunks of AES-256-GCM.

The chunks are those of STREAM (Hoang, Reyhanitabar, Rogaway, Vizár, 2015): a nonce is the number of its chunk and
whether it is the last, so that none can be changed, moved, left out or added. A key is used for one file only.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from campaign_app.domain.errors import SettingsError

MAGIC: Final = b"yunfa-evidence/1 sealed\n"
CHUNK: Final = 1 << 16
TAG: Final = 16
_KEY_BYTES: Final = 32
_COUNTER: Final = 11
_INFO: Final = b"yunfa-evidence/1 key\n"
_FILE_MAX: Final = 16_384


class SealBroken(Exception):
    """What is sealed was changed, is not complete, or is meant for another key."""


def public_key_in(file: Path) -> X25519PublicKey:
    """Of a PEM file. Raises SettingsError `evidence_key`."""
    try:
        key = load_pem_public_key(_read(file))
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, X25519PublicKey):
        raise SettingsError("evidence_key", "This is no X25519 key", file=file.name)
    return key


def private_key_in(file: Path) -> X25519PrivateKey:
    """Of a PEM file without a passphrase. Raises SettingsError `evidence_key`."""
    try:
        key = load_pem_private_key(_read(file), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, X25519PrivateKey):
        raise SettingsError("evidence_key", "This is no X25519 key", file=file.name)
    return key


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(_FILE_MAX)
    except OSError as error:
        raise SettingsError("no_file", "The file cannot be read", file=str(file)) from error


class Sealing:
    """Takes bytes; nothing of them can be opened before `finish` has written the last chunk."""

    def __init__(self, out: BinaryIO, reader: X25519PublicKey) -> None:
        once = X25519PrivateKey.generate()
        sender = once.public_key().public_bytes_raw()
        self._out = out
        self._aead = AESGCM(_key(once.exchange(reader), sender, reader.public_bytes_raw()))
        self._bound = MAGIC + sender
        self._waiting = bytearray()
        self._number = 0
        out.write(self._bound)

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


def unsealed(file: BinaryIO, key: X25519PrivateKey) -> Iterator[bytes]:
    """What was sealed, chunk by chunk; the file stands behind `MAGIC`. Raises SealBroken."""
    sender = file.read(_KEY_BYTES)
    if len(sender) != _KEY_BYTES:
        raise SealBroken
    try:
        shared = key.exchange(X25519PublicKey.from_public_bytes(sender))
    except ValueError:
        raise SealBroken from None
    aead, bound = AESGCM(_key(shared, sender, key.public_key().public_bytes_raw())), MAGIC + sender
    number, ahead = 0, file.read(CHUNK + TAG)
    while ahead:
        sealed, ahead = ahead, file.read(CHUNK + TAG)
        try:
            yield aead.decrypt(_nonce(number, last=not ahead), sealed, bound)
        except (InvalidTag, ValueError):
            raise SealBroken from None
        number += 1
    if not number:
        raise SealBroken


def _key(shared: bytes, sender: bytes, reader: bytes) -> bytes:
    return HKDF(SHA256(), _KEY_BYTES, salt=sender + reader, info=_INFO).derive(shared)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(_COUNTER, "big") + bytes([last])
