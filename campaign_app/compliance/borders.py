"""Whether the border of a word runs through two characters: in 外套现货 nobody reads 套现.

The most likely way to cut the characters around into common words (one sum of logarithms for each word, as any
dictionary segmenter takes it) against the most likely one that leaves the two together. The words are
`tools/make_word_table.py`'s.
"""

from __future__ import annotations

from functools import lru_cache
from math import log
from typing import Final

from campaign_app import assets

# how many characters on either side are read, and how long a word is at most
_AROUND: Final = 6
_LONGEST: Final = 4
# a word of a rule counts as met so often at least, so that slang no dictionary knows is still a word
_MET: Final = 30
# so much likelier must the cut be (e**3): of 信用卡套现金 it is nearer than that, of 外套现货 it is not
_CLEARLY: Final = 3.0
_NEVER: Final = float("-inf")
# 3套现货 is cut as 一套现货 is, and a folded text has no Chinese digits
_DIGITS: Final = "0123456789"
_COUNTED: Final = str.maketrans(dict.fromkeys(_DIGITS, "一"))


def parted(text: str, start: int, end: int) -> bool:
    """Whether the two characters of text[start:end] clearly belong to two words."""
    if end - start != 2 or not (_is_han(text[start]) and _is_han(text[start + 1])):
        return False
    low, high = start, end
    while low > 0 and start - low < _AROUND and _is_read(text[low - 1]):
        low -= 1
    while high < len(text) and high - end < _AROUND and _is_read(text[high]):
        high += 1
    if low == start or high == end:
        return False
    run, middle = text[low:high].translate(_COUNTED), start + 1 - low
    return _likelihood(run, None) - _likelihood(run, middle) > _CLEARLY


def _likelihood(run: str, kept: int | None) -> float:
    """Of the best cut; none runs through `kept`, whose two neighbours may be a word even if no dictionary knows it."""
    words, seldom, known = _words()
    best = [0.0] + [_NEVER] * len(run)
    for start in range(len(run)):
        for end in range(start + 1, min(len(run), start + _LONGEST) + 1):
            if kept in (start, end):
                continue
            met = words.get(run[start:end], seldom if end == start + 1 else _NEVER)
            if kept is not None and (start, end) == (kept - 1, kept + 1):
                met = max(met, known)
            best[end] = max(best[end], best[start] + met)
    return best[-1]


def _is_han(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def _is_read(char: str) -> bool:
    return _is_han(char) or char in _DIGITS


@lru_cache(maxsize=1)
def _words() -> tuple[dict[str, float], float, float]:
    """(logarithm of each word's share, that of a character that stands alone nowhere, that of `_MET`)."""
    lines = assets.path("tables", "words.txt").read_text("utf-8").split("\n")
    met = {word: int(times) for word, _, times in (line.partition(" ") for line in lines if line)}
    whole = log(sum(met.values()))
    return {word: log(times) - whole for word, times in met.items()}, -whole, log(_MET) - whole
