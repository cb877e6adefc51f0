"""Opens a proof that Yunfa encrypted to you: Python 3.11 and the package `cryptography`; see docs/evidence.md.

  python open_evidence.py FILE PRIVATE.pem OUT.yunfa

What it writes is what verify_evidence.py reads. X25519, HKDF-SHA-256, then AES-256-GCM in chunks of 64 KiB whose nonce
is their number and whether they are the last: a file that was changed or cut is not opened, and OUT is then removed.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import load_pem_private_key

SEALED, CHUNK = b"yunfa-evidence/1 sealed\n", (1 << 16) + 16


def opened(file: BinaryIO, key: X25519PrivateKey) -> Iterator[bytes]:
    """Raises InvalidTag for what was changed, moved, cut or added, or is encrypted to another key."""
    once, mine = file.read(32), key.public_key().public_bytes_raw()
    shared = key.exchange(X25519PublicKey.from_public_bytes(once))
    aead = AESGCM(HKDF(SHA256(), 32, salt=once + mine, info=b"yunfa-evidence/1 key\n").derive(shared))
    number, ahead = 0, file.read(CHUNK)
    while True:
        chunk, ahead = ahead, file.read(CHUNK)
        yield aead.decrypt(number.to_bytes(11, "big") + bytes([not ahead]), chunk, SEALED + once)
        if not ahead:
            return
        number += 1


def main(source: Path, secret: Path, target: Path) -> int:
    key = load_pem_private_key(secret.read_bytes(), None)
    if not isinstance(key, X25519PrivateKey):
        return fail("this is no X25519 key")
    with source.open("rb") as file:
        if file.read(len(SEALED)) != SEALED:
            return fail("the file is not encrypted")
        try:
            with target.open("xb") as out:
                for piece in opened(file, key):
                    out.write(piece)
        except (InvalidTag, ValueError):
            target.unlink()
            return fail("the file was changed or cut, or is encrypted to another key")
    return 0


def fail(why: str) -> int:
    print(why, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:4])))
