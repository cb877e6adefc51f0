"""Prices, budgets, and what every batch cost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from campaign_app.storage.columns import Words, number, number_or_none, to

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("account_price", to("account.id", "account_id", key=True), number("price"))
    op.create_table(
        "entity_budget",
        sa.Column("entity_uscc", Words, sa.ForeignKey("entity.uscc"), primary_key=True),
        number("month"),
    )
    op.create_table(
        "campaign_budget",
        to("campaign.id", "campaign_id", key=True),
        number_or_none("budget"),
        number_or_none("held"),
    )
    op.add_column("campaign_member", number_or_none("parts"))
    op.add_column("submission", number_or_none("parts"))
    op.add_column("submission", number("refused_parts", "0"))
    op.add_column("submission", number_or_none("price"))
