"""The history of what accounts report of signatures, and what the merchant keeps of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from campaign_app.storage.columns import Words, number, number_or_none, own_id, to, word, word_or_none
from campaign_app.storage.migrations.append_only import make_append_only

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BEGIN = """
INSERT INTO signature_report
  (account_id, text, owner_uscc, source, status, carrier_filed, scopes, valid_until, seen_at, gone)
SELECT account_id, text, owner_uscc, source, status, carrier_filed, scopes, valid_until, seen_at, 0
FROM signature ORDER BY seen_at, text
"""


def upgrade() -> None:
    op.create_table(
        "signature_report",
        own_id(),
        to("account.id", "account_id"),
        word("text"),
        word("owner_uscc"),
        word("source"),
        word("status"),
        number_or_none("carrier_filed"),
        word("scopes"),
        word_or_none("valid_until"),
        number("seen_at"),
        number("gone"),
        sa.Index("report_by_text", "text", "account_id", "id"),
    )
    make_append_only("signature_report")
    # what is known today is where the history begins
    op.execute(_BEGIN)
    op.create_table(
        "signature_record",
        sa.Column("entity_uscc", Words, sa.ForeignKey("entity.uscc"), primary_key=True),
        word("text", key=True),
        word("port"),
        word("letter_from"),
        word_or_none("letter_until"),
        word("note"),
    )
    port = sa.text("port != ''")
    op.create_index("record_port", "signature_record", ["port"], unique=True, sqlite_where=port, postgresql_where=port)
