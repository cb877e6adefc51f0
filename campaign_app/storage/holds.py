"""What an open complaint case still needs, although its time is over: replies of its person, and what was found of it.

What was sent, the consents that it rests on, its texts and its approval are no record type that is ever removed. A
case holds until it is closed, and for the days of the setting after that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from campaign_app.storage import schema
from campaign_app.storage.lists import rows_among
from campaign_app.storage.numbers import people_of
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema_cases import complaint_case
from campaign_app.storage.schema_sending import ledger

_case, _customer, _account = complaint_case.c, schema.customer.c, schema.account.c
_PEOPLE = sa.select(_customer.account_id, _customer.ref, _customer.phone_key)
_PEOPLE_OF = _PEOPLE.where(_customer.account_id == sa.bindparam("shop"))
_SENT_TO = sa.select(ledger.c.customer_id)


@dataclass(frozen=True, slots=True)
class Held:
    """`refs`: account and reference; `messages`: rows of the ledger."""

    phones: frozenset[bytes]
    refs: frozenset[tuple[int, str]]
    messages: frozenset[int]

    def reply(self, row: AnyRow) -> bool:
        """`row` has account_id, ref, phone_key."""
        return row.phone_key in self.phones or (bool(row.ref) and (row.account_id, row.ref) in self.refs)


def held(connection: sa.Connection, closed_since: int) -> Held:
    """By cases that are not closed, or were at `closed_since` (ms) or later. There are few beside what was sent."""
    wanted = sa.select(_case.entity_uscc, _case.account_id, _case.ref, _case.phone_key, _case.ledger_id)
    running = sa.or_(_case.closed_at.is_(None), _case.closed_at >= closed_since)
    cases = connection.execute(wanted.where(running)).all()
    if not cases:
        return Held(frozenset(), frozenset(), frozenset())
    shops = connection.execute(sa.select(_account.id, _account.entity_uscc)).all()
    named = {
        (shop.id, case.ref)
        for case in cases
        if case.ref
        for shop in shops
        if shop.entity_uscc == case.entity_uscc and case.account_id in (None, shop.id)
    }
    messages = {case.ledger_id for case in cases if case.ledger_id is not None}
    keys = {case.phone_key for case in cases if case.phone_key is not None}
    # a case whose person was erased since knows them by the message alone
    customers = [row.customer_id for row in rows_among(connection, _SENT_TO, ledger.c.id, messages)]
    people = [
        *_of_refs(connection, named),
        *rows_among(connection, _PEOPLE, _customer.id, customers),
    ]
    keys |= {row.phone_key for row in people if row.phone_key is not None}
    phones = frozenset(people_of(connection, keys))
    people += rows_among(connection, _PEOPLE, _customer.phone_key, phones)
    refs = frozenset(named | {(row.account_id, row.ref) for row in people})
    return Held(phones, refs, frozenset(messages))


def _of_refs(connection: sa.Connection, named: Iterable[tuple[int, str]]) -> list[AnyRow]:
    by_shop: dict[int, list[str]] = {}
    for shop, ref in named:
        by_shop.setdefault(shop, []).append(ref)
    return [
        row
        for shop, refs in by_shop.items()
        for row in rows_among(connection, _PEOPLE_OF, _customer.ref, refs, shop=shop)
    ]
