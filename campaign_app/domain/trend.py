"""Whether complaints rise: how many of how many now, against how many of how many before."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# fewer in both periods together say nothing, whatever their share
LEAST: Final = 5
# how often so uneven a split would come about if nothing had changed
CHANCE: Final = 0.05


class Turn(StrEnum):
    RISES = "rises"
    FALLS = "falls"
    STEADY = "steady"  # no more than chance may explain
    TOO_FEW = "too_few"
    NOTHING_SENT = "nothing_sent"  # complaints about what was sent before, or nothing to compare with


@dataclass(frozen=True, slots=True)
class Share:
    """`complaints` of `sent` messages. `unchecked`: complaints whose message nobody has told yet, among these."""

    complaints: int = 0
    sent: int = 0
    unchecked: int = 0

    @property
    def per_10000(self) -> float | None:
        return self.complaints * 10_000 / self.sent if self.sent else None


def turn(now: Share, before: Share) -> Turn:
    """Of all complaints, as many would fall into a period as messages were sent in it, but for chance.

    Asked is how probable a split at least as uneven is (binomial, one side).
    """
    total = now.complaints + before.complaints
    if total < LEAST:
        return Turn.TOO_FEW
    if not now.sent or not before.sent:
        return Turn.NOTHING_SENT
    expected = now.sent / (now.sent + before.sent)
    if _tail(now.complaints, total, expected) < CHANCE:
        return Turn.RISES
    if _tail(before.complaints, total, 1 - expected) < CHANCE:
        return Turn.FALLS
    return Turn.STEADY


def _tail(least: int, total: int, chance: float) -> float:
    """How probable `least` or more of `total` are."""
    logs = math.log(chance), math.log1p(-chance)
    return math.fsum(
        math.exp(_log_choose(total, n) + n * logs[0] + (total - n) * logs[1]) for n in range(least, total + 1)
    )


def _log_choose(total: int, n: int) -> float:
    return math.lgamma(total + 1) - math.lgamma(n + 1) - math.lgamma(total - n + 1)
