"""Which rules keep a member's text back."""

from __future__ import annotations

from alembic import op

from campaign_app.storage.columns import number, to, word

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaign_stop",
        to("campaign.id", "campaign_id", key=True),
        number("seq", key=True),
        word("rules"),
        word("rule_packs"),
        sqlite_with_rowid=False,
    )
