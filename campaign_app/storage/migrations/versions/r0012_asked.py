"""Which method of a platform's interface said what a fact says."""

from __future__ import annotations

from alembic import op

from campaign_app.storage.columns import word

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("consent_source", word("api_method", ""))
