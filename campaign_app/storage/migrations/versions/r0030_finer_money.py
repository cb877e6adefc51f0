"""Amounts are ten-thousandths of a yuan: contracts price a message more finely than by thousandths, which they were.

What people write of money has its unit beside it, without a default: a program of before that is still open would write
thousandths, and a price ten times too small lets budgets through.
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from campaign_app.storage.columns import Words, number, to

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_AMOUNTS = (("campaign_budget", "budget"), ("campaign_budget", "held"), ("submission", "price"))
_SETTING = sa.text("SELECT value FROM setting WHERE name = 'price_per_part'")
_PUT = sa.text("UPDATE setting SET value = :value WHERE name = 'price_per_part'")


def upgrade() -> None:
    for table, column in _AMOUNTS:
        _tenfold(table, column)
    _with_unit("account_price", to("account.id", "account_id", key=True), "price")
    _with_unit(
        "entity_budget", sa.Column("entity_uscc", Words, sa.ForeignKey("entity.uscc"), primary_key=True), "month"
    )
    connection = op.get_bind()
    stored = connection.execute(_SETTING).scalar()
    if stored is not None and isinstance(price := json.loads(stored), int):
        connection.execute(_PUT, {"value": json.dumps(price * 10)})


def _tenfold(table: str, amount: str) -> None:
    known = sa.column(amount, sa.BigInteger)
    op.execute(sa.update(sa.table(table, known)).values({amount: known * 10}).where(known > 0))


def _with_unit(table: str, key: sa.Column[int] | sa.Column[str], amount: str) -> None:
    """Made anew in a file, which takes no such column otherwise; on a server that would take its roles' rights away."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        _tenfold(table, amount)
        op.add_column(table, number("per_yuan", "10000"))
        op.alter_column(table, "per_yuan", server_default=None)
        return
    stored = sa.table(table, sa.column(key.name), sa.column(amount, sa.BigInteger))
    rows = connection.execute(sa.select(stored)).all()
    op.drop_table(table)
    made = op.create_table(table, key, number(amount), number("per_yuan"))
    op.bulk_insert(made, [{key.name: of, amount: known * 10, "per_yuan": 10_000} for of, known in rows])
