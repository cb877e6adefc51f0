"""What the merchant filed a signature for, where its platform does not tell."""

from __future__ import annotations

from alembic import op

from campaign_app.storage.columns import word

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("signature_record", word("scopes", "[]"))
