"""On a server receipts are found by their id alone: no entry of its indexes may be as long as one with certificates."""

from __future__ import annotations

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("receipt_once", "consent_receipt")
        op.create_index("receipt_by_id", "consent_receipt", ["account_id", "receipt_id"])
