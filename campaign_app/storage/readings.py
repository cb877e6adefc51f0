"""What texts may say of people, page by page, and nothing else of them: whole audiences are measured with it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.audience import Filter
from campaign_app.domain.consent import Reason
from campaign_app.domain.customer import Reading
from campaign_app.storage.counting import of_accounts
from campaign_app.storage.customers import accounts_of
from campaign_app.storage.engine import Database
from campaign_app.storage.filters import clause
from campaign_app.storage.rows import AnySelect
from campaign_app.storage.schema import customer
from campaign_app.storage.schema_sending import campaign_member

_customer, _member = customer.c, campaign_member.c
_VALUES: Final = (_customer.name, _customer.province, _customer.city, _customer.attributes)
_OF_MEMBERS: Final = (
    sa.select(_member.seq, _customer.id, *_VALUES)
    .join(customer, _customer.id == _member.customer_id)
    .where(
        _member.campaign_id == sa.bindparam("campaign"),
        _member.reason == Reason.OK.value,
        _member.seq > sa.bindparam("after"),
    )
    .order_by(_member.seq)
    .limit(sa.bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class SqlReadings:
    """Implements `domain.ports_people.ReadingStore`."""

    db: Database

    def of_audience(
        self, audience: Filter, entity_uscc: str, now: datetime, after: int, limit: int
    ) -> tuple[Reading, ...]:
        wanted = sa.select(_customer.id, _customer.id.label("who"), *_VALUES).order_by(_customer.id).limit(limit)
        with self.db.read() as connection:
            shops = accounts_of(connection, entity_uscc, connected=True)
            those = wanted.where(_customer.id > after, of_accounts(shops), clause(audience, now))
            return _readings(connection, those)

    def of_members(self, campaign_id: int, after: int, limit: int) -> tuple[Reading, ...]:
        with self.db.read() as connection:
            return _readings(connection, _OF_MEMBERS.params(campaign=campaign_id, after=after, most=limit))


def _readings(connection: sa.Connection, wanted: AnySelect) -> tuple[Reading, ...]:
    return tuple(
        Reading(place, who, {**_attributes(attributes), "name": name, "province": province, "city": city})
        for place, who, name, province, city, attributes in connection.execute(wanted)
    )


def _attributes(stored: str) -> dict[str, str]:
    if stored == "{}":
        return {}
    found: dict[str, str] = json.loads(stored)
    return found
