"""The `disguise_*` kinds: writing that hides words from a reader or a filter is itself a finding."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from campaign_app.compliance.checks.base import Asked, Builder, Options, simple, with_options
from campaign_app.compliance.normalize import COMBINING, INVISIBLE, LOOKALIKE, SYMBOL, TRADITIONAL, WIDTH, FoldTable
from campaign_app.compliance.subject import Hit, Subject, merged
from campaign_app.compliance.traits import NUMBER_RULES, ODD, ODD_CHARACTER, PUNCTUATION_RUN, SPREAD, STYLED, VARIANT

_EMOJI_JOINERS: Final = "\ufe0f\ufe0e\u200d"
_RUN: Final = re.compile(r"[!！~～。?？…]{3,}|…{3,}|\^_?\^|>_<|T_T|\(\*\^")
# pictures and radicals that are read as letters, keys, signs or characters, and so are no symbols of the table
_PICTURES: Final = re.compile(
    "[\u2e80-\u2fd5\u3190-\u319f\U0001f1e6-\U0001f1ff\U0001f210-\U0001f23b\U0001f240-\U0001f248\U0001f250\U0001f251\u20e3➕✚]+"
)
_TOKEN: Final = re.compile(r"[^\W\d_\u2e80-\U0003ffff]{2,}")
_ASCII_LETTER: Final = re.compile(r"[A-Za-z]")
# rules about the form of a message; the others are about what its words say
_FORMAL: Final = ("SIG", "OPT", "VAR", "LEN", "TIM", "EVA", "IDN", "LNK")


def invisible(subject: Subject) -> Iterator[Hit]:
    """Invisible characters, and marks heaped on characters that bear none; an emoji's own joiners are part of it."""
    body = subject.body
    if not body.flagged & (INVISIBLE | COMBINING):
        return
    for start, end in _runs(body.flags & (INVISIBLE | COMBINING)):
        text = body.raw[start:end]
        if not _belongs(body.raw, start, end) and not (
            text.strip(_EMOJI_JOINERS) == "" and _beside_symbol(subject, start)
        ):
            yield subject.body_hit(start, end)


def styled(subject: Subject) -> Iterable[Hit]:
    """What another rule found only because styled or look-alike characters were read as what they stand for."""
    return merged(_styled(subject))


def spread(subject: Subject) -> Iterable[Hit]:
    hits = [Hit(hit.start, hit.end) for _, hit in subject.marks if hit.spread]
    return merged(hits) if hits else ()


def traditional(subject: Subject) -> Iterable[Hit]:
    """Traditional and variant characters, words in which others stand for the usual ones, and such in parts."""
    body = subject.body
    runs = _runs(body.flags & TRADITIONAL) if body.flagged & TRADITIONAL else ()
    hits = [subject.body_hit(start, end) for start, end in runs]
    hits += [Hit(hit.start, hit.end) for _, hit in subject.marks if hit.variant]
    hits += [one for one in subject.in_parts if any(h.start < one.end and one.start < h.end for _, h in subject.marks)]
    return merged(hits) if hits else ()


def decorated(subject: Subject) -> Iterable[Hit]:
    """Emoji, ornaments, and punctuation in a row."""
    body, text = subject.body, subject.text
    hits = [subject.body_hit(*match.span()) for match in _RUN.finditer(text)]
    if body.flagged & (WIDTH | COMBINING):
        hits += [subject.body_hit(*match.span()) for match in _PICTURES.finditer(text)]
    if body.flagged & SYMBOL:
        hits += [subject.body_hit(start, end) for start, end in _runs(body.flags & SYMBOL)]
    return merged(hits) if hits else ()


class Mixed(Options):
    """`words` are those that may not be spelt with look-alikes alone; others so spelt are another language's."""

    words: tuple[str, ...]


def build_mixed(options: Mixed, table: FoldTable) -> Asked:
    """Letters of two scripts in one word, and a known word of nothing but look-alikes."""
    words = frozenset(map(table.phrase, options.words))

    def mixed(subject: Subject) -> Iterator[Hit]:
        body = subject.body
        if not body.flagged & LOOKALIKE:
            return
        for match in _TOKEN.finditer(body.raw):
            alike = body.flags[match.start() : match.end()] & LOOKALIKE != 0
            if alike.any() and (_ASCII_LETTER.search(match[0]) or (alike.all() and table.phrase(match[0]) in words)):
                yield subject.body_hit(*match.span())

    return Asked(mixed, traits=ODD_CHARACTER)


def _styled(subject: Subject) -> Iterator[Hit]:
    body, offset = subject.body, subject.offset
    for rule, hit in subject.marks:
        if rule in NUMBER_RULES:
            if not subject.final_text[hit.start : hit.end].isascii():
                yield Hit(hit.start, hit.end)
        elif body.flagged & ODD and hit.end > hit.start and not rule.startswith(_FORMAL):
            flags = int(np.bitwise_or.reduce(body.flags[hit.start - offset : hit.end - offset]))
            if flags & ODD:
                yield Hit(hit.start, hit.end)


def _runs(flags: npt.NDArray[Any]) -> Iterator[tuple[int, int]]:
    """Where flags are set, at least one of them, in unbroken runs."""
    places = np.flatnonzero(flags).tolist()
    start = places[0]
    for before, after in pairwise((*places, -1)):
        if after != before + 1:
            yield start, before + 1
            start = after


def _belongs(raw: str, start: int, end: int) -> bool:
    """Whether the marks make one ordinary letter with what they stand on, as é does."""
    whole = raw[max(0, start - 1) : end]
    return start > 0 and len(unicodedata.normalize("NFC", whole)) == 1


def _beside_symbol(subject: Subject, at: int) -> bool:
    return at > 0 and (bool(subject.body.flags[at - 1] & SYMBOL) or subject.body.raw[at - 1] in "0123456789#*")


KINDS: Final[dict[str, Builder]] = {
    "disguise_invisible": simple(invisible, traits=ODD_CHARACTER),
    "disguise_styled": simple(styled, traits=STYLED, late=True),
    "disguise_spread": simple(spread, traits=SPREAD, late=True),
    "disguise_traditional": simple(traditional, traits=VARIANT | ODD_CHARACTER, late=True),
    "disguise_decorated": simple(decorated, traits=ODD_CHARACTER | PUNCTUATION_RUN, steady=True),
    "disguise_mixed": with_options(Mixed, build_mixed),
}
