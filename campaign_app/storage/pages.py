"""Looks at an encrypted database file without opening it: SQLite would replay its log and so change bytes.

Layout of SQLCipher 4: 16 bytes of salt, then pages of 4096 bytes whose last 80 are the IV and an HMAC-SHA-512 over
content, IV and page number (https://www.zetetic.net/sqlcipher/design/).
"""

from __future__ import annotations

import hashlib
import hmac
from enum import StrEnum
from pathlib import Path
from typing import Final

from campaign_app.domain.errors import WorkspaceError

PAGE: Final = 4096
_SALT: Final = 16
_HMAC: Final = 64
_PLAIN: Final = b"SQLite format 3\0"


class Look(StrEnum):
    FITS = "fits"
    OTHER_KEY = "other_key"
    PLAIN = "plain"
    NO_DATABASE = "no_database"


def look(path: Path, key: bytes) -> Look:
    """Whether the first page of the file is one that this key has written. Raises WorkspaceError `no_file`."""
    if not path.is_file():
        return Look.NO_DATABASE
    try:
        with path.open("rb") as file:
            page = file.read(PAGE)
    except OSError as error:
        raise WorkspaceError("no_file", "The database cannot be read", file=str(path)) from error
    if page.startswith(_PLAIN):
        return Look.PLAIN
    if len(page) < PAGE or path.stat().st_size % PAGE:
        return Look.NO_DATABASE
    return Look.FITS if _first_page_is_ours(page, key) else Look.OTHER_KEY


def _first_page_is_ours(page: bytes, key: bytes) -> bool:
    salt = bytes(byte ^ 0x3A for byte in page[:_SALT])
    hmac_key = hashlib.pbkdf2_hmac("sha512", key, salt, 2, 32)
    content = page[_SALT:-_HMAC] + (1).to_bytes(4, "little")
    return hmac.compare_digest(hmac.digest(hmac_key, content, "sha512"), page[-_HMAC:])
