"""The parts that a provider says it bills for a message; by which number a reply can be found."""

from __future__ import annotations

from alembic import op

from campaign_app.storage.columns import blob_or_none, number, to

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("billed_part", to("ledger.id", "ledger_id", key=True), number("told"), number("counted"))
    op.add_column("inbound", blob_or_none("phone_key"))
    op.create_index("inbound_by_person", "inbound", ["account_id", "ref"])
    op.create_index("inbound_by_phone", "inbound", ["phone_key"])
