"""How many parts a text is sent and billed as, for mainland operators and for GSM-7/UCS-2 networks."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
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


def gsm_segments(text: str) -> Segments:
    """GSM-7 or UCS-2 with a user data header in each part of several.

    An escaped septet pair is never cut, nor a grapheme, as long as it fits one part at all.
    """
    if _ALL_GSM.fullmatch(text):
        widths = [_SEPTETS[char] for char in text]
        return _gsm(GSM7, widths, GSM_SINGLE, GSM_PART)
    return _gsm(UCS2, list(_grapheme_widths(text)), UCS2_SINGLE, UCS2_PART)


def _ends(text: str, length: int) -> Iterator[int]:
    border = CN_PART
    for offset, total in enumerate(accumulate(map(_width, text))):
        if border < length and total >= border:
            yield offset + (total == border)
            border += CN_PART


def _width(char: str) -> int:
    return 2 if char > "\uffff" else 1


def _grapheme_widths(text: str) -> Iterator[int]:
    for cluster in _GRAPHEMES.findall(text):
        width = units(cluster)
        if width <= UCS2_PART:
            yield width
        else:
            yield from map(_width, cluster)


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
