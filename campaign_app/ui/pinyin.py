"""Finds Chinese words by what is typed on a Latin keyboard: characters, pinyin, or its first letters, also mixed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from campaign_app import assets

Readings = Mapping[str, tuple[str, ...]]
_TWO: Final = ("zh", "ch", "sh")
_BETWEEN: Final = frozenset(" -·_/")


@cache
def readings() -> Readings:
    """Each character with its readings, without tones. Reads a file. Raises AppError("asset_missing")."""
    found: dict[str, tuple[str, ...]] = {}
    for line in assets.path("tables", "pinyin.txt").read_text(encoding="utf-8").splitlines():
        sound, chars = line.split(" ")
        for char in chars:
            found[char] = (*found.get(char, ()), sound)
    return found


def place(typed: str, text: str, known: Readings) -> int:
    """Where `typed` (folded, without spaces) stands in `text`; -1 if it does not."""
    folded = text.casefold()
    at = folded.find(typed)
    if at >= 0 or not known:
        return at
    first = typed[:1]
    starts = (start for start, heads in enumerate(begins(folded)) if first in heads)
    return next((start for start in starts if _reads(typed, folded, start, known)), -1)


@lru_cache(maxsize=16_384)
def begins(folded: str) -> tuple[str, ...]:
    """For each character of a folded text what may be typed first for it. Raises AppError("asset_missing")."""
    known = readings()
    return tuple(char + "".join(sound[0] for sound in known.get(char, ())) for char in folded)


def _reads(typed: str, text: str, at: int, known: Readings) -> bool:
    """Whether `typed` spells the characters from `at` on; the last syllable may be unfinished."""
    if not typed:
        return True
    if at >= len(text):
        return False
    char = text[at]
    if char == typed[0]:
        return _reads(typed[1:], text, at + 1, known)
    if char in _BETWEEN:
        return _reads(typed, text, at + 1, known)
    return any(_sounds(sound, typed, text, at, known) for sound in known.get(char, ()))


def _sounds(sound: str, typed: str, text: str, at: int, known: Readings) -> bool:
    if sound.startswith(typed):
        return True
    starts = {sound, sound[0], sound[:2] if sound.startswith(_TWO) else sound[0]}
    return any(typed.startswith(start) and _reads(typed[len(start) :], text, at + 1, known) for start in starts)
