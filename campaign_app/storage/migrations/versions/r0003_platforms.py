"""Accounts of platforms with options of their own, and whose Platform Consent API answers for them."""

from __future__ import annotations

from alembic import op

from campaign_app.storage.columns import to, to_or_none, word

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_connection",
        to("account.id", "account_id", key=True),
        word("options"),
        to_or_none("account.id", "consent_account_id"),
    )
