"""Which account at an SMS provider carries the messages of a shop."""

from __future__ import annotations

from alembic import op

from campaign_app.storage.columns import to

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_sender",
        to("account.id", "account_id", key=True),
        to("account.id", "sender_account_id"),
    )
