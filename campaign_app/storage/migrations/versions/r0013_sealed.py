"""A customer's number as their platform sealed it, sealed once more like any number."""

from __future__ import annotations

from alembic import op

from campaign_app.storage.columns import blob_or_none

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customer", blob_or_none("platform_phone_sealed"))
