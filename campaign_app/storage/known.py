"""What is stored of customers already, as a page of rows about them comes in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from campaign_app.domain.customer import PlatformCustomer, Told
from campaign_app.storage import schema
from campaign_app.storage.lists import rows_among

Rows = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Known:
    id: int
    phone_key: bytes | None = field(repr=False)
    updated_at: int
    sealed: bool  # a number that its platform sealed is stored


def known_of(connection: sa.Connection, account_id: int, refs: Sequence[str]) -> dict[str, Known]:
    table = schema.customer.c
    columns = (table.ref, table.id, table.phone_key, table.updated_at, table.platform_phone_sealed.is_not(None))
    wanted = sa.select(*columns).where(table.account_id == account_id)
    return {
        row[0]: Known(row[1], row[2], row[3], bool(row[4])) for row in rows_among(connection, wanted, table.ref, refs)
    }


def as_told(row: Mapping[str, Any], customer: PlatformCustomer, there: Known | None) -> Mapping[str, Any]:
    """With what is stored in place of what the row does not speak of."""
    if there is None or customer.told is Told.ALL:
        return row
    if customer.told is Told.BUT_NUMBER:
        return {**row, "phone_key": there.phone_key}
    return {**row, "updated_at": there.updated_at}
