"""What providers tell further of a signature, what the merchant states of one, and which signature a port carries.

An SMS centre on this machine no longer counts as a simulator for that alone, and nobody was asked yet.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from campaign_app.storage.columns import Words, number, to, word, word_or_none

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_READ = """
INSERT INTO signature_read (account_id, read_at, tells)
SELECT account_id, MAX(seen_at), 1 FROM signature GROUP BY account_id
"""


def upgrade() -> None:
    for table in ("signature", "signature_report"):
        for column in (word("port", ""), word("carriers", "{}"), word("owner_name", ""), number("owner_open", "0")):
            op.add_column(table, column)
    op.add_column("signature_record", number("owner_confirmed", "0"))
    op.create_table("signature_read", to("account.id", "account_id", key=True), number("read_at"), number("tells"))
    op.execute(_READ)
    op.create_table(
        "signature_own",
        sa.Column("entity_uscc", Words, sa.ForeignKey("entity.uscc"), primary_key=True),
        word("text", key=True),
        word("scopes"),
        word("carriers"),
        word_or_none("valid_until"),
        number("stated_at"),
        word("stated_by"),
    )
    op.create_table(
        "signature_port",
        word("port", key=True),
        sa.Column("entity_uscc", Words, sa.ForeignKey("entity.uscc"), nullable=False),
        word("text"),
        number("since"),
    )
    op.execute("UPDATE account SET simulated = 0 WHERE platform = 'smpp'")
