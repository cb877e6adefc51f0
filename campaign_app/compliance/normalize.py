"""Folding a text for matching, with a way back to the text as typed.

`plain` has one form per character (width, case, script, digits, look-alikes) and no invisible characters; `squeezed`
has no separators and decorations either, so that words find themselves however they are spread out. Every character of
both stands for exactly one character as typed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from campaign_app.compliance.lazy import lazy

Codes = npt.NDArray[np.uint32]
Flags = npt.NDArray[np.uint8]
Places = range | npt.NDArray[np.intp]

INVISIBLE: Final = 1
COMBINING: Final = 2
SYMBOL: Final = 4
SEPARATOR: Final = 8
WIDTH: Final = 16
TRADITIONAL: Final = 32
LOOKALIKE: Final = 64
WIDE_DIGIT: Final = 128
DROPPED: Final = INVISIBLE | COMBINING
_SKIPPED: Final = DROPPED | SYMBOL | SEPARATOR
SEPARATORS: Final = " \n\t\r·.-_*|/、"
_REPLACEMENT: Final = 0xFFFD
_FLAG_OF_FOLD: Final = {"width": WIDTH, "traditional": TRADITIONAL, "lookalike": LOOKALIKE, "wide_digit": WIDE_DIGIT}
# a noncharacter: no text that may be sent holds it
_WALL: Final = "\uffff"
_LAST_ASCII: Final = 0x7F
# of one text folded at a time; many more would only take memory
_PHRASES: Final = 512
_CALM: Final = ((0x30, 0x39), (0x41, 0x5A), (0x61, 0x7A), (0x4E00, 0x9FFF))
_CALM_LENGTH: Final = 24
_ASCII_MARKS: Final = re.compile(r"[!-/:-@\[-`{-~]")


@dataclass(frozen=True)
class FoldTable:
    """`fold[code]` is the character that stands for `code`, `flags[code]` what kind of character it is."""

    fold: Codes
    flags: Flags

    @classmethod
    def load(cls, path: Path) -> FoldTable:
        data: dict[str, Any] = json.loads(path.read_text("utf-8"))
        fold = np.arange(0x110000, dtype=np.uint32)
        flags = np.zeros(0x110000, dtype=np.uint8)
        for kind, (chars, targets) in data["folds"].items():
            at = _codes(chars)
            fold[at] = _codes(targets)
            flags[at] |= _FLAG_OF_FOLD.get(kind, 0)
        for mark, spans in ((INVISIBLE, "invisible"), (COMBINING, "combining")):
            _mark(flags, data["dropped"][spans], mark)
        _mark(flags, data["symbols"], SYMBOL)
        for char in SEPARATORS:
            flags[np.flatnonzero(fold == ord(char))] |= SEPARATOR
        # half a character: no phone shows it, and no encoding carries it
        fold[0xD800:0xE000] = _REPLACEMENT
        flags[0xD800:0xE000] |= INVISIBLE
        return cls(fold, flags)

    @lazy
    def calm(self) -> re.Pattern[str]:
        """A few plain letters and digits, each of which folds to one, and no 点 that could stand for a dot."""
        codes = np.concatenate([np.arange(first, last + 1, dtype=np.uint32) for first, last in _CALM])
        odd = codes[(self.flags[codes] != 0) | ~np.isin(self.fold[codes], codes)]
        kept = "".join(f"{chr(first)}-{chr(last)}" for first, last in _CALM)
        return re.compile(f"(?:(?![{''.join(map(chr, odd))}\\0]|点[A-Za-z])[{kept}]){{1,{_CALM_LENGTH}}}")

    def text(self, raw: str) -> Folded:
        return Folded(raw, self)

    def texts(self, raws: Sequence[str]) -> list[Folded]:
        """The same for many, folded in one go."""
        many = [Folded(raw, self) for raw in raws]
        joined = Folded(_WALL.join(raws), self)
        plain, squeezed = joined.plain.split(_WALL), joined.squeezed.split(_WALL)
        if len(plain) != len(many):  # a text holds the wall itself
            return many
        starts = [0, *accumulate(len(raw) + 1 for raw in raws)][:-1]
        kinds = np.bitwise_or.reduceat(np.append(joined.flags, np.uint8(0)), starts).tolist()
        kept, first = joined.squeezed_at, 0
        for one, text, tight, kind, at in zip(many, plain, squeezed, kinds, starts, strict=True):
            flags = joined.flags[at : at + len(one.raw)]
            one.__dict__.update(plain=text, squeezed=tight, flagged=kind, flags=flags)
            one.batch = kept[first : first + len(tight)], at
            first += len(tight) + 1
        return many

    def phrase(self, phrase: str) -> str:
        """A phrase of a rule as it stands in a squeezed text."""
        return self.text(phrase).squeezed

    def phrases(self, phrases: Sequence[str]) -> tuple[str, ...]:
        chunks = (phrases[at : at + _PHRASES] for at in range(0, len(phrases), _PHRASES))
        return tuple(folded.squeezed for chunk in chunks for folded in self.texts(chunk))

    def pattern(self, source: str) -> str:
        """A regular expression of a rule with its non-ASCII characters folded; ASCII ones are its author's."""
        found = self._patterns.get(source)
        if found is None:
            found = self._patterns[source] = source.translate(self._literals)
        return found

    @lazy
    def _patterns(self) -> dict[str, str]:
        """What was folded already: several rules have the same long patterns."""
        return {}

    @lazy
    def _literals(self) -> _Literals:
        return _Literals(self)

    def skips(self, char: str) -> bool:
        """Whether a squeezed text leaves `char` out."""
        return bool(self.flags[ord(char)] & _SKIPPED)


