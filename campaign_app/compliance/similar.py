"""Whether two templates say about the same: by the hash of their masked text, else by their runs of three characters.

Measured on short texts (`docs/lookback.md`): the same with other numbers or in another order is above 0.55, texts that
have nothing in common are below 0.26, so 0.45 lies in the gap.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

ALIKE: Final = 0.45
_RUN: Final = 3
_VARIABLE: Final = re.compile(r"\{\w{1,40}\}")
_LINK: Final = re.compile(r"(?:https?://)?[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[!-~]*)?")
_NUMBER: Final = re.compile(r"\d+(?:[.,:]\d+)*")
_SPACE: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Likeness:
    """What of a template is compared: without names, numbers, links and spaces."""

    digest: bytes
    runs: frozenset[str]


def likeness(body: str) -> Likeness:
    text = _VARIABLE.sub("〇", body.casefold())
    text = _SPACE.sub("", _NUMBER.sub("0", _LINK.sub("^", text)))
    runs = frozenset(text[n : n + _RUN] for n in range(max(1, len(text) - _RUN + 1)))
    return Likeness(sha256(text.encode()).digest(), runs)


def similarity(one: Likeness, other: Likeness) -> float:
    """0 to 1: shared runs among all of both."""
    if one.digest == other.digest:
        return 1.0
    return len(one.runs & other.runs) / len(one.runs | other.runs)


def alike(one: Likeness, other: Likeness) -> bool:
    return similarity(one, other) >= ALIKE
