"""How many complaints of a campaign somebody knew of who let it go on."""

from __future__ import annotations

from alembic import op

from campaign_app.storage.columns import number

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaign", number("complaints_seen", "0"))
