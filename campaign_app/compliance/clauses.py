"""What stands in each clause of a folded text: numbers and days. The clauses of a campaign are mostly the same."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from campaign_app.compliance.dates import Day, days_in
from campaign_app.compliance.numbers import may_be_spoken

# nothing that is read as one goes on beyond these marks
BORDER: Final = re.compile(r"[,。;!?\n]")
_DAY_MARK: Final = re.compile(r"[月日号]|\d[./-]\d")
_DIGIT: Final = re.compile(r"\d")
# a shorter clause without any of these is empty
_SOMETHING: Final = re.compile(r"[月日号]|\d[./-]\d|\d{3}[ -]?\d{2}")
_OF_A_MOBILE: Final = 11
# digits that are left where letters stand for the others
_OF_A_SPOKEN: Final = 3
_SOME_DIGITS: Final = re.compile(r"\d{3}[ -]?\d{2}")
_HOTLINE: Final = re.compile(
    r"(?<![\d.])(?:[48]00[ -]?\d{3,4}[ -]?\d{3,4}|0\d{2,3}[ -]?\d{7,8}|9[56]\d{3,6}|1[01]\d{3})(?![\d.])"
)


class Clause(NamedTuple):
    """Places are those of the clause. `numbers` says that there may be some, if it is long enough."""

    numbers: bool
    hotlines: tuple[tuple[int, int], ...]
    days: tuple[Day, ...]


EMPTY: Final = Clause(numbers=False, hotlines=(), days=())
Found = tuple[int, str, Clause]


def clauses_in(plain: str) -> list[Found]:
    """Where the clauses begin that hold anything, their text, and what it is."""
    found, at = [], 0
    for text in BORDER.split(plain):
        if may_hold(text):
            clause = read(text)
            if clause is not EMPTY:
                found.append((at, text, clause))
        at += len(text) + 1
    return found


def may_hold(text: str) -> bool:
    return len(text) >= _OF_A_MOBILE or _SOMETHING.search(text) is not None


@lru_cache(maxsize=8192)
def read(text: str) -> Clause:
    hotlines = tuple(match.span() for match in _HOTLINE.finditer(text)) if _SOME_DIGITS.search(text) else ()
    days = days_in(text) if _DAY_MARK.search(text) else ()
    digits = len(_DIGIT.findall(text))
    numbers = digits >= _OF_A_MOBILE or (digits >= _OF_A_SPOKEN and may_be_spoken(text))
    clause = Clause(numbers, hotlines, days)
    return clause if any(clause) else EMPTY
