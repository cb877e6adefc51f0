"""Long lists in statements, cut so that no database's limit on variables is met."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice
from operator import itemgetter
from typing import Any, Final, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.sql import visitors
from sqlalchemy.sql.dml import Insert, UpdateBase

from campaign_app.storage.fetching import fetch, fetch_value
from campaign_app.storage.rows import AnyRow, AnySelect

T = TypeVar("T")
CHUNK: Final = 5_000
FEW: Final = 16  # rows that are written one by one
# of one statement: SQLite takes 32,766, and keeps some hundred bytes for each with a connection
VARIABLES: Final = 8_000


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk


def rows_among(
    connection: sa.Connection, statement: AnySelect, column: sa.ColumnElement[Any], values: Iterable[Any], **given: Any
) -> Iterator[AnyRow]:
    """Rows of the statement whose column is among the values, in no order. `given` are its own parameters.

    Keep statements that run often in a constant: they are then made complete, and compiled, once.
    """
    for chunk in chunks(dict.fromkeys(values)):
        if connection.dialect.name == "sqlite":
            yield from _rows_in_json(connection, statement, column, chunk, given)
        else:
            yield from connection.execute(_in_array(statement, column), {**given, "among": chunk}).all()


def _rows_in_json(
    connection: sa.Connection,
    statement: AnySelect,
    column: sa.ColumnElement[Any],
    values: Sequence[Any],
    given: dict[str, Any],
) -> Sequence[AnyRow]:
    """One JSON parameter: naming thousands of parameters costs more than finding their rows."""
    in_hex = isinstance(values[0], bytes)
    text = json.dumps([value.hex() for value in values] if in_hex else values)
    return fetch(connection, _in_json(statement, column, in_hex=in_hex), among=text, **given)


@lru_cache(maxsize=256)
def _in_json(statement: AnySelect, column: sa.ColumnElement[Any], *, in_hex: bool) -> AnySelect:
    each = sa.func.json_each(sa.bindparam("among", type_=sa.Text)).table_valued("value").c.value
    return statement.where(column.in_(sa.select(sa.func.unhex(each) if in_hex else each)))


@lru_cache(maxsize=256)
def _in_array(statement: AnySelect, column: sa.ColumnElement[Any]) -> AnySelect:
    """PostgreSQL's one parameter: a statement that is made once, and prepared on the server once."""
    return statement.where(column == sa.any_(sa.bindparam("among", type_=sa.ARRAY(column.type))))


