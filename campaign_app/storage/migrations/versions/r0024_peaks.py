"""Plans for peaks, people's words on them, and every command that paused everything."""

from __future__ import annotations

from alembic import op

from campaign_app.storage.columns import number, number_or_none, own_id, to, word

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "peak_plan",
        own_id(),
        word("name"),
        word("first_day"),
        word("last_day"),
        word("entities"),
        word("duty"),
        word("state"),
        word("open_items"),
        word("made_by"),
        number("made_at"),
        word("changed_by"),
        number("changed_at"),
    )
    op.create_table(
        "peak_word",
        own_id(),
        to("peak_plan.id", "plan_id"),
        word("item"),
        word("code"),
        number("holds"),
        word("name"),
        word("note"),
        word("said_by"),
        number("said_at"),
    )
    op.create_table(
        "peak_pause",
        own_id(),
        to("peak_plan.id", "plan_id"),
        number("drill"),
        word("asked_by"),
        number("asked_at"),
        number("in_force_at"),
        word("stops"),
        number_or_none("measured_at"),
        word("resumed_by"),
        number_or_none("resumed_at"),
        word("resumed"),
    )
