"""Budgets where they bind: a campaign begins, and a batch is claimed, only within them, in one transaction.

Whatever is claimed counts until its sender turned it away: what became of it may never be known, and may be charged.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from campaign_app.compliance.segments import cn_segments
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.consent import Reason
from campaign_app.domain.errors import BudgetSpent
from campaign_app.domain.money import Bill, Limits, month_of, objection, quote_of
from campaign_app.storage import schema
from campaign_app.storage.fetching import fetch_first, fetch_value
from campaign_app.storage.lists import rows_among, write_all
from campaign_app.storage.schema_money import account_price, campaign_budget, entity_budget
from campaign_app.storage.schema_sending import campaign, campaign_member, ledger, submission
from campaign_app.storage.senders import sender_of
from campaign_app.storage.times import to_ms
from campaign_app.storage.upserts import insert_or_update

SORTED_AT_ONCE: Final = 100_000  # members, so that memory stays flat
# those that may go on without being begun anew
_UNDER_WAY: Final = (CampaignState.SENDING.value, CampaignState.PAUSED.value)
_sub: Final = submission.c
_BILLED: Final = _sub.parts - _sub.refused_parts
_CLAIMED: Final = sa.func.coalesce(sa.func.sum(_sub.parts * _sub.price), 0)
_PRICE: Final = sa.select(account_price.c.price).where(account_price.c.account_id == sa.bindparam("which"))
_BUDGET: Final = sa.select(campaign_budget.c.budget, campaign_budget.c.held).where(
    campaign_budget.c.campaign_id == sa.bindparam("which")
)
_MONTH: Final = sa.select(entity_budget.c.month).where(entity_budget.c.entity_uscc == sa.bindparam("which"))
_MONTH_OF: Final = sa.select(entity_budget.c.month).join(
    campaign, sa.and_(campaign.c.entity_uscc == entity_budget.c.entity_uscc, campaign.c.id == sa.bindparam("which"))
)
_CLAIMED_OF: Final = sa.select(_CLAIMED).where(_sub.campaign_id == sa.bindparam("which"))
_TEXTS: Final = sa.select(ledger.c.submission_id, ledger.c.id, ledger.c.text)
_REFUSED: Final = (
    sa.update(submission)
    .where(_sub.id == sa.bindparam("which"))
    .values(refused_parts=_sub.refused_parts + sa.bindparam("more"))
)
_member: Final = campaign_member.c
_SHOP_AT: Final = (
    sa.select(schema.customer.c.account_id)
    .join(campaign_member, _member.customer_id == schema.customer.c.id)
    .where(_member.campaign_id == sa.bindparam("which"), _member.seq == sa.bindparam("seq"))
)
_SIZE: Final = sa.select(sa.func.coalesce(sa.func.max(_member.seq) + 1, 0)).where(
    _member.campaign_id == sa.bindparam("which")
)
_BEGUN: Final = sa.select(ledger.c.id).where(ledger.c.campaign_id == sa.bindparam("which")).limit(1)
# by parts, whoever of a span of the audience is ok
_OK: Final = (
    sa.select(_member.parts, sa.func.count())
    .where(
        _member.campaign_id == sa.bindparam("which"),
        _member.seq >= sa.bindparam("first"),
        _member.seq < sa.bindparam("end"),
        _member.reason == Reason.OK,
    )
    .group_by(_member.parts)
)
_OK_UNCLAIMED: Final = _OK.where(
    ~sa.exists().where(ledger.c.campaign_id == sa.bindparam("which"), ledger.c.seq == _member.seq)
)


def to_leave(connection: sa.Connection, campaign_id: int) -> dict[int, dict[int | None, int]]:
    """By shop and parts, whoever is ok and was not claimed yet."""
    which = {"which": campaign_id}
    wanted = _OK if connection.execute(_BEGUN, which).first() is None else _OK_UNCLAIMED
    found: dict[int, dict[int | None, int]] = {}
    for shop, first, end in _spans(connection, campaign_id):
        for start in range(first, end, SORTED_AT_ONCE):
            rows = connection.execute(wanted, {**which, "first": start, "end": min(end, start + SORTED_AT_ONCE)})
            for parts, people in rows:
                known = found.setdefault(shop, {})
                known[parts] = known.get(parts, 0) + people
    return found


def _spans(connection: sa.Connection, campaign_id: int) -> Iterator[tuple[int, int, int]]:
    """(shop, first seq, end) of an audience, which is ordered by shop: asking for everybody's shop takes seconds."""
    size: int = connection.execute(_SIZE, {"which": campaign_id}).scalar_one()

    def shop_at(seq: int) -> int:
        return int(connection.execute(_SHOP_AT, {"which": campaign_id, "seq": seq}).scalar_one())

    first = 0
    while first < size:
        shop = shop_at(first)
        end = bisect_left(range(first, size), 1, key=lambda seq: shop_at(seq) != shop) + first
        yield shop, first, end
        first = end


def prices_of(connection: sa.Connection) -> dict[int, int]:
    rows = connection.execute(sa.select(account_price.c.account_id, account_price.c.price))
    return {account_id: price for account_id, price in rows}  # noqa: C416 rows are typed as no pairs


def payers_of(connection: sa.Connection) -> dict[int, int]:
    carried = schema.account_sender.c
    wanted = sa.select(schema.account.c.id, sa.func.coalesce(carried.sender_account_id, schema.account.c.id)).outerjoin(
        schema.account_sender, carried.account_id == schema.account.c.id
    )
    return {account_id: payer for account_id, payer in connection.execute(wanted)}  # noqa: C416 as above


