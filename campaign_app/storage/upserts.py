"""Statements that are made once and run for many rows: plain INSERT, and INSERT … ON CONFLICT in either dialect."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import UpdateBase

Insert = sqlite.Insert | postgresql.Insert


def insert(dialect: str, table: sa.Table) -> Insert:
    """To be completed by ON CONFLICT."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@lru_cache
def plain_insert(table: sa.Table) -> UpdateBase:
    return sa.insert(table)


def insert_or_ignore(connection: sa.Connection, table: sa.Table) -> UpdateBase:
    return _or_ignore(connection.dialect.name, table)


def insert_or_update(connection: sa.Connection, table: sa.Table, *keys: str) -> UpdateBase:
    """Replaces every column but the keys."""
    return _or_update(connection.dialect.name, table, keys)


@lru_cache
def _or_ignore(dialect: str, table: sa.Table) -> UpdateBase:
    return insert(dialect, table).on_conflict_do_nothing()


@lru_cache
def _or_update(dialect: str, table: sa.Table, keys: tuple[str, ...]) -> UpdateBase:
    statement = insert(dialect, table)
    new: dict[str, Any] = {c.name: statement.excluded[c.name] for c in table.c if c.name not in keys}
    return statement.on_conflict_do_update(index_elements=list(keys), set_=new)
