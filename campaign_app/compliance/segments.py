"""How many parts a text is sent and billed as, for mainland operators and for GSM-7/UCS-2 networks."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain
from typing import Final

import regex

UCS2: Final = "UCS-2"
GSM7: Final = "GSM-7"
CN_SINGLE, CN_PART = 70, 67
GSM_SINGLE, GSM_PART = 160, 153
UCS2_SINGLE, UCS2_PART = 70, 67
_BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = "\f^{}\\[~]|€"
_SEPTETS: Final = dict.fromkeys(_BASIC, 1) | dict.fromkeys(_EXTENDED, 2)
# 0x1B is the escape, and no character
_CODES: Final = {char: bytes([index + (index > 0x1A)]) for index, char in enumerate(_BASIC)} | {
    char: bytes([0x1B, code]) for char, code in zip(_EXTENDED, b"\x0a\x14\x28\x29\x2f\x3c\x3d\x3e\x40\x65", strict=True)
}
_CHARACTERS: Final = {code: char for char, code in _CODES.items()}
_SEPTET_CODE: Final = regex.compile(rb"\x1b?.", regex.DOTALL)
_ALL_GSM: Final = regex.compile(f"[{regex.escape(_BASIC + _EXTENDED)}]*+")
_GRAPHEMES: Final = regex.compile(r"\X")


@dataclass(frozen=True, slots=True)
class Segments:
    """`length` is in UTF-16 units, or in septets where the encoding is GSM-7. An empty text is one part."""

    encoding: str
    length: int
    segments: int


def units(text: str) -> int:
    """The UTF-16 units of `text`; a lone surrogate is one, as it is on the air."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cn_segments(text: str) -> Segments:
    """As mainland operators count: every script is UCS-2, 70 in one part, else 67 in each.

    They bill by the sum, so a pair of surrogates on a border adds no part. `text` is the final text with 【signature】.
    """
    return _cn(units(text))


@lru_cache(maxsize=1024)
def _cn(length: int) -> Segments:
    return Segments(UCS2, length, 1 if length <= CN_SINGLE else -(-length // CN_PART))


def cut_marks(text: str) -> tuple[int, ...]:
    """Where each part but the last ends (`cn`), in code points; never inside a surrogate pair."""
    length = units(text)
    if length <= CN_SINGLE:
        return ()
    if length == len(text):
        return tuple(range(CN_PART, length, CN_PART))
    return tuple(_ends(text, length))


def torn_graphemes(text: str) -> tuple[tuple[int, int], ...]:
    """The characters (emoji with joiners, letters with marks) that a part's end would cut in two, in code points."""
    marks = cut_marks(text)
    if not marks:
        return ()
    clusters = (found.span() for found in _GRAPHEMES.finditer(text))
    return tuple((start, end) for start, end in clusters if bisect_right(marks, start) < bisect_left(marks, end))


def tearing_marks(text: str) -> tuple[int, ...]:
    """Those of `cut_marks` that stand inside such a character."""
    marks = cut_marks(text)
    within = (marks[bisect_right(marks, start) : bisect_left(marks, end)] for start, end in torn_graphemes(text))
    return tuple(chain.from_iterable(within))


def gsm_segments(text: str) -> Segments:
    """GSM-7 or UCS-2 with a user data header in each part of several.

    An escaped septet pair is never cut, nor a grapheme, as long as it fits one part at all.
    """
    if _ALL_GSM.fullmatch(text):
        widths = [_SEPTETS[char] for char in text]
        return _gsm(GSM7, widths, GSM_SINGLE, GSM_PART)
    return _gsm(UCS2, list(_grapheme_widths(text)), UCS2_SINGLE, UCS2_PART)


def gsm_parts(text: str) -> tuple[str, tuple[str, ...]]:
    """The encoding and the texts of the parts that `gsm_segments` counts; joined they are the text."""
    if _ALL_GSM.fullmatch(text):
        return GSM7, _cut(text, [(char, _SEPTETS[char]) for char in text], GSM_SINGLE, GSM_PART)
    return UCS2, ucs2_parts(text)


def ucs2_parts(text: str) -> tuple[str, ...]:
    """The texts of the parts, whatever its alphabet; no grapheme is cut that one part can hold."""
    if units(text) <= UCS2_SINGLE:
        return (text,)
    return _cut(text, [(piece, units(piece)) for piece in _unbroken(text)], UCS2_SINGLE, UCS2_PART)


def septets(text: str) -> bytes:
    """GSM 03.38, one septet an octet, the extended characters behind an escape. KeyError for any other character."""
    return b"".join(_CODES[char] for char in text)


def from_septets(data: bytes) -> str:
    """What `septets` wrote; what no table holds becomes U+FFFD."""
    found = (_CHARACTERS.get(code, "\ufffd") for code in _SEPTET_CODE.findall(data))
    return "".join(found)


def _ends(text: str, length: int) -> Iterator[int]:
    border = CN_PART
    for offset, total in enumerate(accumulate(map(_width, text))):
        if border < length and total >= border:
            yield offset + (total == border)
            border += CN_PART


def _width(char: str) -> int:
    return 2 if char > "\uffff" else 1


def _grapheme_widths(text: str) -> Iterator[int]:
    return map(units, _unbroken(text))


def _unbroken(text: str) -> Iterator[str]:
    """What no part's end may cut: a grapheme, or each character of one that no part can hold."""
    for cluster in _GRAPHEMES.findall(text):
        if units(cluster) <= UCS2_PART:
            yield cluster
        else:
            yield from cluster


def _cut(text: str, pieces: Sequence[tuple[str, int]], single: int, part: int) -> tuple[str, ...]:
    if sum(width for _, width in pieces) <= single:
        return (text,)
    parts, used = [""], 0
    for piece, width in pieces:
        if used + width > part:
            parts.append("")
            used = 0
        parts[-1] += piece
        used += width
    return tuple(parts)


def _gsm(encoding: str, widths: Sequence[int], single: int, part: int) -> Segments:
    length = sum(widths)
    return Segments(encoding, length, 1 if length <= single else _parts(widths, part))


def _parts(widths: Iterable[int], part: int) -> int:
    parts, used = 1, 0
    for width in widths:
        if used + width > part:
            parts, used = parts + 1, 0
        used += width
    return parts
