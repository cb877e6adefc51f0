"""The lines of a proof and the hashes over them. Every kind of hash begins with words of its own, so that none can
stand for another.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from json.encoder import encode_basestring as _quoted
from typing import Any, Final

FORMAT: Final = "yunfa-evidence/1"
SUFFIX: Final = ".yunfa"
EXPORTED: Final = "evidence.exported"
APPROVED: Final = "campaign.approved"
CLAIMED: Final = "batch.claimed"
HIDDEN_AT_ONCE: Final = 256
HASH_SIZE: Final = 32
# a mainland mobile number as it may stand in a text
_DIGITS: Final = re.compile(r"1[3-9]\d{9}")
_NUMBER: Final = re.compile(r"(?<!\d)((?:0?086|86)?1[3-9]\d)\d{4}(\d{4})(?!\d)")
Line = Mapping[str, Any]
canonical: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False
).encode


def _domain(name: str) -> bytes:
    return f"{FORMAT} {name}\n".encode()


_START, _ENTRY, _LINK = _domain("start"), _domain("entry"), _domain("link")
_RECORD, _NODE, _PAGE = _domain("record"), _domain("node"), _domain("page")
_HEADER, _SEAL, _TEXT = _domain("header"), _domain("seal"), _domain("text")


def to_ms(at: datetime) -> int:
    """As every line has it; whatever is finer is not told."""
    return round(at.timestamp() * 1000)


def masked(text: str) -> str:
    if _DIGITS.search(text) is None:  # of a million texts few have as many; the pattern of numbers is slow
        return text
    return _NUMBER.sub(r"\1****\2", text)


def start_hash(workspace_id: str) -> bytes:
    """Where the chain of a workspace begins."""
    return hashlib.sha256(_START + workspace_id.encode()).digest()


def entry_hash(salt: bytes, number: int, at_ms: int, action: str, actor: str, facts: str) -> bytes:
    """Of what an entry says; without the 16 bytes of salt nobody can guess that from it."""
    said = f"[{number},{at_ms},{_quoted(action)},{_quoted(actor)},{_quoted(facts)}]"  # their canonical JSON
    return hashlib.sha256(_ENTRY + salt + said.encode()).digest()


def link_hash(number: int, before: bytes, entry: bytes) -> bytes:
    """The chain up to an entry, from the chain before it."""
    return hashlib.sha256(_LINK + number.to_bytes(8, "big") + before + entry).digest()


def record_hash(line: str) -> bytes:
    return hashlib.sha256(_RECORD + line.encode()).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()


def page_hash(told: str) -> str:
    """By which a record names the receipt, or the unsigned answer, that its consent came in; in hex."""
    return hashlib.sha256(_PAGE + told.encode()).hexdigest()


def header_hash(line: str) -> str:
    return hashlib.sha256(_HEADER + line.encode()).hexdigest()


def text_hash(salt: bytes, text: str) -> str:
    """Of a text as it was sent, where the proof has it with a number masked; in hex."""
    return hashlib.sha256(_TEXT + salt + text.encode()).hexdigest()


def new_seal() -> Any:
    """Takes every line before the last one, each with its line feed."""
    return hashlib.sha256(_SEAL)


def approval_hash(approval: Line) -> str:
    """What `services.campaigns.approval_hash` made, from the approval's own fields."""
    covered = [approval[name] for name in ("body", "signature", "audience", "entity", "purpose", "size", "rules")]
    return hashlib.sha256(json.dumps(covered, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


class Tree:
    """The Merkle tree of RFC 9162 over records as they come, in memory that grows with its height only.

    A last node without a sibling moves up as it is.
    """

    def __init__(self) -> None:
        self.size = 0
        self._waiting: list[tuple[int, bytes, bool]] = []  # (leaves below, hash, whether the kept leaf is below)
        self._path: list[tuple[str, bytes]] = []

    def add(self, leaf: bytes, *, keep: bool = False) -> None:
        """`keep`: this is the leaf whose path is wanted."""
        self.size += 1
        self._waiting.append((1, leaf, keep))
        while len(self._waiting) > 1 and self._waiting[-1][0] == self._waiting[-2][0]:
            self._join()

    def root(self) -> bytes:
        """Ends the tree; of nothing it is the hash of no record."""
        while len(self._waiting) > 1:
            self._join()
        return self._waiting[0][1] if self._waiting else record_hash("")

    def path(self) -> Sequence[tuple[str, bytes]]:
        """From the kept leaf upwards: on which side, and which hash; only once `root` was asked for."""
        return self._path

    def _join(self) -> None:
        (count, right, of_right), (more, left, of_left) = self._waiting.pop(), self._waiting.pop()
        if of_left or of_right:
            self._path.append(("right", right) if of_left else ("left", left))
        self._waiting.append((count + more, node_hash(left, right), of_left or of_right))
