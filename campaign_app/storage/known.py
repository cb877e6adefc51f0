"""What is stored of customers already, as a page of rows about them comes in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.customer import PlatformCustomer, Told
from campaign_app.storage import schema
from campaign_app.storage.lists import rows_among

Rows = Mapping[str, Mapping[str, Any]]
_customer = schema.customer.c
_OF_ACCOUNT: Final = _customer.account_id == sa.bindparam("account")
_KNOWN: Final = sa.select(
    _customer.ref, _customer.id, _customer.phone_key, _customer.updated_at,
    _customer.platform_phone_sealed.is_not(None),
).where(_OF_ACCOUNT)  # fmt: skip
_IDS: Final = sa.select(_customer.ref, _customer.id).where(_OF_ACCOUNT)


@dataclass(frozen=True, slots=True)
class Known:
    id: int
    phone_key: bytes | None = field(repr=False)
    updated_at: int
    sealed: bool  # a number that its platform sealed is stored


def known_of(connection: sa.Connection, account_id: int, refs: Sequence[str]) -> dict[str, Known]:
    found = rows_among(connection, _KNOWN, _customer.ref, refs, account=account_id)
    return {row[0]: Known(row[1], row[2], row[3], bool(row[4])) for row in found}


def ids_of_refs(connection: sa.Connection, account_id: int, refs: Iterable[str]) -> dict[str, int]:
    return {row[0]: row[1] for row in rows_among(connection, _IDS, _customer.ref, refs, account=account_id)}


def as_told(row: Mapping[str, Any], customer: PlatformCustomer, there: Known | None) -> Mapping[str, Any]:
    """With what is stored in place of what the row does not speak of."""
    if there is None or customer.told is Told.ALL:
        return row
    if customer.told is Told.BUT_NUMBER:
        return {**row, "phone_key": there.phone_key}
    return {**row, "updated_at": there.updated_at}
