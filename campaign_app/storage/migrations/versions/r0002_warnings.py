"""Which rules warned of a campaign's texts, and who confirmed them."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from campaign_app.storage.columns import number_or_none, to, to_or_none, word

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_APPROVED = sa.text("SELECT id, approved_hash FROM campaign WHERE approved_hash <> ''")
_APPROVALS = sa.text("SELECT at, actor, facts FROM audit WHERE action = 'campaign.approved' ORDER BY id")


def upgrade() -> None:
    made = op.create_table(
        "campaign_warning",
        to("campaign.id", "campaign_id", key=True),
        word("rule_id", key=True),
        to_or_none("customer.id", "customer_id"),
        word("confirmed_by", ""),
        number_or_none("confirmed_at"),
        sqlite_with_rowid=False,
    )
    op.bulk_insert(made, _confirmed_before())


def _confirmed_before() -> list[dict[str, str | int]]:
    """Until now only the audit kept what was confirmed with an approval that is still in force."""
    approved = {(row.id, row.approved_hash) for row in op.get_bind().execute(_APPROVED)}
    rows: dict[tuple[int, str], dict[str, str | int]] = {}
    for entry in op.get_bind().execute(_APPROVALS):
        facts = json.loads(entry.facts)
        campaign = facts["campaign"]
        if (campaign, facts["hash"]) in approved:
            for rule in filter(None, facts["warnings"].split(",")):
                confirmed = {"confirmed_by": entry.actor, "confirmed_at": entry.at}
                rows[campaign, rule] = {"campaign_id": campaign, "rule_id": rule, **confirmed}
    return list(rows.values())
