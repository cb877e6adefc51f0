"""Tables of look-backs, of what has to be put right, and of how consent is asked for."""

from __future__ import annotations

import sqlalchemy as sa

from campaign_app.storage.columns import (
    metadata,
    number,
    number_or_none,
    own_id,
    to,
    word,
)

lookback_run = sa.Table(
    "lookback_run",
    metadata,
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

# messages that are not good; what was sent stays as it is
lookback_found = sa.Table(
    "lookback_found",
    metadata,
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
sa.Index(
    "found_by_group",
    lookback_found.c.run_id,
    lookback_found.c.reason,
    lookback_found.c.era,
    lookback_found.c.campaign_id,
    lookback_found.c.rules,
    lookback_found.c.ledger_id,
)

lookback_task = sa.Table(
    "lookback_task",
    metadata,
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

# the wordings by which consent is asked for, and what the rules say of them
consent_wording = sa.Table(
    "consent_wording",
    metadata,
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
    sa.Index("wording_by_entity", "entity_uscc", "id"),
)
