"""Staff numbers and the test messages that go to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from campaign_app.storage.columns import Words, blob, number, number_or_none, own_id, word

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_number",
        own_id(),
        sa.Column("entity_uscc", Words, sa.ForeignKey("entity.uscc"), nullable=False),
        number("slot"),
        word("label"),
        blob("phone_sealed"),
        blob("phone_key"),
        number("added_at"),
        word("added_by"),
        sa.CheckConstraint("slot BETWEEN 1 AND 5", name="staff_number_five"),
        sa.UniqueConstraint("entity_uscc", "slot", name="staff_number_slot"),
        sa.UniqueConstraint("entity_uscc", "label", name="staff_number_label"),
        sa.UniqueConstraint("entity_uscc", "phone_key", name="staff_number_phone"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "staff_trial",
        own_id(),
        word("press"),
        number("job_id"),
        number("campaign_id"),
        number_or_none("customer_id"),
        word("entity_uscc"),
        number("staff_id"),
        word("label"),
        word("masked"),
        word("text"),
        word("actor"),
        number("asked_at"),
        word("state"),
        word("code", ""),
        word("provider_id", ""),
        word("day", ""),
        sa.UniqueConstraint("press", name="staff_trial_press"),
        sa.Index("staff_trial_by_day", "entity_uscc", "day"),
        sa.Index("staff_trial_by_campaign", "campaign_id", "id"),
        sqlite_autoincrement=True,
    )
