"""Prices, budgets and bills, as people look at them and set them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from campaign_app.domain.campaign import Campaign, CampaignState, Noted
from campaign_app.domain.errors import NotAllowed
from campaign_app.domain.money import PER_YUAN, Bill, Limits
from campaign_app.domain.ports_money import Check, accepts
from campaign_app.storage.audit import append_noted
from campaign_app.storage.billed import billed_of
from campaign_app.storage.budgets import (
    bill_of,
    limits_of,
    month_bill_of,
    payers_of,
    prices_of,
    put_budget,
    to_leave,
)
from campaign_app.storage.engine import Database
from campaign_app.storage.freezing import row_of
from campaign_app.storage.schema_money import account_price, entity_budget
from campaign_app.storage.schema_sending import submission
from campaign_app.storage.upserts import insert_or_update


@dataclass(frozen=True, slots=True)
class SqlMoney:
    """Implements `domain.ports_money.MoneyStore`."""

    db: Database

    def prices(self) -> dict[int, int]:
        with self.db.read() as connection:
            return prices_of(connection)

    def set_price(
        self, account_id: int, price: int | None, *, check: Check = accepts, noted: Noted | None = None
    ) -> None:
        with self.db.write() as connection:
            check(prices_of(connection).get(account_id))
            _put(connection, account_price.c.account_id, account_id, account_price.c.price, price)
            append_noted(connection, noted)

    def month_budgets(self) -> dict[str, int]:
        with self.db.look() as connection:
            return _months(connection)

    def set_month_budget(
        self, entity_uscc: str, budget: int | None, *, check: Check = accepts, noted: Noted | None = None
    ) -> None:
        with self.db.write() as connection:
            check(_months(connection).get(entity_uscc))
            _put(connection, entity_budget.c.entity_uscc, entity_uscc, entity_budget.c.month, budget)
            append_noted(connection, noted)

    def set_budget(
        self,
        campaign_id: int,
        budget: int | None,
        *,
        among: Collection[CampaignState] | None = None,
        noted: Noted | None = None,
    ) -> None:
        with self.db.write() as connection:
            state = CampaignState(row_of(connection, campaign_id).state)
            if among is not None and state not in among:
                raise NotAllowed("campaign_running", "The campaign has begun: its budget holds as it was")
            put_budget(connection, campaign_id, budget=budget)
            append_noted(connection, noted)

    def to_leave(self, campaign_id: int) -> dict[int, dict[int | None, int]]:
        with self.db.read() as connection:
            return to_leave(connection, campaign_id)

    def payers(self) -> dict[int, int]:
        with self.db.read() as connection:
            return payers_of(connection)

    def limits(self, campaign: Campaign, now: datetime) -> Limits:
        with self.db.read() as connection:
            return limits_of(connection, campaign.id, campaign.entity_uscc, now)

    def bill(self, campaign_id: int) -> Bill:
        with self.db.read() as connection:
            told, counted = billed_of(connection, campaign_id)
            bill = bill_of(connection, submission.c.campaign_id == campaign_id)
            return replace(bill, told=told, told_counted=counted)

    def month_bill(self, entity_uscc: str, now: datetime) -> Bill:
        with self.db.read() as connection:
            return month_bill_of(connection, entity_uscc, now)


def _months(connection: sa.Connection) -> dict[str, int]:
    rows = connection.execute(sa.select(entity_budget.c.entity_uscc, entity_budget.c.month))
    return {row.entity_uscc: row.month for row in rows}


def _put(
    connection: sa.Connection, key: sa.Column[Any], of: int | str, value: sa.Column[Any], amount: int | None
) -> None:
    """None takes it away."""
    if amount is None:
        connection.execute(sa.delete(key.table).where(key == of))
        return
    row = {key.name: of, value.name: amount, "per_yuan": PER_YUAN}
    connection.execute(insert_or_update(connection, key.table, key.name), row)
