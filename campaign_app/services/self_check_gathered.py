"""What several chapters of the self-check report count, and how their grids are made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from campaign_app.domain.consent import DEFAULT_METHODS
from campaign_app.domain.message import Outcome
from campaign_app.domain.self_check import CampaignRow, Facts, Period
from campaign_app.services.self_check_numbers import (
    Grid,
    Label,
    Line,
    Number,
    Unit,
    boards_of,
)

TOTAL: Final = Label("total", "report")
UNASSIGNED: Final = "unassigned"
LEFT: Final = (Outcome.ACCEPTED, Outcome.DELIVERED, Outcome.FAILED, Outcome.REJECTED, Outcome.UNKNOWN)
DEFAULTS: Final = frozenset(method.value for method in DEFAULT_METHODS)
Counts = Counter[tuple[str, str]]  # (line, board)


class Gathered:
    """The rows that several chapters count."""

    def __init__(self, facts: Facts, period: Period, today: date) -> None:
        self.facts, self.period, self.today = facts, period, today

    @cached_property
    def campaigns(self) -> Mapping[int, CampaignRow]:
        return {row.campaign_id: row for row in self.facts.campaigns()}

    @cached_property
    def boards(self) -> tuple[str, ...]:
        return boards_of(tuple(self.campaigns.values()))

    def board(self, campaign_id: int | None) -> str:
        found = self.campaigns.get(campaign_id or 0)
        return UNASSIGNED if found is None else found.purpose

    @cached_property
    def outcomes(self) -> Counts:
        found = Counts()
        for row in self.facts.outcomes():
            board = self.board(row.campaign_id)
            found[row.outcome or "no_outcome", board] += row.messages
            found["claimed", board] += row.messages
            if row.outcome != Outcome.WITHHELD:
                found["submitted", board] += row.messages
        return found

    @cached_property
    def reasons(self) -> Counts:
        found = Counts()
        for row in self.facts.reasons():
            found[row.reason or "unscreened", self.board(row.campaign_id)] += row.people
        return found

    def all_of(self, counts: Counts, line: str) -> int:
        return sum(count for (each, _), count in counts.items() if each == line)


@dataclass(frozen=True, slots=True)
class Making:
    """A grid whose columns are the boards and all of them together."""

    gathered: Gathered
    id: str
    query: str
    head: str
    table: str  # of the words of its lines; "" where they speak for themselves
    unassigned: bool = False

    def grid(self, counts: Counts, lines: Iterable[str], names: Mapping[str, str] | None = None) -> Grid:
        boards = (*self.gathered.boards, *((UNASSIGNED,) if self.unassigned else ()))
        columns = tuple(Label(board, "report" if board == UNASSIGNED else "purpose") for board in boards)
        return Grid(
            self.id,
            self.query,
            self.head,
            (*columns, TOTAL),
            tuple(
                Line(
                    Label((names or {}).get(line, line), "" if names else self.table),
                    (
                        *(self._number(line, board, counts[line, board]) for board in boards),
                        self._number(line, "total", sum(counts[line, board] for board in boards)),
                    ),
                )
                for line in lines
            ),
        )

    def _number(self, line: str, column: str, value: int) -> Number:
        return Number(f"{self.id}.{line}.{column}", value, self.query)


def plain_grid(
    grid_id: str, query: str, head: str, columns: tuple[str, ...], lines: Iterable[tuple[Label, str, tuple[int, ...]]]
) -> Grid:
    made = tuple(
        Line(
            label,
            tuple(Number(f"{grid_id}.{code}.{name}", each, query) for name, each in zip(columns, values, strict=True)),
        )
        for label, code, values in lines
    )
    return Grid(grid_id, query, head, tuple(Label(name, "report") for name in columns), made)


def share(number_id: str, part: int, whole: int, query: str, times: int, unit: Unit) -> Number:
    value = None if whole == 0 else part * times / whole
    return Number(number_id, value, query, unit, "" if whole else "nothing_sent")