def write_tuples(
    connection: sa.Connection, statement: UpdateBase, names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """`write_all` for the hottest paths: values in the order of `names`, which is the statement's own.

    No two of the rows concern the same stored row.
    """
    if not rows:
        return
    if connection.dialect.name != "sqlite":
        _write_at_once(connection, statement, names, rows)
        return
    text, positions, constants = _compiled(statement, connection.dialect, names)
    done = 0
    if positions == names and not constants:
        for part in _parts(rows, VARIABLES // len(names)) if _can_repeat(text, len(names)) else ():
            many = tuple(chain.from_iterable(part))
            connection.exec_driver_sql(_repeated(text, len(names), len(part)), many)
            done += len(part)
        if done < len(rows):
            connection.exec_driver_sql(text, list(rows[done:]))
    else:
        write_all(connection, statement, [dict(zip(names, row, strict=True)) for row in rows])


def write_all(
    connection: sa.Connection, statement: UpdateBase, rows: Sequence[dict[str, Any]], *, apart: bool = False
) -> None:
    """Executes the statement once per row (all with the same names); nothing at all for no rows.

    Straight to the driver: SQLAlchemy's handling of each row costs more than writing it. Keep statements that run often
    in a constant or a cached function, they are compiled once. `apart`: no two rows concern the same stored row, so a
    server may be told of all at once. Of rows that are only added it always is.
    """
    if not rows:
        return
    if connection.dialect.name != "sqlite" and len(rows) >= FEW and (apart or type(statement) is Insert):
        names = tuple(rows[0])
        _write_at_once(connection, statement, names, [tuple(map(row.__getitem__, names)) for row in rows])
        return
    text, names_in_order, constants = _compiled(statement, connection.dialect, tuple(rows[0]))
    if constants:
        rows = [{**constants, **row} for row in rows]
    if names_in_order is None:
        connection.exec_driver_sql(text, list(rows))
    elif len(names_in_order) == 1:
        connection.exec_driver_sql(text, [(row[names_in_order[0]],) for row in rows])
    else:
        connection.exec_driver_sql(text, list(map(itemgetter(*names_in_order), rows)))


def _write_at_once(
    connection: sa.Connection, statement: UpdateBase, names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """For a server, which reads and plans the statement once for all rows: an array for each name."""
    text, constants = _of_arrays(statement, connection.dialect, names)
    for chunk in chunks(rows):
        arrays = dict(zip(names, map(list, zip(*chunk, strict=True)), strict=True))
        connection.exec_driver_sql(text, {**constants, **arrays})


@lru_cache(maxsize=256)
def _of_arrays(statement: UpdateBase, dialect: sa.Dialect, names: tuple[str, ...]) -> tuple[str, dict[str, Any]]:
    """The statement's text with an array in place of each parameter, and its own constants."""
    kinds = {name: bind.type for name, bind in statement.compile(dialect=dialect, column_keys=names).binds.items()}
    arrays = (sa.bindparam(name, type_=sa.ARRAY(kinds[name])) for name in names)
    columns = (sa.column(name, kinds[name]) for name in names)
    given = sa.func.unnest(*arrays).table_valued(*columns).render_derived(name="given")
    if isinstance(statement, Insert):
        whole: UpdateBase = statement.from_select(list(names), sa.select(*given.c))
    else:

        def as_column(element: Any, **_: Any) -> Any:
            return given.c[element.key] if isinstance(element, sa.BindParameter) and element.key in names else None

        whole = cast("UpdateBase", visitors.replacement_traverse(statement, {}, as_column))
    compiled = whole.compile(dialect=dialect)
    return str(compiled), {name: value for name, value in compiled.params.items() if name not in names}


def _marks(columns: int) -> str:
    return f"({', '.join('?' * columns)})"


def _can_repeat(text: str, columns: int) -> bool:
    return text.startswith("INSERT") and text.count(f"VALUES {_marks(columns)}") == 1


def _parts(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """All but a few of the rows, in parts whose sizes are few too: each needs a statement of its own."""
    at = 0
    while size >= FEW:
        while at + size <= len(rows):
            yield rows[at : at + size]
            at += size
        size //= 2


@lru_cache(maxsize=256)
def _repeated(text: str, columns: int, rows: int) -> str:
    """The INSERT for so many rows at once: the driver lets other threads run once for all, and not at each row."""
    one = _marks(columns)
    return text.replace(f"VALUES {one}", f"VALUES {', '.join([one] * rows)}")


@lru_cache(maxsize=256)
def _compiled(
    statement: UpdateBase, dialect: sa.Dialect, columns: tuple[str, ...]
) -> tuple[str, tuple[str, ...] | None, dict[str, Any]]:
    """The statement's text, the names of its parameters where they are positional, and its own constants."""
    compiled = statement.compile(dialect=dialect, column_keys=list(columns))
    constants = {name: value for name, value in compiled.params.items() if name not in columns}
    names = None if compiled.positiontup is None else tuple(compiled.positiontup)
    return str(compiled), names, constants


def next_id(connection: sa.Connection, table: sa.Table) -> int:
    """The next free id; only inside a transaction that holds the write lock."""
    return (fetch_value(connection, _max_id(table)) or 0) + 1


@lru_cache
def _max_id(table: sa.Table) -> sa.Select[int]:
    return sa.select(sa.func.max(table.c.id))
