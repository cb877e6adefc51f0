"""What can be told of a message at a glance, so that most checks need not be asked about most messages."""

from __future__ import annotations

import re
from typing import Final

from campaign_app.compliance.normalize import LOOKALIKE, SEPARATOR, WIDTH
from campaign_app.compliance.opt_outs import STANDARD
from campaign_app.compliance.subject import Subject

ANY: Final = 1
SIGNATURE_BRACKET: Final = 2
OTHER_BRACKET_FIRST: Final = 4
LINKS: Final = 8
HOTLINES: Final = 16
ODD_CHARACTER: Final = 32
PUNCTUATION_RUN: Final = 64
PLACEHOLDER: Final = 128
ODD_OPT_OUT: Final = 512
SEVERAL_PARTS: Final = 1024
MARKED: Final = 2048
NUMBERS: Final = 4096
NO_HOTLINE: Final = 8192
LONG_VALUE: Final = 16384
ODD_VALUE: Final = 32768
SPREAD: Final = 65536
TOO_LONG: Final = 131072
LONGER_BY_VALUES: Final = 262144
VARIANT: Final = 524288
STYLED: Final = 1048576
GOODS: Final = 2097152
DOOR: Final = 4194304
ODD: Final = WIDTH | LOOKALIKE
# rules that find numbers in any characters
NUMBER_RULES: Final = ("LED-002", "PII-001")
# from here on a value may hold a whole address
LONG: Final = 8

_BRACKETS: Final = frozenset("[［(（〖〔「『《<〈{")
_STOPS: Final = frozenset("，,。；;！!？?")
_PLACEHOLDER: Final = re.compile(
    r"[{｛$#%&\[［<＜〈@]|[Xx×]{2}|undefined|null|NaN|None|NULL|Null|NONE|nan|none|nil|N/A"
)
# how an address goes on behind the house
_DOOR: Final = re.compile("[室栋幢]|单元|号楼")
# what a program's words for nothing begin with, white space aside
_NOTHINGS: Final = frozenset("nNuU(<#[")
_RUN: Final = re.compile(r"[!！~～。?？…^_><T*(]{3}")


def traits_of(subject: Subject, settled: int = 0) -> int:
    """`settled` are those of `settled_traits`, where the subject has a skeleton."""
    return (
        (settled or _of_text(subject))
        | _of_clauses(subject)
        | _of_values(subject)
        | (0 if _plain_end(subject) else ODD_OPT_OUT)
        | (_of_size(subject) if subject.segments.segments > 1 else 0)
        | (GOODS if subject.request.goods else 0)
        | (TOO_LONG if len(subject.final_text) > subject.provider.total_length or subject.rendered.left_out else 0)
    )


def settled_traits(reference: Subject) -> int:
    """What calm values leave as it is, told from any one row of such values."""
    return _of_text(reference)


def _of_text(subject: Subject) -> int:
    text = subject.text
    return (
        ANY
        | (SIGNATURE_BRACKET if "【" in text or "】" in text else 0)
        | (OTHER_BRACKET_FIRST if text.lstrip()[:1] in _BRACKETS else 0)
        | (LINKS if subject.links else 0)
        | (ODD_CHARACTER if subject.body.flagged & ~SEPARATOR else 0)
        | (PUNCTUATION_RUN if _RUN.search(text) else 0)
        | (DOOR if _DOOR.search(text) else 0)
        | (PLACEHOLDER if _PLACEHOLDER.search(text) else 0)
    )


def traits_of_marks(subject: Subject) -> int:
    """What the hits so far give the late checks to look at."""
    traits, odd = VARIANT if subject.stand_ins else 0, subject.body.flagged & ODD
    for rule, hit in subject.marks:
        traits |= (
            MARKED
            | (SPREAD if hit.spread else 0)
            | (VARIANT if hit.variant else 0)
            | (STYLED if hit.end and (odd or rule in NUMBER_RULES) else 0)
        )
    return traits


def _of_clauses(subject: Subject) -> int:
    traits = NO_HOTLINE
    for _, _, clause in subject.clauses:
        if clause.hotlines:
            traits = traits & ~NO_HOTLINE | HOTLINES
        if clause.numbers and subject.numbers:
            traits |= NUMBERS
    return traits


def _of_size(subject: Subject) -> int:
    """Of a message of several parts."""
    longer = bool(subject.value_spans) and subject.frame.fixed_parts < subject.segments.segments
    return SEVERAL_PARTS | (LONGER_BY_VALUES if longer else 0)


def _of_values(subject: Subject) -> int:
    traits, text = 0, subject.text
    for _, start, end in subject.value_spans:
        if end - start >= LONG:
            traits |= LONG_VALUE
        first = text[start : start + 1]
        if first in _NOTHINGS or first.isspace():
            traits |= ODD_VALUE
    return traits


def _plain_end(subject: Subject) -> bool:
    """One opt-out in the common form, right behind a full stop or comma, and one that the provider knows."""
    opt_outs = subject.opt_outs
    at = len(subject.text) - len(STANDARD)
    alone = len(opt_outs) == 1 and at > 0 and subject.text.endswith(STANDARD) and subject.text[at - 1] in _STOPS
    return alone and STANDARD in (subject.provider.opt_out_forms or (STANDARD,))
