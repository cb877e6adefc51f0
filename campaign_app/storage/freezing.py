"""The members of a campaign, frozen step by step: between two steps others write, so that no send waits for millions.

Whoever comes in meanwhile is no member; who changes meanwhile is taken as they are at their step. A step begins where
the last one ended, or not at all; whoever was interrupted begins anew and forgets what is there.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.errors import NotAllowed, NotFound
from campaign_app.jobs.screening import STOPPING
from campaign_app.storage.counting import counted
from campaign_app.storage.customers import accounts_of
from campaign_app.storage.engine import Database
from campaign_app.storage.fetching import fetch_first
from campaign_app.storage.filters import clause
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema import customer
from campaign_app.storage.schema_sending import campaign, campaign_member, campaign_stop, campaign_warning, ledger

STEP: Final = 50_000  # ids, or members: the write lock is held for a fraction of a second
_member: Final = campaign_member.c
_CAMPAIGN: Final = sa.select(campaign).where(campaign.c.id == sa.bindparam("which"))
_SIZE: Final = sa.select(sa.func.coalesce(sa.func.max(_member.seq) + 1, 0)).where(
    _member.campaign_id == sa.bindparam("which")
)
_FURTHEST: Final = sa.select(sa.func.coalesce(sa.func.max(customer.c.id), 0))


def freeze(db: Database, campaign_id: int, now: datetime, step: int = STEP) -> int:
    """Replaces the members by whom the audience matches now, in the order of shops and ids; returns how many.

    Raises NotAllowed: `already_submitted`, `campaign_state` where another process does the same. One that somebody
    stops meanwhile ends with the members that there are: nobody screens them.
    """
    with db.write() as connection:
        row = row_of(connection, campaign_id)
        more = forget_some(connection, campaign_id, step)
        shops = accounts_of(connection, row.entity_uscc, connected=True)
        furthest, dialect = connection.execute(_FURTHEST).scalar_one(), connection.dialect.name
    while more:
        with db.write() as connection:
            require_nothing_left(connection, campaign_id)
            more = _forget_last(connection, campaign_id, step)
    audience, size = Filter.from_json(json.loads(row.audience)), 0
    for account_id in shops:
        theirs = sa.and_(counted(dialect, [account_id], audience), clause(audience, now))
        for first in range(0, furthest + 1, step):
            end = min(first + step, furthest + 1)
            those = sa.and_(theirs, customer.c.id >= first, customer.c.id < end)
            with db.write() as connection:
                if _is_stopped(connection, campaign_id, row.state):
                    return size
                _require_size(connection, campaign_id, size)
                size += _add(connection, campaign_id, those, size)
    with db.write() as connection:
        _require_size(connection, campaign_id, size)
        connection.execute(sa.update(campaign).where(campaign.c.id == campaign_id).values(snapshot_size=size))
    return size


def row_of(connection: sa.Connection, campaign_id: int) -> AnyRow:
    row = fetch_first(connection, _CAMPAIGN, which=campaign_id)
    if row is None:
        raise NotFound("campaign", "There is no such campaign", campaign=campaign_id)
    return row


def _is_stopped(connection: sa.Connection, campaign_id: int, begun_in: str) -> bool:
    now = row_of(connection, campaign_id)
    return bool(now.state != begun_in or (now.state == CampaignState.SCREENING.value and now.state_note == STOPPING))


def require_nothing_left(connection: sa.Connection, campaign_id: int) -> None:
    sent = sa.select(ledger.c.id).where(ledger.c.campaign_id == campaign_id).limit(1)
    if connection.execute(sent).first() is not None:
        raise NotAllowed("already_submitted", "Messages of this campaign have left", campaign=campaign_id)


def forget_some(connection: sa.Connection, campaign_id: int, step: int = STEP) -> bool:
    """What the rules said of the texts, and the last members; whether there are more. NotAllowed `already_submitted`.

    Whoever ends in between leaves fewer members than were frozen, which nobody can approve.
    """
    require_nothing_left(connection, campaign_id)
    _forget_findings(connection, campaign_id)
    return _forget_last(connection, campaign_id, step)


def _forget_findings(connection: sa.Connection, campaign_id: int) -> None:
    connection.execute(sa.delete(campaign_stop).where(campaign_stop.c.campaign_id == campaign_id))
    connection.execute(sa.delete(campaign_warning).where(campaign_warning.c.campaign_id == campaign_id))


def _forget_last(connection: sa.Connection, campaign_id: int, step: int) -> bool:
    """Whether there are more."""
    size = connection.execute(_SIZE, {"which": campaign_id}).scalar_one()
    last = sa.delete(campaign_member).where(_member.campaign_id == campaign_id, _member.seq >= size - step)
    connection.execute(last)
    return bool(size > step)


def _require_size(connection: sa.Connection, campaign_id: int, size: int) -> None:
    require_nothing_left(connection, campaign_id)
    if connection.execute(_SIZE, {"which": campaign_id}).scalar_one() != size:
        state = row_of(connection, campaign_id).state
        raise NotAllowed("campaign_state", "The campaign is in another state", campaign=campaign_id, state=state)


def _add(connection: sa.Connection, campaign_id: int, those: sa.ColumnElement[bool], first: int) -> int:
    # `+ 0` keeps SQLite from the table's own order: sorting a step's ids costs less than reading its rows
    order = customer.c.id + 0
    seq = sa.func.row_number().over(order_by=order) + (first - 1)
    chosen = sa.select(sa.literal(campaign_id), seq, customer.c.id).where(those).order_by(order)
    into = sa.insert(campaign_member).from_select(["campaign_id", "seq", "customer_id"], chosen)
    # of an INSERT the count is kept only if asked for
    return connection.execute(into, execution_options={"preserve_rowcount": True}).rowcount
