"""A second reading of a text: 力口微信 is read as 加微信, and dai款 as 贷款, whatever rule may find something there.

It adds to what the text itself says, and nothing of it counts that does not lie over such a place: 巧克力口味 stays
what it is. The word lists belong to no rule, as a merchant may switch off the one that warns of the disguise itself.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, product
from typing import Final, NamedTuple

from campaign_app import assets
from campaign_app.compliance.matcher import Literal
from campaign_app.compliance.normalize import Folded, FoldTable
from campaign_app.compliance.subject import Found, Stand

_IN_PARTS: Final = "in-parts"
_SPELT: Final = "spelt"
# more of them than anybody writes; a hostile text could hold fifty thousand
_MOST: Final = 200


class Readings:
    """What `look` is asked about the literals is told by the matcher as of any check."""

    def __init__(self, table: FoldTable) -> None:
        forms = [*_in_parts(), *_spelt()]
        folded = table.phrases([form for form, _, _ in forms])
        words = table.phrases([word for _, word, _ in forms])
        self._stands = [(word, parts) for word, (_, _, parts) in zip(words, forms, strict=True)]
        self.literals = tuple(Literal(form, 1, 1) for form in folded)

    def look(self, literal: int, window: str, start: int, end: int) -> Sequence[Found]:
        """Letters of a longer word are no pinyin: 减feizi holds no 减fei."""
        begins = _is_letter(window[start]) and start > 0 and _is_letter(window[start - 1])
        goes_on = _is_letter(window[end - 1]) and end < len(window) and _is_letter(window[end])
        return () if begins or goes_on else (Found(start, end, literal),)

    def stands(self, body: Folded, found: Iterable[Found]) -> list[Stand]:
        """The places that are read, of overlapping ones the longest. Pinyin is written in one piece."""
        kept: list[Stand] = []
        for start, end, literal in sorted(found, key=_longest_first):
            word, parts = self._stands[literal]
            free = not kept or kept[-1].end <= start
            if free and len(kept) < _MOST and (parts or body.whole(start, end)):
                kept.append(Stand(start, end, word, parts))
        return kept


class Reread(NamedTuple):
    """`starts` and `ends` lead back from each character, `covered` counts those that stand for others before each."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    covered: Sequence[int]

    def back(self, found: Mapping[int, Sequence[Found]]) -> Iterator[tuple[int, Found]]:
        """What was found over a character that stands for others, as (check, place in the text that was reread)."""
        for check, seen in found.items():
            for start, end, group in seen:
                if self.covered[end] > self.covered[start]:
                    yield check, Found(self.starts[start], self.ends[end - 1], group)


def reread(text: str, stands: Sequence[Stand]) -> Reread:
    pieces, starts, ends, covered, done = [], [], [], [], 0
    for start, end, word, _ in (*stands, Stand(len(text), len(text), "", parts=False)):
        pieces += [text[done:start], word]
        starts += [*range(done, start), *[start] * len(word)]
        ends += [*range(done + 1, start + 1), *[end] * len(word)]
        covered += [*[0] * (start - done), *[1] * len(word)]
        done = end
    return Reread("".join(pieces), starts, ends, [0, *accumulate(covered)])


def _in_parts() -> Iterator[tuple[str, str, bool]]:
    for char, _, parts in (line.partition(" ") for line in _list(_IN_PARTS)):
        yield parts, char, True


def _spelt() -> Iterator[tuple[str, str, bool]]:
    """One character at least is spelt out and one at least is not: most words spelt out whole are somebody's brand."""
    for word, *sounds in map(str.split, _list(_SPELT)):
        for chosen in product((False, True), repeat=len(word)):
            if any(chosen) and not all(chosen):
                yield "".join(s if spelt else c for c, s, spelt in zip(word, sounds, chosen, strict=True)), word, False


def _list(name: str) -> Sequence[str]:
    words: list[str] = tomllib.loads(assets.path("rules", "lists", f"{name}.toml").read_text("utf-8"))["words"]
    return words


def _is_letter(char: str) -> bool:
    return "a" <= char <= "z"


def _longest_first(found: Found) -> tuple[int, int]:
    return found.start, -found.end
