"""Places in a Qt document count UTF-16 units; the rules count code points. This goes both ways."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Final

_ASTRAL: Final = re.compile("[\U00010000-\U0010ffff]")
_DROPPED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffc\ufffe\uffff]")
_BIDI: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Units:
    """Of one text. Free for a text without characters beyond U+FFFF."""

    def __init__(self, text: str) -> None:
        self._pairs = [] if text.isascii() else [found.start() for found in _ASTRAL.finditer(text)]
        # where the units of the n-th pair begin
        self._units = [at + n for n, at in enumerate(self._pairs)]

    def of(self, point: int) -> int:
        """The unit that code point number `point` begins with."""
        return point + bisect_left(self._pairs, point)

    def point(self, unit: int) -> int:
        """The code point that `unit` belongs to."""
        # the second unit of a pair still belongs to its character
        return unit - bisect_left(self._units, unit)


def cleaned(text: str) -> tuple[str, int]:
    """A text that an editor can hold as it is, and how many unseen characters were taken out of it."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n").replace("\u2028", "\n")
    plain = plain.replace("\x85", "\n").replace("\xa0", " ")
    kept = _BIDI.sub("", _DROPPED.sub("", plain))
    return kept, len(plain) - len(kept)
