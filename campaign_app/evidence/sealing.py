"""A proof for one reader only: X25519 to their public key, HKDF-SHA-256, and the stream of `campaign_app.sealing`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from campaign_app.domain.errors import SettingsError
from campaign_app.sealing import SealBroken, Sealer, opened

MAGIC: Final = b"yunfa-evidence/1 sealed\n"
_KEY_BYTES: Final = 32
_INFO: Final = b"yunfa-evidence/1 key\n"
_FILE_MAX: Final = 16_384


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


def sealing(out: BinaryIO, reader: X25519PublicKey) -> Sealer:
    """Writes for this reader; nothing of it can be opened before `finish` has written the last chunk."""
    once = X25519PrivateKey.generate()
    sender = once.public_key().public_bytes_raw()
    out.write(MAGIC + sender)
    return Sealer(out, _key(once.exchange(reader), sender, reader.public_bytes_raw()), MAGIC + sender)


def unsealed(file: BinaryIO, key: X25519PrivateKey) -> Iterator[bytes]:
    """What was sealed, chunk by chunk; the file stands behind `MAGIC`. Raises SealBroken."""
    sender = file.read(_KEY_BYTES)
    if len(sender) != _KEY_BYTES:
        raise SealBroken
    try:
        shared = key.exchange(X25519PublicKey.from_public_bytes(sender))
    except ValueError:
        raise SealBroken from None
    yield from opened(file, _key(shared, sender, key.public_key().public_bytes_raw()), MAGIC + sender)


def _key(shared: bytes, sender: bytes, reader: bytes) -> bytes:
    return HKDF(SHA256(), _KEY_BYTES, salt=sender + reader, info=_INFO).derive(shared)
