"""Which customers a person looks for in the table of all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from campaign_app.domain.audience import Filter

ORDERS: Final = ("spend_cents", "last_order_at", "province", "account_id")  # what all customers can be sorted by
NOT_ASKED: Final = "not_asked"  # stands for a consent status: the platform was never asked about this customer


@dataclass(frozen=True, slots=True)
class PeopleQuery:
    """All conditions must hold; what is empty asks for nothing. `text` is the start of a name or a whole ref.

    `status` is a ConsentStatus of the latest fact, or NOT_ASKED. A number is only ever here as its keyed hash.
    """

    text: str = field(default="", repr=False)
    phone_key: bytes | None = field(default=None, repr=False)
    account_id: int | None = None
    status: str = ""
    province: str = ""
    audience: Filter | None = None
    now: datetime | None = None  # for what an audience says of days; there wherever an audience is

    @property
    def everybody(self) -> bool:
        return self == PeopleQuery()
