"""Tables of what senders push over a connection, kept before it is acknowledged."""

from __future__ import annotations

import sqlalchemy as sa

from campaign_app.storage.columns import blob, metadata, number, own_id, to, word

pushed_part = sa.Table(
    "pushed_part",
    metadata,
    to("account.id", "account_id", key=True),
    word("provider_id", key=True),
    word("message_id"),
    number("number"),
    number("total"),
    number("kept_at"),
    sa.Index("pushed_part_by_message", "account_id", "message_id"),
    sqlite_with_rowid=False,
)

pushed_receipt = sa.Table(
    "pushed_receipt",
    metadata,
    own_id(),
    to("account.id", "account_id"),
    word("provider_id"),
    word("outcome"),
    word("code"),
    number("kept_at"),
    sa.Index("pushed_receipt_by_account", "account_id", "id"),
    sa.Index("pushed_receipt_by_provider", "account_id", "provider_id"),
    sqlite_autoincrement=True,
)

pushed_reply = sa.Table(
    "pushed_reply",
    metadata,
    own_id(),
    to("account.id", "account_id"),
    blob("source_sealed"),
    word("text"),
    number("reference"),
    number("number"),
    number("total"),
    number("kept_at"),
    sa.Index("pushed_reply_by_account", "account_id", "id"),
    sqlite_autoincrement=True,
)
