"""The index that audiences are counted by begins with the province: a count of three reads theirs and no others."""

from __future__ import annotations

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        columns = ("account_id", "province", "id", "city", "spend_cents", "order_count", "last_order_at", "tags")
        op.drop_index("customer_counted", "customer")
        op.create_index("customer_counted", "customer", list(columns))
