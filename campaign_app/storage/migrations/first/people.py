"""Accounts, customers, consent, suppression, jobs and audit chain as they first were; never edited once released."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

from campaign_app.storage.columns import (
    Words,
    blob,
    blob_or_none,
    number,
    number_or_none,
    own_id,
    to,
    to_or_none,
    word,
    word_or_none,
)

APPEND_ONLY: Final[tuple[str, ...]] = (
    "consent_receipt",
    "consent_source",
    "consent_fact",
    "suppression",
    "suppression_lift",
    "audit",
)


def create() -> None:
    op.create_table("meta", word("name", key=True), word("value"))

    op.create_table(
        "entity",
        word("uscc", key=True),
        word("name"),
        word("kind"),
        word("licences", "[]"),
    )

    op.create_table(
        "account",
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

    op.create_table("secret", word("name", key=True), blob("sealed"))
    op.create_table("setting", word("name", key=True), word("value"))

    op.create_table(
        "stream_cursor",
        to("account.id", "account_id", key=True),
        word("stream", key=True),
        word("cursor"),
    )

    op.create_table(
        "signature",
        to("account.id", "account_id", key=True),
        word("text", key=True),
        word("owner_uscc"),
        word("source"),
        word("status"),
        number_or_none("carrier_filed"),
        word("scopes"),
        word_or_none("valid_until"),
        number("seen_at"),
    )

    op.create_table(
        "customer",
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
        sa.UniqueConstraint("account_id", "ref", name="customer_once"),
    )
    op.create_index(
        "customer_phone",
        "customer",
        ["phone_key"],
        sqlite_where=sa.text("phone_key IS NOT NULL"),
        postgresql_where=sa.text("phone_key IS NOT NULL"),
    )

    op.create_table(
        "consent_receipt",
        own_id(),
        to("account.id", "account_id"),
        word("receipt_id"),
        word("jws"),
        blob("leaf_hashes"),
        number("received_at"),
        sa.UniqueConstraint("account_id", "receipt_id", "jws", name="receipt_once"),
    )

    op.create_table(
        "consent_source",
        own_id(),
        to("account.id", "account_id"),
        word("issuer_uscc"),
        word("platform"),
        word("api_version"),
        number("simulated"),
        word("request_id"),
        word("receipt_id"),
        to_or_none("consent_receipt.id", "receipt_row"),
    )

    op.create_table(
        "consent_fact",
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

    op.create_table(
        "consent_latest",
        to("customer.id", "customer_id", key=True),
        to("consent_fact.id", "fact_id"),
        number("judged_at"),
        number("refused"),
    )

    op.create_table(
        "suppression",
        own_id(),
        word("entity_uscc"),
        blob("key"),
        word("kind"),
        number("since"),
        word("source"),
        word("note"),
        sa.UniqueConstraint("key", "entity_uscc", "kind", "since", name="suppression_once"),
    )

    op.create_table(
        "suppression_lift",
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

    op.create_table(
        "audience",
        word("name", key=True),
        word("filter"),
        number("saved_at"),
    )

    op.create_table(
        "job",
        own_id(),
        word("kind"),
        word("args"),
        word("state"),
        number("progress", "0"),
        number("total", "0"),
        word("error", ""),
        word_or_none("result"),
        number("queued_at"),
        sa.Index("job_by_state", "state"),
    )

    op.create_table(
        "audit",
        own_id(),
        number("at"),
        word("action"),
        word("actor"),
        word("facts"),
        blob("prev_hash"),
        blob("hash"),
        sa.UniqueConstraint("prev_hash", name="audit_one_chain"),
    )
