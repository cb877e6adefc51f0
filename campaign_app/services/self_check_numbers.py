"""The numbers of a self-check report (自查自纠), each with the query that it comes from.

Words are codes here. A number whose `value` is None is not known, and `why` says so; it is never 0 instead.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Final, Literal

from campaign_app.domain.self_check import CampaignRow, Facts, Period, ShopRow, Stage

BOARDS: Final = ("retail", "finance", "membership", "service")
ALWAYS: Final = ("retail", "finance")  # 零售、金融: told apart even where there is nothing of one of them
Unit = Literal["count", "seconds", "per_10k", "percent"]


@dataclass(frozen=True, slots=True)
class Label:
    """What is said: a word of the table `report` or another one, or, without a table, a text of the workspace's own."""

    text: str
    table: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """`id` is the same in every report; `query` names the rows that it sums up."""

    id: str
    value: float | int | None
    query: str
    unit: Unit = "count"
    why: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    label: Label
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Numbers by lines and columns; both are named in the ids: `B1.delivered.retail`."""

    id: str
    query: str
    head: str
    columns: tuple[Label, ...]
    lines: tuple[Line, ...]
    chart: Literal["", "bar", "column", "line"] = ""
    charted: tuple[int, ...] = ()  # which columns


@dataclass(frozen=True, slots=True)
class Chapter:
    """`key`: the numbers that stand first."""

    id: str
    key: tuple[Number, ...]
    grids: tuple[Grid, ...]

    def numbers(self) -> Iterator[Number]:
        yield from self.key
        for grid in self.grids:
            for line in grid.lines:
                yield from line.numbers


@dataclass(frozen=True, slots=True)
class Unverified:
    """A citation that nobody has compared with the primary text."""

    rule: str
    law: str
    article: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """An authority outside was shown the `head` (N:HASH, of the chain as files of proof have it) `at` that time.

    `ca`: the fingerprint (SHA-256) of the root certificate that it goes back to.
    """

    head: str
    at: datetime
    authority: str
    ca: str


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """`facts` are open as long as the report is. `head`: number and hash of the newest entry of the audit."""

    period: Period
    stage: Stage
    made_at: datetime
    entities: tuple[tuple[str, str], ...]  # USCC, name
    chapters: tuple[Chapter, ...]
    rule_packs: str
    unverified: tuple[Unverified, ...]
    simulated: bool
    head: tuple[int, str]
    stamp: Stamp | None
    facts: Facts = field(repr=False, compare=False)

    def numbers(self) -> Iterator[Number]:
        for chapter in self.chapters:
            yield from chapter.numbers()

    def number(self, wanted: str) -> Number:
        return next(number for number in self.numbers() if number.id == wanted)


class Delays:
    """Seconds, eight bytes each, by the nearest rank. A clock that goes ahead makes no time negative."""

    def __init__(self, times: Iterable[tuple[datetime, datetime]]) -> None:
        self._sorted = array("d", (max(0.0, (until - since).total_seconds()) for since, until in times))
        self._sorted = array("d", sorted(self._sorted))

    def __len__(self) -> int:
        return len(self._sorted)

    def at(self, part: float) -> float | None:
        """None where there is none."""
        return self._sorted[max(0, ceil(part * len(self)) - 1)] if self._sorted else None


def boards_of(campaigns: Sequence[CampaignRow]) -> tuple[str, ...]:
    """Retail and finance always, others where there are campaigns of them."""
    used = {campaign.purpose for campaign in campaigns}
    return tuple(board for board in (*BOARDS, *sorted(used - {*BOARDS})) if board in used or board in ALWAYS)


def names_of(shops: Sequence[ShopRow]) -> Mapping[int, str]:
    return {shop.account_id: shop.label for shop in shops}
