"""Complaint cases with their history; who put down a suppression.

What the feed has brought by now becomes cases that nobody has looked at yet.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from campaign_app.storage.columns import Words, blob_or_none, number, number_or_none, own_id, to, to_or_none, word
from campaign_app.storage.migrations.append_only import make_append_only

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_BEGIN = """
INSERT INTO complaint_case
  (entity_uscc, source, way, number, clue_id, account_id, ref, phone_sealed, text, port, signature, made_at,
   received_at, entered_at, entered_by, state, campaign_id)
SELECT account.entity_uscc, 'platform', 'feed', complaint_id, complaint.id, account_id, ref, phone_sealed, '', '', '',
  received_at, received_at, stored_at, '', 'open', campaign_id
FROM complaint JOIN account ON account.id = complaint.account_id ORDER BY complaint.id
"""
_HISTORY = """
INSERT INTO complaint_note (case_id, at, said_by, action, text) SELECT id, entered_at, '', 'entered', 'feed'
FROM complaint_case ORDER BY id
"""


def upgrade() -> None:
    op.add_column("suppression", word("said_by", ""))
    op.create_table(
        "complaint_case",
        own_id(),
        sa.Column("entity_uscc", Words, sa.ForeignKey("entity.uscc"), nullable=False),
        word("source"),
        word("way"),
        word("number"),
        to_or_none("complaint.id", "clue_id"),
        to_or_none("account.id", "account_id"),
        word("ref"),
        blob_or_none("phone_sealed"),
        blob_or_none("phone_key"),
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
    op.create_table(
        "complaint_note",
        own_id(),
        to("complaint_case.id", "case_id"),
        number("at"),
        word("said_by"),
        word("action"),
        word("text"),
        sa.Index("note_by_case", "case_id", "id"),
    )
    op.execute(_BEGIN)
    op.execute(_HISTORY)
    make_append_only("complaint_note")
