"""What senders push over a connection."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from campaign_app.storage.columns import blob, number, own_id, to, word

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pushed_part",
        to("account.id", "account_id", key=True),
        word("provider_id", key=True),
        word("message_id"),
        number("number"),
        number("total"),
        number("kept_at"),
        sa.Index("pushed_part_by_message", "account_id", "message_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pushed_receipt",
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
    op.create_table(
        "pushed_reply",
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
