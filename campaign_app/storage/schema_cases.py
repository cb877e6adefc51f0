"""Tables of complaint cases: each with its state, and beside it a history that nobody changes."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from campaign_app.storage.columns import (
    Words,
    blob_or_none,
    metadata,
    number,
    number_or_none,
    own_id,
    to,
    to_or_none,
    word,
)

complaint_case = sa.Table(
    "complaint_case",
    metadata,
    own_id(),
    sa.Column("entity_uscc", Words, sa.ForeignKey("entity.uscc"), nullable=False),
    word("source"),
    word("way"),
    word("number"),  # the complaint's own
    to_or_none("complaint.id", "clue_id"),  # what the feed said
    to_or_none("account.id", "account_id"),
    word("ref"),
    blob_or_none("phone_sealed"),
    blob_or_none("phone_key"),  # not of complaints from before there were cases
    word("text"),
    word("port"),
    word("signature"),
    number("made_at"),
    number("received_at"),
    number("entered_at"),
    word("entered_by"),
    word("state"),
    word("why", ""),
    word("owner", ""),
    to_or_none("ledger.id", "ledger_id"),
    to_or_none("campaign.id", "campaign_id"),
    number_or_none("answered_at"),
    number_or_none("closed_at"),
    sa.UniqueConstraint("clue_id", name="case_of_clue"),
    sa.Index("case_by_number", "number"),
    sa.Index("case_by_campaign", "campaign_id"),
    sa.Index("case_by_state", "state", "received_at"),
    sa.Index("case_by_time", "made_at"),
    sa.Index("case_by_phone", "phone_key"),
    sa.Index("case_by_ref", "account_id", "ref"),
    sqlite_autoincrement=True,
)

complaint_note = sa.Table(
    "complaint_note",
    metadata,
    own_id(),
    to("complaint_case.id", "case_id"),
    number("at"),
    word("said_by"),
    word("action"),
    word("text"),
    sa.Index("note_by_case", "case_id", "id"),
)

APPEND_ONLY: Final = ("complaint_note",)
