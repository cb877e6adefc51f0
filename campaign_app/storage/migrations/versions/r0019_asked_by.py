"""Who had the worker do a job: the server's own word, which the worker goes by."""

from __future__ import annotations

from alembic import op

from campaign_app.storage.columns import word

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job", word("asked_by", ""))