class _Literals(dict[int, str]):
    """Each character's code as a pattern has it, worked out when it is first met."""

    def __init__(self, table: FoldTable) -> None:
        super().__init__()
        self._table = table

    def __missing__(self, code: int) -> str:
        folded = chr(int(self._table.fold[code])) if code > _LAST_ASCII else chr(code)
        self[code] = literal = re.escape(folded) if code > _LAST_ASCII and _ASCII_MARKS.match(folded) else folded
        return literal


class Folded:
    """`raw` as typed and its folded forms, each made when it is first asked for."""

    def __init__(self, raw: str, table: FoldTable) -> None:
        self.raw = raw
        self.table = table
        self.batch: tuple[Places, int] | None = None

    @lazy
    def codes(self) -> Codes:
        return _codes(self.raw)

    @lazy
    def flags(self) -> Flags:
        return self.table.flags[self.codes]

    @lazy
    def flagged(self) -> int:
        """All the flags that occur, together."""
        return int(np.bitwise_or.reduce(self.flags)) if self.raw else 0

    @lazy
    def plain(self) -> str:
        return self._without(DROPPED)

    @lazy
    def squeezed(self) -> str:
        return self._without(_SKIPPED)

    @lazy
    def plain_at(self) -> Places:
        """Where each character of `plain` stands in `raw`."""
        return self._places(DROPPED)

    @lazy
    def squeezed_at(self) -> Places:
        """Where each character of `squeezed` stands in `raw`."""
        if self.batch is None:
            return self._places(_SKIPPED)
        places, start = self.batch
        return range(places.start - start, places.stop - start) if isinstance(places, range) else places - start

    def plain_at_squeezed(self, at: int) -> int:
        """Where the character squeezed[at] stands in `plain`."""
        return int(self._squeezed_in_plain[at])

    @lazy
    def _squeezed_in_plain(self) -> Places:
        if not self.flagged & DROPPED:
            return self.squeezed_at
        kept = self.flags[(self.flags & DROPPED) == 0]
        return np.flatnonzero((kept & _SKIPPED) == 0)

    def plain_span(self, start: int, end: int) -> tuple[int, int]:
        """The raw span of plain[start:end], which is not empty."""
        return int(self.plain_at[start]), int(self.plain_at[end - 1]) + 1

    def squeezed_span(self, start: int, end: int) -> tuple[int, int]:
        """The raw span of squeezed[start:end], which is not empty."""
        if self.batch is None:
            return int(self.squeezed_at[start]), int(self.squeezed_at[end - 1]) + 1
        places, first = self.batch
        return int(places[start]) - first, int(places[end - 1]) + 1 - first

    def whole(self, start: int, end: int) -> bool:
        """Whether squeezed[start:end] stands together in the text, invisible characters aside."""
        if self.flagged & DROPPED:
            return self.plain_at_squeezed(end - 1) - self.plain_at_squeezed(start) == end - 1 - start
        first, last = self.squeezed_span(start, end)
        return last - first == end - start

    def _without(self, mask: int) -> str:
        folded = self.table.fold[self.codes]
        if self.flagged & mask:
            folded = folded[(self.flags & mask) == 0]
        return folded.tobytes().decode("utf-32-le")

    def _places(self, mask: int) -> Places:
        if not self.flagged & mask:
            return range(len(self.raw))
        return np.flatnonzero((self.flags & mask) == 0)


def _codes(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _mark(flags: Flags, spans: Sequence[Sequence[int]], mark: int) -> None:
    for first, last in spans:
        flags[first : last + 1] |= mark
