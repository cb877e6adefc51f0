"""Look-backs with what they found and what is to be put right, and wordings by which consent is asked for."""

from __future__ import annotations

from alembic import op

from campaign_app.storage.columns import number, number_or_none, own_id, to, word

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lookback_run",
        own_id(),
        number("since"),
        number("until"),
        word("campaigns", "[]"),
        word("state"),
        word("asked_by"),
        number("asked_at"),
        number("by_clock", "0"),
        word("rule_packs", ""),
        number("total", "0"),
        number("ok", "0"),
        number("place", "0"),
        word("counts", "[]"),
        number_or_none("ended_at"),
        word("note", ""),
    )
    op.create_table(
        "lookback_found",
        to("lookback_run.id", "run_id", key=True),
        number("ledger_id", key=True),
        number("campaign_id"),
        number("customer_id"),
        word("reason"),
        word("era"),
        word("rules"),
        word("also"),
        number("fact_id"),
        number_or_none("moment"),
        number("sent_at"),
        sqlite_with_rowid=False,
    )
    group = ["run_id", "reason", "era", "campaign_id", "rules", "ledger_id"]
    op.create_index("found_by_group", "lookback_found", group)
    op.create_table(
        "lookback_task",
        own_id(),
        to("lookback_run.id", "run_id"),
        number("campaign_id"),
        word("reason"),
        word("rules"),
        word("what"),
        word("owner"),
        word("due"),
        number("done"),
        word("note"),
        word("made_by"),
        number("made_at"),
        word("changed_by"),
        number("changed_at"),
    )
    op.create_table(
        "consent_wording",
        own_id(),
        word("entity_uscc"),
        number("account_id"),
        word("kind"),
        word("name"),
        word("sha256"),
        word("text"),
        word("rule_packs"),
        word("findings"),
        word("checked_by"),
        number("checked_at"),
    )
    op.create_index("wording_by_entity", "consent_wording", ["entity_uscc", "id"])
