"""Opt-outs that platforms have yet to be told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from campaign_app.storage.columns import number, number_or_none, to, word

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opt_out_outbox",
        to("account.id", "account_id", key=True),
        word("ref", key=True),
        number("since"),
        word("reason"),
        word("state", "waiting"),
        word("code", ""),
        number_or_none("settled_at"),
        sa.Index("outbox_by_state", "state", "account_id", "since"),
    )
