"""What stands in each clause of a folded text: numbers and days. The clauses of a campaign are mostly the same."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from campaign_app.compliance.dates import Day, days_in
from campaign_app.compliance.normalize import Folded
from campaign_app.compliance.numbers import Number, find_numbers

# nothing that is read as one goes on beyond these marks
_CLAUSE: Final = re.compile(r"[^,。;!?\n]+")
_DAY_MARK: Final = re.compile(r"[月日号]|\d[./-]\d")
_DIGIT: Final = re.compile(r"\d")
_OF_A_MOBILE: Final = 11
_SOME_DIGITS: Final = re.compile(r"\d{3}[ -]?\d{2}")
_HOTLINE: Final = re.compile(
    r"(?<![\d.])(?:[48]00[ -]?\d{3,4}[ -]?\d{3,4}|0\d{2,3}[ -]?\d{7,8}|9[56]\d{3,6}|1[01]\d{3})(?![\d.])"
)


class Clause(NamedTuple):
    """Places are those of the clause."""

    numbers: tuple[Number, ...]
    hotlines: tuple[tuple[int, int], ...]
    days: tuple[Day, ...]


_EMPTY: Final = Clause((), (), ())


def clauses_in(body: Folded) -> list[tuple[int, Clause]]:
    """Where in the plain body the clauses begin that hold anything, and what."""
    plain = body.plain
    raw = body.raw if len(body.raw) == len(plain) else plain
    found = []
    for match in _CLAUSE.finditer(plain):
        start, end = match.span()
        clause = _read(match[0], raw[start:end])
        if clause is not _EMPTY:
            found.append((start, clause))
    return found


@lru_cache(maxsize=8192)
def _read(text: str, raw: str) -> Clause:
    hotlines = tuple(match.span() for match in _HOTLINE.finditer(text)) if _SOME_DIGITS.search(text) else ()
    numbers = tuple(find_numbers(text, raw)) if len(_DIGIT.findall(text)) >= _OF_A_MOBILE else ()
    clause = Clause(numbers, hotlines, days_in(text) if _DAY_MARK.search(text) else ())
    return clause if any(clause) else _EMPTY
