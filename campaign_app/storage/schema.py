"""Tables of accounts, customers, consent, suppression, jobs and the audit chain; sending and imports stand beside.

The tables in `APPEND_ONLY` refuse UPDATE and DELETE by triggers (see migrations); what is derived from them and may be
computed again stands beside them (`consent_latest`, `ledger_latest`).
"""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from campaign_app.storage.columns import (
    Words,
    blob,
    blob_or_none,
    metadata,
    number,
    number_or_none,
    own_id,
    to,
    to_or_none,
    word,
    word_or_none,
)

meta = sa.Table("meta", metadata, word("name", key=True), word("value"))

entity = sa.Table(
    "entity",
    metadata,
    word("uscc", key=True),
    word("name"),
    word("kind"),
    word("licences", "[]"),
)

account = sa.Table(
    "account",
    metadata,
    own_id(),
    word("platform"),
    word("label"),
    word("base_url"),
    sa.Column("entity_uscc", Words, sa.ForeignKey("entity.uscc"), nullable=False),
    word("issuer_uscc"),
    word("issuer_name"),
    word("key_id"),
    number("simulated"),
    word("pinned_keys"),
    word("state"),
    sa.UniqueConstraint("base_url", "key_id", name="account_once"),
    # a merchant cannot confirm its own list
    sa.CheckConstraint("issuer_uscc <> entity_uscc", name="account_other_issuer"),
)

# of accounts that need more than an address and a key
account_connection = sa.Table(
    "account_connection",
    metadata,
    to("account.id", "account_id", key=True),
    word("options"),
    to_or_none("account.id", "consent_account_id"),
)

# of shops whose messages an account at an SMS provider carries
account_sender = sa.Table(
    "account_sender",
    metadata,
    to("account.id", "account_id", key=True),
    to("account.id", "sender_account_id"),
)

secret = sa.Table("secret", metadata, word("name", key=True), blob("sealed"))
setting = sa.Table("setting", metadata, word("name", key=True), word("value"))

stream_cursor = sa.Table(
    "stream_cursor",
    metadata,
    to("account.id", "account_id", key=True),
    word("stream", key=True),
    word("cursor"),
)


def _told_too() -> tuple[sa.Column[Any], ...]:
    return word("port", ""), word("carriers", "{}"), word("owner_name", ""), number("owner_open", "0")


signature = sa.Table(
    "signature",
    metadata,
    to("account.id", "account_id", key=True),
    word("text", key=True),
    word("owner_uscc"),
    word("source"),
    word("status"),
    number_or_none("carrier_filed"),
    word("scopes"),
    word_or_none("valid_until"),
    number("seen_at"),
    *_told_too(),
)

# every change of what an account reports of a signature
signature_report = sa.Table(
    "signature_report",
    metadata,
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
    *_told_too(),
    sa.Index("report_by_text", "text", "account_id", "id"),
)

# what the merchant keeps of a signature
signature_record = sa.Table(
    "signature_record",
    metadata,
    sa.Column("entity_uscc", Words, sa.ForeignKey("entity.uscc"), primary_key=True),
    word("text", key=True),
    word("port"),
    word("letter_from"),
    word_or_none("letter_until"),
    word("note"),
    word("scopes", "[]"),
    number("owner_confirmed", "0"),
)
# one port carries one signature
sa.Index(
    "record_port",
    signature_record.c.port,
    unique=True,
    sqlite_where=signature_record.c.port != "",
    postgresql_where=signature_record.c.port != "",
)

customer = sa.Table(
    "customer",
    metadata,
    own_id(),
    to("account.id", "account_id"),
    word("ref"),
    word("name"),
    blob_or_none("phone_sealed"),
    blob_or_none("phone_key"),
    word("province"),
    word("city"),
    number("spend_cents"),
    number("order_count"),
    number_or_none("last_order_at"),
    word("tags"),
    word("attributes", "{}"),
    number("updated_at"),
    number("seen_at"),
    blob_or_none("platform_phone_sealed"),
    sa.UniqueConstraint("account_id", "ref", name="customer_once"),
)
sa.Index(
    "customer_phone",
    customer.c.phone_key,
    sqlite_where=customer.c.phone_key.isnot(None),
    postgresql_where=customer.c.phone_key.isnot(None),
)

