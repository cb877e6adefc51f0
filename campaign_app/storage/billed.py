"""The parts that providers say they bill, message by message, beside our own count of the same messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import sqlalchemy as sa

from campaign_app.storage.budgets import parts_of
from campaign_app.storage.lists import rows_among, write_all
from campaign_app.storage.schema_money import billed_part
from campaign_app.storage.schema_sending import ledger
from campaign_app.storage.upserts import insert_or_update

_TEXTS: Final = sa.select(ledger.c.id, ledger.c.text)
_SUMS: Final = (
    sa.select(
        sa.func.coalesce(sa.func.sum(billed_part.c.told), 0), sa.func.coalesce(sa.func.sum(billed_part.c.counted), 0)
    )
    .join(ledger, ledger.c.id == billed_part.c.ledger_id)
    .where(ledger.c.campaign_id == sa.bindparam("campaign"))
)


def keep_billed(connection: sa.Connection, said: Iterable[tuple[int | None, int | None]]) -> None:
    """(ledger row, parts) where both are known; what a provider said last of a row counts."""
    told = {row: billed for row, billed in said if row is not None and billed is not None}
    rows = [
        {"ledger_id": ledger_id, "told": told[ledger_id], "counted": parts_of([text])}
        for ledger_id, text in rows_among(connection, _TEXTS, ledger.c.id, told)
    ]
    write_all(connection, insert_or_update(connection, billed_part, "ledger_id"), rows)


def billed_of(connection: sa.Connection, campaign_id: int) -> tuple[int, int]:
    """(what providers say they billed, what we counted of the same messages)."""
    told, counted = connection.execute(_SUMS, {"campaign": campaign_id}).one()
    return int(told), int(counted)
