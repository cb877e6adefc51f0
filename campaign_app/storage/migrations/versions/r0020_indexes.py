"""Indexes for millions: audiences counted without the table, members by reason, what files said of one customer."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        columns = ("account_id", "id", "province", "city", "spend_cents", "order_count", "last_order_at", "tags")
        op.create_index("customer_counted", "customer", list(columns))
    op.create_index("member_by_reason", "campaign_member", ["campaign_id", "reason", "seq"])
    op.create_index("submission_by_account", "submission", ["account_id", "claimed_at"])
    op.create_index("change_by_customer", "import_change", ["customer_id"])
