"""The root that an entry of the audit keeps over rows of the workspace, so that none is changed unseen afterwards.

SHA-256 in the tree of RFC 9162: a last node without a sibling moves up as it is. Every hash begins with words of its
own, so that none can stand for another, nor for one in a file of proof.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

FORMAT: Final = "yunfa-chain/1"
Value = str | int | bytes | None
_NODE: Final = f"{FORMAT} node\n".encode()


def _hex(value: bytes) -> dict[str, str]:
    """No text can be taken for it."""
    return {"hex": value.hex()}


# JSON escapes every line feed within a text: one between two brackets ends a row, and one elsewhere a value
_rows_of: Final = json.JSONEncoder(separators=("\n", ":"), ensure_ascii=True, check_circular=False, default=_hex).encode


def leaves(kind: str, rows: Sequence[Sequence[Value]]) -> list[bytes]:
    """A hash for each row: of `yunfa-chain/1 KIND`, a line feed, and its values as JSON, one a line.

    All rows in one call: the encoder costs as much to begin as a row takes.
    """
    if not rows:
        return []
    domain = f"{FORMAT} {kind}\n".encode()
    return [sha256(domain + row).digest() for row in _rows_of(rows)[2:-2].encode("ascii").split(b"]\n[")]


def root(level: Sequence[bytes]) -> bytes:
    """Of at least one leaf."""
    while len(level) > 1:
        level = _above(level)
    return level[0]


def path(level: Sequence[bytes], at: int) -> list[tuple[str, bytes]]:
    """From the leaf with this index to the root: on which side of it another hash stands, and which."""
    found: list[tuple[str, bytes]] = []
    while len(level) > 1:
        beside = at ^ 1
        if beside < len(level):
            found.append(("left" if beside < at else "right", level[beside]))
        level, at = _above(level), at >> 1
    return found


def climbed(leaf: bytes, hashes: Sequence[tuple[str, bytes]]) -> bytes:
    """The root that a path leads to."""
    for side, other in hashes:
        leaf = sha256(_NODE + (other + leaf if side == "left" else leaf + other)).digest()
    return leaf


def _above(level: Sequence[bytes]) -> Sequence[bytes]:
    odd = level[-1:] if len(level) % 2 else []
    pairs = zip(level[::2], level[1::2], strict=False)
    return [*(sha256(_NODE + left + right).digest() for left, right in pairs), *odd]
