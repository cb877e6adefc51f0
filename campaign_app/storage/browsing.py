"""Customers for a table that scrolls through millions: every N-th id is looked up once, then any page starts there."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.people import NOT_ASKED, PeopleQuery
from campaign_app.storage import schema
from campaign_app.storage.counting import of_accounts
from campaign_app.storage.engine import Database
from campaign_app.storage.filters import clause
from campaign_app.storage.numbers import people_of
from campaign_app.storage.rows import AnySelect

_customer, _latest, _fact = schema.customer.c, schema.consent_latest.c, schema.consent_fact.c


_Columns = tuple[sa.ColumnElement[Any], ...]
# by what to sort, and what is true of whoever has nothing there
_ORDERED: Final[Mapping[str, tuple[_Columns, _Columns]]] = {
    "spend_cents": ((_customer.spend_cents,), (_customer.spend_cents == 0,)),
    "last_order_at": ((_customer.last_order_at,), (_customer.last_order_at.is_(None),)),
    "province": ((_customer.province, _customer.city), (_customer.province == "",)),
    "account_id": ((_customer.account_id,), ()),
}


@dataclass(frozen=True, slots=True)
class SqlPeople:
    """Implements `domain.ports_people.PeopleStore`. Rows come in the order of their ids, which no sync changes."""

    db: Database

    def anchors(self, query: PeopleQuery, every: int) -> tuple[int, tuple[int, ...]]:
        with self.db.read() as connection:
            if query.everybody and (whole := _without_gaps(connection, every)) is not None:
                return whole
            match = _Match.of(connection, query)
            place = sa.func.row_number().over(order_by=match.id).label("place")
            rows = match.found.add_columns(place).subquery()
            wanted = sa.select(rows.c.id).where(rows.c.place % every == 1 % every)
            begins = tuple(sorted(connection.execute(wanted).scalars()))
            if not begins:
                return 0, ()
            rest = match.found.where(match.id >= begins[-1]).subquery()
            last = connection.execute(sa.select(sa.func.count()).select_from(rest)).scalar_one()
            return (len(begins) - 1) * every + last, begins

    def ids(self, query: PeopleQuery, first: int, limit: int) -> tuple[int, ...]:
        with self.db.read() as connection:
            match = _Match.of(connection, query, first)
            wanted = match.found.where(match.id >= first).order_by(match.id).limit(limit)
            return tuple(connection.execute(wanted).scalars())

    def ordered(self, query: PeopleQuery, order: str, limit: int, *, descending: bool) -> Sequence[int]:
        """In one pass over the index that holds what can be sorted by; what is kept of it is no more than `limit`."""
        by, empty = _ORDERED[order]
        ways = [column.desc() if descending else column for column in by]
        with self.db.read() as connection:
            match = _Match.of(connection, query)
            wanted = match.found.order_by(*empty, *ways, match.id).limit(limit)
            return array("q", connection.execute(wanted).scalars())

    def provinces(self) -> tuple[str, ...]:
        wanted = sa.select(_customer.province).where(_customer.province != "").distinct()
        with self.db.look() as connection:
            return tuple(sorted(connection.execute(wanted).scalars()))


def _without_gaps(connection: sa.Connection, every: int) -> tuple[int, tuple[int, ...]] | None:
    """Ids that follow one another, as they do until somebody is erased, need no reading: a count of them is enough."""
    first, last = connection.execute(sa.select(sa.func.min(_customer.id), sa.func.max(_customer.id))).one()
    if first is None:
        return 0, ()
    total = connection.execute(sa.select(sa.func.count()).select_from(schema.customer)).scalar_one()
    return (total, tuple(range(first, last + 1, every))) if last - first + 1 == total else None


@dataclass(frozen=True, slots=True)
class _Match:
    """A select of the ids that match; `id` is the column to order and to begin by."""

    found: AnySelect
    id: sa.ColumnElement[int]

    @classmethod
    def of(cls, connection: sa.Connection, query: PeopleQuery, first: int = 0) -> _Match:
        match = _by_status(query.status, first)
        conditions: list[sa.ColumnElement[bool]] = []
        if query.phone_key is not None:
            numbers = list(people_of(connection, [query.phone_key]))
            conditions.append(_customer.phone_key.in_(numbers) if numbers[1:] else _customer.phone_key == numbers[0])
        if query.account_id is not None:
            conditions.append(of_accounts([query.account_id]))
        if query.province:
            # as text that is put together: kept from the index on provinces, where ids are in order per shop only
            conditions.append(_customer.province.concat("") == query.province)
        if query.audience is not None and query.now is not None:
            conditions.append(clause(query.audience, query.now))
        if query.text:
            conditions.append(_called(connection, query.text, match.id))
        return cls(match.found.where(*conditions), match.id)


def _by_status(status: str, first: int) -> _Match:
    """Driven by the small table of latest facts: SQLite reads customers only where something is asked of them."""
    if not status:
        return _Match(sa.select(_customer.id), _customer.id)
    if status == NOT_ASKED:
        # PostgreSQL reads both in the order of ids, and would begin with the first fact for the last page as well
        asked = sa.and_(_latest.customer_id == _customer.id, _latest.customer_id >= first)
        joined = schema.customer.outerjoin(schema.consent_latest, asked)
        return _Match(sa.select(_customer.id).select_from(joined).where(_latest.fact_id.is_(None)), _customer.id)
    found = schema.consent_latest.outerjoin(schema.customer, _customer.id == _latest.customer_id)
    ids = sa.select(_latest.customer_id.label("id"))
    if status == ConsentStatus.CONFIRMED.value:
        return _Match(ids.select_from(found).where(_latest.refused == 0), _latest.customer_id)
    # by the index that holds the status, since the rows of facts are long; `+ 0` keeps SQLite from those
    same = sa.and_(_fact.customer_id == _latest.customer_id, _fact.id + 0 == _latest.fact_id, _fact.status == status)
    has = sa.exists().where(same)
    return _Match(ids.select_from(found).where(_latest.refused == 1, has), _latest.customer_id)


def _called(connection: sa.Connection, text: str, which: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """A whole ref is meant where there is such a one; else the start of a name."""
    shops = connection.execute(sa.select(schema.account.c.id)).scalars().all()
    of_ref = sa.select(_customer.id).where(_customer.account_id.in_(shops), _customer.ref == text)
    if ids := connection.execute(of_ref).scalars().all():
        return which.in_(ids)
    return _customer.name.startswith(text, autoescape=True)
