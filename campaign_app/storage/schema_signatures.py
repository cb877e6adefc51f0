"""Tables of signatures beside what accounts report: when that was read, what is stated here, whose a port is."""

from __future__ import annotations

import sqlalchemy as sa

from campaign_app.storage.columns import Words, metadata, number, to, word, word_or_none

# `tells` 0: the account has no list of signatures to read
signature_read = sa.Table(
    "signature_read", metadata, to("account.id", "account_id", key=True), number("read_at"), number("tells")
)

# what the merchant states of a signature where no provider tells of it
signature_own = sa.Table(
    "signature_own",
    metadata,
    sa.Column("entity_uscc", Words, sa.ForeignKey("entity.uscc"), primary_key=True),
    word("text", key=True),
    word("scopes"),
    word("carriers"),
    word_or_none("valid_until"),
    number("stated_at"),
    word("stated_by"),
)

# the signature that first left over a port
signature_port = sa.Table(
    "signature_port",
    metadata,
    word("port", key=True),
    sa.Column("entity_uscc", Words, sa.ForeignKey("entity.uscc"), nullable=False),
    word("text"),
    number("since"),
)
