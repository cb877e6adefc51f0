"""What the core asks of the outside about money; every method is one transaction.

Amounts are ten-thousandths of a yuan.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Protocol

from campaign_app.domain.campaign import Campaign, CampaignState, Noted
from campaign_app.domain.money import Bill, Counted, Limits

Check = Callable[[int | None], object]


def accepts(_now: int | None) -> None:
    """Whatever stands there may be written over."""


class MoneyStore(Protocol):
    def prices(self) -> dict[int, int]:
        """Sender account → the price of one part; absent where nobody wrote one down."""
        ...

    def set_price(
        self, account_id: int, price: int | None, *, check: Check = accepts, noted: Noted | None = None
    ) -> None:
        """What is claimed from now on costs as much; what was claimed before keeps its price.

        `check` is told what stands there while nobody else changes it, and raises where that may not be written over.
        """
        ...

    def month_budgets(self) -> dict[str, int]:
        """USCC of an entity → what its campaigns may cost in a month; absent for no budget."""
        ...

    def set_month_budget(
        self, entity_uscc: str, budget: int | None, *, check: Check = accepts, noted: Noted | None = None
    ) -> None:
        """As `set_price`."""
        ...

    def set_budget(
        self,
        campaign_id: int,
        budget: int | None,
        *,
        among: Collection[CampaignState] | None = None,
        noted: Noted | None = None,
    ) -> None:
        """What the campaign may cost from its first message to its last, None for no budget.

        Raises NotFound, and NotAllowed("campaign_running") where its state is none of `among` by now.
        """
        ...

    def to_leave(self, campaign_id: int) -> Counted:
        """Everybody who is ok in the screening and was not claimed yet."""
        ...

    def payers(self) -> dict[int, int]:
        """Account → the account that carries its messages and is paid: its sender's, or itself."""
        ...

    def limits(self, campaign: Campaign, now: datetime) -> Limits: ...
    def bill(self, campaign_id: int) -> Bill: ...
    def month_bill(self, entity_uscc: str, now: datetime) -> Bill:
        """Of everything that was claimed in the month of `now`."""
        ...
