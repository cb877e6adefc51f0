"""How many customers an audience has: of millions by several readers side by side.

Reading and decrypting ten million entries takes one core two seconds. Each reader takes a range of ids on a connection
of its own, so each sees its own moment; as nobody's id ever changes, nobody is counted twice or left out for that.
Most of it is decrypting, by pages: where the audience keeps to some provinces, only theirs are read.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.audience import Filter, names_fields
from campaign_app.storage.engine import Database
from campaign_app.storage.filters import clause, kept_provinces
from campaign_app.storage.schema import account, customer

READERS: Final = 4  # each keeps pages of its own
AT_ONCE: Final = 500_000  # ids that one reader takes at least: fewer are counted before others have begun
Ids = tuple[int, int]  # from, up to and without


def of_accounts(ids: Sequence[int]) -> sa.ColumnElement[bool]:
    """Kept from the index on refs, which would visit the whole table page by page in the order of refs."""
    return (customer.c.account_id + 0).in_(ids)


def counted(dialect: str, ids: Sequence[int], audience: Filter) -> sa.ColumnElement[bool]:
    """The shops, so that their customers are read in the index that holds what the audience asks for.

    It begins with shop and province, and only where both are said is a range of ids one of the index.
    """
    if names_fields(audience, {"name"}):
        return of_accounts(ids)
    shops = customer.c.account_id.in_(ids)
    if dialect != "sqlite":
        return shops
    kept = kept_provinces(audience)
    return sa.and_(shops, customer.c.province.in_(_provinces(ids) if kept is None else sorted(kept)))


def _provinces(ids: Sequence[int]) -> sa.Select[tuple[str]]:
    """All that customers of these shops have, each found where the index goes on behind the one before it."""
    known, other = sa.alias(customer), sa.alias(customer)
    first = sa.select(sa.func.min(known.c.province)).where(known.c.account_id == account.c.id).scalar_subquery()
    begin = sa.select(account.c.id.label("shop"), first.label("province")).where(account.c.id.in_(ids))
    found = begin.cte("found", recursive=True, nesting=True)
    behind = sa.and_(other.c.account_id == found.c.shop, other.c.province > found.c.province)
    after = sa.select(sa.func.min(other.c.province)).where(behind).scalar_subquery()
    found = found.union_all(sa.select(found.c.shop, after).where(found.c.province.is_not(None)))
    return sa.select(found.c.province).where(found.c.province.is_not(None))


def count_customers(db: Database, shops: Sequence[int], audience: Filter, now: datetime, at_once: int = AT_ONCE) -> int:
    """On a server in one statement, which it carries out by several processes as it sees fit."""
    with db.read() as connection:
        dialect = connection.dialect.name
        found = sa.select(sa.func.count()).select_from(customer)
        found = found.where(counted(dialect, shops, audience), clause(audience, now))
        furthest = connection.execute(sa.select(sa.func.coalesce(sa.func.max(customer.c.id), 0))).scalar_one()
        ranges = ranges_of(max(0, furthest), os.cpu_count() or 1, at_once)
        if dialect != "sqlite" or not ranges[1:]:
            return int(connection.execute(found).scalar_one())

    def count(ids: Ids) -> int:
        # whoever comes in meanwhile is of the last reader's
        end = sa.true() if ids == ranges[-1] else customer.c.id < ids[1]
        with db.read() as own:
            return int(own.execute(found.where(customer.c.id >= ids[0], end)).scalar_one())

    # nothing goes on by itself: all of them are waited for here
    with ThreadPoolExecutor(len(ranges)) as readers:
        return sum(readers.map(count, ranges))


def ranges_of(furthest: int, cores: int, at_once: int) -> tuple[Ids, ...]:
    """Ranges of ids that hold all from 1 on, one for each reader."""
    readers = max(1, min(READERS, cores, furthest // at_once))
    step = -(-(furthest + 1) // readers)
    return tuple((first, first + step) for first in range(0, furthest + 1, step))
