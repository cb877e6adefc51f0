"""Tables of plans for peaks, of what people answer for in them, and of every command that paused everything."""

from __future__ import annotations

import sqlalchemy as sa

from campaign_app.storage.columns import metadata, number, number_or_none, own_id, to, word

peak_plan = sa.Table(
    "peak_plan",
    metadata,
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

peak_word = sa.Table(
    "peak_word",
    metadata,
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

peak_pause = sa.Table(
    "peak_pause",
    metadata,
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
