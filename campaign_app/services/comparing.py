"""Whether one campaign's rate is really another than that of earlier ones, or whether there is too little to say."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final, Literal

Verdict = Literal["too_few", "alike", "higher", "lower"]
Z: Final = 1.96  # 95 %
LEAST_WHOLE: Final = 100
LEAST_PART: Final = 10  # on both sides together


@dataclass(frozen=True, slots=True)
class Rate:
    part: int
    whole: int

    def __add__(self, other: Rate) -> Rate:
        return Rate(self.part + other.part, self.whole + other.whole)


def compare(one: Rate, other: Rate) -> Verdict:
    """`higher`: one's rate is, by more than chance explains (Newcombe's interval of the difference, 95 %)."""
    if min(one.whole, other.whole) < LEAST_WHOLE:
        return "too_few"
    mine, theirs = one.part / one.whole, other.part / other.whole
    (low, high), (low_other, high_other) = _wilson(one), _wilson(other)
    difference = mine - theirs
    if difference - sqrt((mine - low) ** 2 + (high_other - theirs) ** 2) > 0:
        return "higher"
    if difference + sqrt((high - mine) ** 2 + (theirs - low_other) ** 2) < 0:
        return "lower"
    return "too_few" if one.part + other.part < LEAST_PART else "alike"


def _wilson(rate: Rate) -> tuple[float, float]:
    """Wilson's score interval."""
    n, p = rate.whole, rate.part / rate.whole
    middle = p + Z * Z / (2 * n)
    spread = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    scale = 1 + Z * Z / n
    return (middle - spread) / scale, (middle + spread) / scale
