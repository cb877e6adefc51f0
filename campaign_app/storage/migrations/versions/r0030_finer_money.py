"""Amounts are ten-thousandths of a yuan: contracts price a message more finely than by thousandths, which they were.

What people write of money has its unit beside it, without a default: a program of before that is still open would write
thousandths, and a price ten times too small lets budgets through.
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from campaign_app.storage.columns import number

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_AMOUNTS = (
    ("account_price", "price"),
    ("entity_budget", "month"),
    ("campaign_budget", "budget"),
    ("campaign_budget", "held"),
    ("submission", "price"),
)
_WRITTEN = ("account_price", "entity_budget")
_SETTING = sa.text("SELECT value FROM setting WHERE name = 'price_per_part'")
_PUT = sa.text("UPDATE setting SET value = :value WHERE name = 'price_per_part'")


def upgrade() -> None:
    for table, column in _AMOUNTS:
        op.execute(f"UPDATE {table} SET {column} = {column} * 10 WHERE {column} > 0")  # noqa: S608 names from above
    for table in _WRITTEN:
        op.add_column(table, number("per_yuan", "10000"))
        with op.batch_alter_table(table) as changed:
            changed.alter_column("per_yuan", server_default=None)
    connection = op.get_bind()
    stored = connection.execute(_SETTING).scalar()
    if stored is not None and isinstance(price := json.loads(stored), int):
        connection.execute(_PUT, {"value": json.dumps(price * 10)})
