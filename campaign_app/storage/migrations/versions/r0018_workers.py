"""The workers of a team's workspace and their leases."""

from __future__ import annotations

from alembic import op

from campaign_app.storage.columns import number, number_or_none, own_id, word

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "worker",
        own_id(),
        word("host"),
        number("pid"),
        word("version"),
        word("queues"),
        number("started_at"),
        number("beat_at"),
        number("lease_until"),
        number_or_none("ended_at"),
    )
    op.create_index("worker_by_end", "worker", ["ended_at"])
