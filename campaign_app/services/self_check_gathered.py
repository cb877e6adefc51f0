"""What several chapters of the self-check report count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Final

from campaign_app.domain.consent import DEFAULT_METHODS
from campaign_app.domain.message import Outcome
from campaign_app.domain.self_check import CampaignRow, Facts, Period
from campaign_app.services.self_check_numbers import boards_of

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
        """The purpose of a campaign; `UNASSIGNED` where what was counted belongs to none."""
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
        """Over all boards, and what belongs to none."""
        return sum(count for (each, _), count in counts.items() if each == line)
