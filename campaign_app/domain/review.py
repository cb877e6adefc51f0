"""What those who look at a screening before anything is sent ask of the stores; they fit these by shape."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from campaign_app.domain.campaign import Campaign, Stopped
from campaign_app.domain.consent import ConsentFact


class MemberStore(Protocol):
    """The members of a campaign by the reason that its screening gave them; reasons are the keys of the funnel."""

    def members_by_reason(
        self, campaign_id: int, reason: str, after_seq: int, limit: int
    ) -> tuple[tuple[int, int, int | None], ...]:
        """(seq, customer id, fact id) of the next `limit` members, seq > after_seq; -1 starts."""
        ...

    def member_pages(self, campaign_id: int, reason: str, rows: int) -> tuple[int, tuple[int, ...]]:
        """How many members have this reason, and the `after_seq` of every page of so many of them."""
        ...

    def stopped(self, campaign_id: int, seqs: Sequence[int]) -> dict[int, Stopped]:
        """seq → the rules that keep this member's text back, where that is the reason and they are known."""
        ...


class FactReader(Protocol):
    def facts(self, fact_ids: Sequence[int]) -> dict[int, ConsentFact]:
        """Facts by their ids."""
        ...


class AudienceReader(Protocol):
    def campaign(self, campaign_id: int) -> Campaign: ...
    def funnel(self, campaign_id: int) -> dict[str, int]:
        """reason → members."""
        ...

    def fact_ages(self, campaign_id: int) -> tuple[datetime, datetime] | None:
        """(oldest `checked_at`, newest `observed_at`) of the facts that let members in; None where there are none."""
        ...
