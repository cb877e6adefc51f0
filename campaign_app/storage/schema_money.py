"""Tables of prices and budgets; amounts are ten-thousandths of a yuan."""

from __future__ import annotations

import sqlalchemy as sa

from campaign_app.storage.columns import Words, metadata, number, number_or_none, to

# What one part costs at a sender account. `per_yuan` is the unit that the program writes in which has written last: one
# that knows of no unit, as a window may be that was open while the tables were changed, cannot write.
account_price = sa.Table(
    "account_price", metadata, to("account.id", "account_id", key=True), number("price"), number("per_yuan")
)

entity_budget = sa.Table(
    "entity_budget",
    metadata,
    sa.Column("entity_uscc", Words, sa.ForeignKey("entity.uscc"), primary_key=True),
    number("month"),
    number("per_yuan"),
)

# `held`: what its claims may sum up to, set aside when it was last begun
campaign_budget = sa.Table(
    "campaign_budget",
    metadata,
    to("campaign.id", "campaign_id", key=True),
    number_or_none("budget"),
    number_or_none("held"),
)

# `told`: parts that the provider says it bills for a message, `counted`: those that we counted
billed_part = sa.Table(
    "billed_part", metadata, to("ledger.id", "ledger_id", key=True), number("told"), number("counted")
)
