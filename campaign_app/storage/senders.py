"""Which account at an SMS provider carries the messages of a shop, and so who tells what became of them."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import NotAllowed, RemoteUnavailable
from campaign_app.services.carriers import CARRYING_ONLY
from campaign_app.storage import schema
from campaign_app.storage.fetching import fetch_value
from campaign_app.storage.schema_sending import submission

_carried: Final = schema.account_sender.c
_PROVIDERS: Final = tuple(sa.literal(each) for each in sorted(CARRYING_ONLY))
_SENDER: Final = sa.select(_carried.sender_account_id).where(_carried.account_id == sa.bindparam("which"))
_OPEN: Final = (
    sa.select(submission.c.id)
    .where(submission.c.account_id == sa.bindparam("which"), submission.c.settled == 0)
    .limit(1)
)


def sender_of(connection: sa.Connection, account_id: int) -> int:
    """The account whose reports tell of this account's messages: its sender's, or itself."""
    return fetch_value(connection, _SENDER, which=account_id) or account_id


def require_sender(connection: sa.Connection, account: Account) -> None:
    """Raises RemoteUnavailable where another account carries this one's messages by now: decide anew for that one."""
    if fetch_value(connection, _SENDER, which=account.id) != account.sender_account_id:
        words = "Another account carries the shop's messages by now"
        raise RemoteUnavailable("sender_changed", words, account=account.id)


def carried_by(column: sa.ColumnElement[Any], account: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Whether `column` is an account whose messages this account carries: its own, or those of its shops."""
    shops = sa.select(_carried.account_id).where(_carried.sender_account_id == account)
    return sa.or_(column == account, column.in_(shops))


def once_carried_by(column: sa.ColumnElement[Any], account: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """`carried_by`, or, at an SMS provider, any shop of its entity: it may have carried it before another one does."""
    shop, carrier = schema.account.alias("shop"), schema.account.alias("carrier")
    theirs = sa.select(shop.c.id).join(carrier, carrier.c.entity_uscc == shop.c.entity_uscc)
    of_provider = theirs.where(carrier.c.id == account, carrier.c.platform.in_(_PROVIDERS))
    return sa.or_(carried_by(column, account), column.in_(of_provider))


def put_sender(connection: sa.Connection, account_id: int, sender_account_id: int | None) -> None:
    """Raises NotAllowed while a batch is open: another sender would not know it, and take it again."""
    if connection.execute(_SENDER, {"which": account_id}).scalar() == sender_account_id:
        return
    _require_settled(connection, account_id)
    connection.execute(sa.delete(schema.account_sender).where(_carried.account_id == account_id))
    if sender_account_id is not None:
        row = {"account_id": account_id, "sender_account_id": sender_account_id}
        connection.execute(sa.insert(schema.account_sender).values(row))


def require_not_sent_by(connection: sa.Connection, account_id: int) -> None:
    """Before another endpoint says who agreed: it is what sends as well where no account carries the messages.

    Raises NotAllowed as `put_sender` does.
    """
    if connection.execute(_SENDER, {"which": account_id}).scalar() is None:
        _require_settled(connection, account_id)


def _require_settled(connection: sa.Connection, account_id: int) -> None:
    if connection.execute(_OPEN, {"which": account_id}).first() is not None:
        raise NotAllowed("sender_in_use", "What became of some messages is still open", account=account_id)
