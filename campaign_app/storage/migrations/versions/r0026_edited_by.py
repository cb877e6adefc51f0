"""Who changed a campaign last. Of those that are there nobody is put down: they are changed once more, or copied."""

from __future__ import annotations

from alembic import op

from campaign_app.storage.columns import word

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaign", word("edited_by", ""))
