"""Column types that mean the same on SQLite and PostgreSQL: times in milliseconds UTC, JSON as text, flags 0 or 1."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

metadata = sa.MetaData()
Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
# by bytes, as SQLite does: an order by a language changes with the server's libraries, and would spoil its indexes
Words = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def own_id() -> sa.Column[int]:
    return sa.Column("id", Id, primary_key=True)


def word(name: str, default: str | None = None, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, Words, nullable=False, server_default=default, primary_key=key)


def word_or_none(name: str) -> sa.Column[str | None]:
    return sa.Column(name, Words, nullable=True)


def number(name: str, default: str | None = None, *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default=default, primary_key=key, autoincrement=False)


def number_or_none(name: str) -> sa.Column[int | None]:
    return sa.Column(name, sa.BigInteger, nullable=True)


def blob(name: str, *, key: bool = False) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False, primary_key=key)


def blob_or_none(name: str) -> sa.Column[bytes | None]:
    return sa.Column(name, sa.LargeBinary, nullable=True)


def to(target: str, name: str, *, key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Id, sa.ForeignKey(target), nullable=False, primary_key=key, autoincrement=False)


def to_or_none(target: str, name: str) -> sa.Column[Any]:
    return sa.Column(name, Id, sa.ForeignKey(target), nullable=True)