def limits_of(connection: sa.Connection, campaign_id: int, entity_uscc: str, now: datetime) -> Limits:
    own = connection.execute(_BUDGET, {"which": campaign_id}).first()
    month = connection.execute(_MONTH, {"which": entity_uscc}).scalar()
    spent = bill_of(connection, _sub.campaign_id == campaign_id)
    known = not (spent.unpriced or spent.uncounted)
    return Limits(
        None if own is None else own.budget,
        month,
        spent.cost if known else None,
        _taken(connection, campaign_id, entity_uscc, now),
    )


def _taken(connection: sa.Connection, campaign_id: int, entity_uscc: str, now: datetime) -> int | None:
    """Of the month: what left in it, and what the entity's other campaigns under way may still claim."""
    claimed = sa.select(_CLAIMED).where(_sub.campaign_id == campaign.c.id).scalar_subquery()
    others = (
        sa.select(campaign_budget.c.held, claimed)
        .select_from(campaign.outerjoin(campaign_budget, campaign_budget.c.campaign_id == campaign.c.id))
        .where(campaign.c.entity_uscc == entity_uscc, campaign.c.id != campaign_id, campaign.c.state.in_(_UNDER_WAY))
    )
    taken = month_bill_of(connection, entity_uscc, now).cost
    for held, gone in connection.execute(others):
        if held is None:
            return None
        taken += max(0, held - gone)
    return taken


def bill_of(connection: sa.Connection, *which: sa.ColumnElement[bool]) -> Bill:
    priced = sa.case((_sub.price.isnot(None), _BILLED * _sub.price), else_=0)
    without = sa.case((_sub.price.is_(None), _BILLED), else_=0)
    sums = (_BILLED, priced, without)
    counted = sa.select(*(sa.func.coalesce(sa.func.sum(each), 0) for each in sums)).where(*which)
    parts, cost, unpriced = connection.execute(counted.where(_sub.parts.isnot(None))).one()
    older = sa.select(sa.func.count()).select_from(ledger).join(submission, _sub.id == ledger.c.submission_id)
    uncounted = connection.execute(older.where(_sub.parts.is_(None), *which)).scalar_one()
    return Bill(int(parts), int(cost), int(unpriced), uncounted)


def month_bill_of(connection: sa.Connection, entity_uscc: str, now: datetime) -> Bill:
    ours = sa.select(campaign.c.id).where(campaign.c.entity_uscc == entity_uscc)
    return bill_of(connection, _sub.campaign_id.in_(ours), _sub.claimed_at >= to_ms(month_of(now)))


def set_aside(connection: sa.Connection, campaign_id: int, entity_uscc: str, now: datetime) -> str:
    """Sets aside what the rest of the campaign will cost; returns why no budget allows it, and then nothing is.

    Whoever begins two campaigns of an entity at once does so one after the other: its row is locked.
    """
    connection.execute(
        sa.select(schema.entity.c.uscc).where(schema.entity.c.uscc == entity_uscc).with_for_update()
    ).scalar()
    quote = quote_of(to_leave(connection, campaign_id), payers_of(connection), prices_of(connection))
    if why := objection(quote, limits_of(connection, campaign_id, entity_uscc, now)):
        return why
    cost = quote.cost
    gone: int = connection.execute(_CLAIMED_OF, {"which": campaign_id}).scalar_one()
    put_budget(connection, campaign_id, held=None if cost is None else int(gone) + cost)
    return ""


def put_budget(connection: sa.Connection, campaign_id: int, **values: int | None) -> None:
    known = connection.execute(_BUDGET, {"which": campaign_id}).first()
    row = {"budget": None, "held": None} if known is None else known._asdict()
    connection.execute(
        insert_or_update(connection, campaign_budget, "campaign_id"), {"campaign_id": campaign_id, **row, **values}
    )


def forget_budget(connection: sa.Connection, campaign_id: int) -> None:
    connection.execute(sa.delete(campaign_budget).where(campaign_budget.c.campaign_id == campaign_id))


def parts_of(texts: Iterable[str]) -> int:
    return sum(cn_segments(text).segments for text in texts)


def charge(connection: sa.Connection, campaign_id: int, account_id: int, parts: int) -> int | None:
    """The price of one part of a batch that is claimed now, None where nobody knows; raises BudgetSpent."""
    price: int | None = fetch_value(connection, _PRICE, which=sender_of(connection, account_id))
    row = fetch_first(connection, _BUDGET, which=campaign_id)
    if row is None or row.held is None:
        return price
    if row.budget is None and fetch_value(connection, _MONTH_OF, which=campaign_id) is None:
        return price
    gone: int = fetch_value(connection, _CLAIMED_OF, which=campaign_id)
    if price is None or gone + parts * price > row.held:
        raise BudgetSpent("budget", "The campaign would cost more than was set aside for it", campaign=campaign_id)
    return price


def take_off(connection: sa.Connection, ledger_ids: Iterable[int]) -> None:
    """What a sender turned away, or what was withheld at its door, costs nothing."""
    _refuse(connection, ledger_ids, 1)


def put_on(connection: sa.Connection, ledger_ids: Iterable[int]) -> None:
    """What was taken off and delivered after all costs what it costs."""
    _refuse(connection, ledger_ids, -1)


def _refuse(connection: sa.Connection, ledger_ids: Iterable[int], times: int) -> None:
    more: dict[int, int] = {}
    for submission_id, _, text in rows_among(connection, _TEXTS, ledger.c.id, ledger_ids):
        more[submission_id] = more.get(submission_id, 0) + times * parts_of([text])
    write_all(connection, _REFUSED, [{"which": each, "more": parts} for each, parts in more.items()])
