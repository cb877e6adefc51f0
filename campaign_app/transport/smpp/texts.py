"""Texts on the air: cut into parts with a header each, and read back from what a centre delivers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from campaign_app.compliance.segments import GSM7, from_septets, gsm_parts, septets

GSM_CODING: Final = 0
UCS2_CODING: Final = 8
# concatenation with a reference of one octet, or of two
_HEAD, _LONG_HEAD = 0x00, 0x08


class Part(NamedTuple):
    """What one submit_sm carries; `headed` where a header is in front of the text."""

    data: bytes
    coding: int
    headed: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """Which part of what a delivered text is; `total` 1 for a whole one."""

    reference: int = 0
    total: int = 1
    number: int = 1


def parts_of(text: str, reference: int) -> tuple[Part, ...]:
    """GSM-7 where every character is in its alphabet, else UCS-2. Raises ValueError for more than 255 parts."""
    encoding, texts = gsm_parts(text)
    coding = GSM_CODING if encoding == GSM7 else UCS2_CODING
    bodies = [septets(each) if encoding == GSM7 else each.encode("utf-16-be", "surrogatepass") for each in texts]
    if len(bodies) == 1:
        return (Part(bodies[0], coding, headed=False),)
    head = bytes([5, _HEAD, 3, reference % 256, len(bodies)])
    return tuple(
        Part(head + bytes([number]) + body, coding, headed=True) for number, body in enumerate(bodies, start=1)
    )


def without_header(data: bytes) -> tuple[bytes, Piece]:
    """The text behind a user data header, and what the header says of it; a header that lies about itself is text."""
    size = data[0] + 1 if data else 0
    if not 1 < size <= len(data):
        return data, Piece()
    head, piece = data[1:size], Piece()
    while len(head) >= 2 and len(head) >= 2 + head[1]:
        piece = _piece(head[0], head[2 : 2 + head[1]]) or piece
        head = head[2 + head[1] :]
    return data[size:], piece


def _piece(kind: int, value: bytes) -> Piece | None:
    if (kind, len(value)) not in ((_HEAD, 3), (_LONG_HEAD, 4)):
        return None
    total, number = value[-2:]
    if not 1 <= number <= total:
        return None
    return Piece(int.from_bytes(value[:-2], "big"), total, number)


def read(data: bytes, coding: int) -> str:
    """What cannot be read becomes U+FFFD: a reply is never lost to one character."""
    text = _READERS.get(coding, _guess)(data)
    return text if coding in _WIDE else likelier(text, data)


def likelier(text: str, data: bytes) -> str:
    """`text`, or what carriers in the mainland write where nobody could read it: a centre that hands in their octets by

    another name hands in refusals so, too. Beside letters and digits, which may be a refusal themselves at either end,
    it is added: neither reading may cost the other.
    """
    if _HAN.search(text) or not _DOUBT.search(text):
        return text
    other = _guess(data)
    if not _HAN.search(other) or other.count("\ufffd") > text.count("\ufffd"):
        return text
    return f"{text} {other} {text}" if _ASCII.search(text) else other


def _utf16(data: bytes) -> str:
    return data.decode("utf-16-be", "replace")


def _guess(data: bytes) -> str:
    """Of a coding that nobody knows: what carriers in the mainland write, which holds ASCII as well."""
    return data.decode("gb18030", "replace")


_WIDE: Final = frozenset({UCS2_CODING, 0x18})
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_ASCII: Final = re.compile("[A-Za-z0-9]")
# what is no character, or what two octets of GBK are in UTF-8; Arabic letters are left to those who write them
_DOUBT: Final = re.compile("[\ufffd\u0100-\u05ff\u0700-\u07ff]")
_READERS: Final[Mapping[int, Callable[[bytes], str]]] = {
    GSM_CODING: from_septets,
    1: lambda data: data.decode("ascii", "replace"),
    3: lambda data: data.decode("latin-1"),
    UCS2_CODING: _utf16,
    0x18: _utf16,  # UCS-2 of class 0
    0xF0: from_septets,
}