# everything that an audience asks for but names: a count reads a fifth of the table, and of some provinces those. Ids
# after shop and province, so that rows come in at their ends and each reader has a range. A server's index takes no
# entry as long as tags may be; it reads a table with several processes
COUNTED: Final = ("province", "id", "city", "spend_cents", "order_count", "last_order_at", "tags")
sa.Index("customer_counted", customer.c.account_id, *(customer.c[name] for name in COUNTED)).ddl_if(dialect="sqlite")

consent_receipt = sa.Table(
    "consent_receipt",
    metadata,
    own_id(),
    to("account.id", "account_id"),
    word("receipt_id"),
    word("jws"),
    blob("leaf_hashes"),
    number("received_at"),
    # a server's index takes no entry as long as a receipt may be; there who writes looks first, under the writers' lock
    sa.UniqueConstraint("account_id", "receipt_id", "jws", name="receipt_once").ddl_if(dialect="sqlite"),
    sa.Index("receipt_by_id", "account_id", "receipt_id").ddl_if(dialect="postgresql"),
)

# what the facts of one answer page have in common
consent_source = sa.Table(
    "consent_source",
    metadata,
    own_id(),
    to("account.id", "account_id"),
    word("issuer_uscc"),
    word("platform"),
    word("api_version"),
    number("simulated"),
    word("request_id"),
    word("receipt_id"),
    to_or_none("consent_receipt.id", "receipt_row"),
    word("api_method", ""),
)

consent_fact = sa.Table(
    "consent_fact",
    metadata,
    own_id(),
    to("customer.id", "customer_id"),
    word("status"),
    word("method"),
    word("channel"),
    word("purposes"),
    word("entity_uscc"),
    number_or_none("obtained_at"),
    number_or_none("expires_at"),
    number_or_none("withdrawn_at"),
    number_or_none("max_per_month"),
    number_or_none("checked_at"),
    number("observed_at"),
    to_or_none("consent_source.id", "source_id"),
    word_or_none("leaf"),
    number_or_none("leaf_index"),
    word("note"),
    # the ledger's foreign key needs it
    sa.UniqueConstraint("customer_id", "id", "status", name="fact_of_customer"),
)

consent_latest = sa.Table(
    "consent_latest",
    metadata,
    to("customer.id", "customer_id", key=True),
    to("consent_fact.id", "fact_id"),
    number("judged_at"),
    number("refused"),
)

suppression = sa.Table(
    "suppression",
    metadata,
    own_id(),
    word("entity_uscc"),
    blob("key"),
    word("kind"),
    number("since"),
    word("source"),
    word("note"),
    word("said_by", ""),  # who put it down, "" for the program
    sa.UniqueConstraint("key", "entity_uscc", "kind", "since", name="suppression_once"),
)

suppression_lift = sa.Table(
    "suppression_lift",
    metadata,
    own_id(),
    word("entity_uscc"),
    blob("key"),
    word("kind"),
    # marks older than this grant are lifted, whenever they arrive; newer ones are not
    number("granted_at"),
    to("consent_fact.id", "fact_id"),
    word("reviewer"),
    number("at"),
    sa.CheckConstraint("kind IN ('opt_out', 'withdrawn')", name="lift_kinds"),
    sa.Index("lift_by_key", "key", "entity_uscc", "kind"),
)

# opt-outs that were said here: what their platforms have yet to be told
opt_out_outbox = sa.Table(
    "opt_out_outbox",
    metadata,
    to("account.id", "account_id", key=True),
    word("ref", key=True),
    number("since"),
    word("reason"),
    word("state", "waiting"),
    word("code", ""),
    number_or_none("settled_at"),
    sa.Index("outbox_by_state", "state", "account_id", "since"),
)

audience = sa.Table(
    "audience",
    metadata,
    word("name", key=True),
    word("filter"),
    number("saved_at"),
)

job = sa.Table(
    "job",
    metadata,
    own_id(),
    word("kind"),
    word("args"),
    word("state"),
    number("progress", "0"),
    number("total", "0"),
    word("error", ""),
    word_or_none("result"),
    number("queued_at"),
    word("asked_by", ""),  # a login; set by the server where there are roles
    sa.Index("job_by_state", "state"),
)

audit = sa.Table(
    "audit",
    metadata,
    own_id(),
    number("at"),
    word("action"),
    word("actor"),
    word("facts"),
    blob("prev_hash"),
    blob("hash"),
    sa.UniqueConstraint("prev_hash", name="audit_one_chain"),
)

APPEND_ONLY: Final = (
    "consent_receipt",
    "consent_source",
    "consent_fact",
    "suppression",
    "suppression_lift",
    "signature_report",
    "audit",
)
