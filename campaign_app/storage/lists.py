"""Long lists in statements, cut so that no database's limit on variables is met."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

import sqlalchemy as sa

from campaign_app.storage.rows import AnyRow, AnySelect

T = TypeVar("T")
CHUNK: Final = 5_000


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk


def rows_among(
    connection: sa.Connection, statement: AnySelect, column: sa.ColumnElement[Any], values: Iterable[Any]
) -> Iterator[AnyRow]:
    """Rows of the statement whose column is among the values, in no order."""
    for chunk in chunks(dict.fromkeys(values)):
        yield from connection.execute(statement.where(column.in_(chunk)))


def write_all(connection: sa.Connection, statement: sa.Executable, rows: Sequence[dict[str, Any]]) -> None:
    """Executes the statement once per row; nothing at all for no rows."""
    if rows:
        connection.execute(statement, rows)


def next_id(connection: sa.Connection, table: sa.Table) -> int:
    """The next free id; only inside a transaction that holds the write lock."""
    return (connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0) + 1
