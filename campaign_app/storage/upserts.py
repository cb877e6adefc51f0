"""INSERT … ON CONFLICT, which both databases know and SQLAlchemy spells once for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    Insert = sqlite.Insert | postgresql.Insert


def insert(connection: sa.Connection, table: sa.Table) -> Insert:
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def insert_or_ignore(connection: sa.Connection, table: sa.Table) -> sa.Executable:
    return insert(connection, table).on_conflict_do_nothing()


def insert_or_update(connection: sa.Connection, table: sa.Table, *keys: str) -> sa.Executable:
    """Replaces every column but the keys."""
    statement = insert(connection, table)
    new: dict[str, Any] = {c.name: statement.excluded[c.name] for c in table.c if c.name not in keys}
    return statement.on_conflict_do_update(index_elements=list(keys), set_=new)
