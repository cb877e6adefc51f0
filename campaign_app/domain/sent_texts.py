"""What today's rules say of a text that was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from campaign_app.domain.campaign import Campaign
from campaign_app.domain.lookback import Mark


@dataclass(frozen=True, slots=True)
class Reread:
    """The rules that stop the text today, and those that warn of it."""

    blocks: frozenset[str] = frozenset()
    warned: frozenset[str] = frozenset()


class SentTexts(Protocol):
    """Reads what was sent by the rules of today."""

    @property
    def rule_packs(self) -> str: ...

    def signature(self, campaign: Campaign, shop: int, now: datetime) -> Mark | None:
        """What keeps the campaign from being signed so today for this shop."""
        ...

    def reread(
        self, campaign: Campaign, shop: int, texts: Sequence[tuple[str, datetime]], now: datetime
    ) -> Sequence[Reread | None]:
        """Of each text and when it left; None where it could not be read as it was sent."""
        ...
