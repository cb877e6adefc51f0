"""Tables of the staff numbers and of the test messages that go to them. Whoever removed a number is never reached by
another one under its id: neither table uses an id twice.
"""

from __future__ import annotations

import sqlalchemy as sa

from campaign_app.storage.columns import Words, blob, metadata, number, number_or_none, own_id, word

staff_number = sa.Table(
    "staff_number",
    metadata,
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

staff_trial = sa.Table(
    "staff_trial",
    metadata,
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
