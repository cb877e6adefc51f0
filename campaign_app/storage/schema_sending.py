"""Tables of campaigns, of the ledger, and of what came back."""

from __future__ import annotations

from typing import Final

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

campaign = sa.Table(
    "campaign",
    metadata,
    own_id(),
    word("name"),
    sa.Column("entity_uscc", Words, sa.ForeignKey("entity.uscc"), nullable=False),
    word("purpose"),
    word("audience"),
    word("signature"),
    word("body"),
    word("state"),
    word("state_note"),
    number_or_none("send_at"),
    number_or_none("window_end"),
    word("approved_hash"),
    word("approved_by"),
    number_or_none("approved_at"),
    word("rule_packs"),
    number("snapshot_size"),
    number("complaints_seen", "0"),
    word("edited_by", ""),
)

campaign_member = sa.Table(
    "campaign_member",
    metadata,
    to("campaign.id", "campaign_id", key=True),
    number("seq", key=True),
    to("customer.id", "customer_id"),
    word_or_none("reason"),
    to_or_none("consent_fact.id", "fact_id"),
    number_or_none("parts"),
    sqlite_with_rowid=False,
)

# funnel and lists by reason: a rare one is not looked for among all members
sa.Index("member_by_reason", campaign_member.c.campaign_id, campaign_member.c.reason, campaign_member.c.seq)

campaign_warning = sa.Table(
    "campaign_warning",
    metadata,
    to("campaign.id", "campaign_id", key=True),
    word("rule_id", key=True),
    to_or_none("customer.id", "customer_id"),
    word("confirmed_by", ""),
    number_or_none("confirmed_at"),
    sqlite_with_rowid=False,
)

campaign_stop = sa.Table(
    "campaign_stop",
    metadata,
    to("campaign.id", "campaign_id", key=True),
    number("seq", key=True),
    word("rules"),
    word("rule_packs"),
    sqlite_with_rowid=False,
)

submission = sa.Table(
    "submission",
    metadata,
    own_id(),
    to("campaign.id", "campaign_id"),
    to("account.id", "account_id"),
    word("key"),
    number("first_seq"),
    number("last_seq"),
    number("claimed_at"),
    number("settled", "0"),
    number_or_none("parts"),
    number("refused_parts", "0"),
    number_or_none("price"),
    sa.UniqueConstraint("campaign_id", "first_seq", name="submission_once"),
    sa.UniqueConstraint("key", name="submission_key"),
    sa.Index("submission_by_account", "account_id", "claimed_at"),
)

ledger = sa.Table(
    "ledger",
    metadata,
    own_id(),
    to("submission.id", "submission_id"),
    to("campaign.id", "campaign_id"),
    number("seq"),
    number("customer_id"),
    number("fact_id"),
    word("fact_status", "confirmed"),
    word("message_id"),
    blob("dedupe_key"),
    word("text"),
    sa.UniqueConstraint("message_id", name="ledger_message"),
    # in this order, so that it also finds everything that one person was sent
    sa.UniqueConstraint("dedupe_key", "campaign_id", name="ledger_person_once"),
    sa.UniqueConstraint("campaign_id", "seq", name="ledger_member_once"),
    # an unconfirmed send is a constraint error
    sa.CheckConstraint("fact_status = 'confirmed'", name="ledger_confirmed"),
    sa.ForeignKeyConstraint(
        ["customer_id", "fact_id", "fact_status"],
        ["consent_fact.customer_id", "consent_fact.id", "consent_fact.status"],
        name="ledger_fact",
    ),
    sa.Index("ledger_by_submission", "submission_id"),
    sa.Index("ledger_by_customer", "customer_id"),
)

ledger_outcome = sa.Table(
    "ledger_outcome",
    metadata,
    to("ledger.id", "ledger_id", key=True),
    number("n", key=True),
    word("outcome"),
    word("provider_id"),
    word("code"),
    number("at"),
    sqlite_with_rowid=False,
)
sa.Index(
    "outcome_by_provider",
    ledger_outcome.c.provider_id,
    sqlite_where=ledger_outcome.c.provider_id != "",
    postgresql_where=ledger_outcome.c.provider_id != "",
)

ledger_latest = sa.Table(
    "ledger_latest",
    metadata,
    to("campaign.id", "campaign_id", key=True),
    to("ledger.id", "ledger_id", key=True),
    word("outcome"),
    number("n"),
    sqlite_with_rowid=False,
)

delivery_report = sa.Table(
    "delivery_report",
    metadata,
    to("account.id", "account_id", key=True),
    word("report_id", key=True),
    word("provider_id"),
    word("outcome"),
    word("code"),
    number("reported_at"),
    number("stored_at"),
)

# reports of messages that nobody knows by the sender's id yet; usually empty
early_report = sa.Table(
    "early_report",
    metadata,
    to("account.id", "account_id", key=True),
    word("provider_id", key=True),
    word("report_id", key=True),
    sqlite_with_rowid=False,
)

inbound = sa.Table(
    "inbound",
    metadata,
    own_id(),
    to("account.id", "account_id"),
    word("inbound_id"),
    word("ref"),
    blob_or_none("phone_sealed"),
    word("text"),
    number("received_at"),
    number("stored_at"),
    number("opt_out"),
    to_or_none("campaign.id", "campaign_id"),
    blob_or_none("phone_key"),  # of replies since this column is there
    sa.UniqueConstraint("account_id", "inbound_id", name="inbound_once"),
    sa.Index("inbound_by_campaign", "campaign_id"),
    sa.Index("inbound_by_person", "account_id", "ref"),
    sa.Index("inbound_by_phone", "phone_key"),
)

complaint = sa.Table(
    "complaint",
    metadata,
    own_id(),
    to("account.id", "account_id"),
    word("complaint_id"),
    word("ref"),
    blob_or_none("phone_sealed"),
    word("provider_id"),
    number("received_at"),
    number("stored_at"),
    to_or_none("campaign.id", "campaign_id"),
    sa.UniqueConstraint("account_id", "complaint_id", name="complaint_once"),
    sa.Index("complaint_by_campaign", "campaign_id"),
    sa.Index("complaint_by_provider", "account_id", "provider_id"),
)

APPEND_ONLY: Final = ("ledger", "ledger_outcome", "delivery_report")
