"""Reads that run before every batch: a statement is compiled once, and in a file its text goes straight to the driver.

SQLAlchemy's own handling of a statement takes many times as long as SQLite takes to find a row of it. Whoever listens
to the engine's statements hears of these as well: they then go the way of all others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import result_tuple
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import NullType

from campaign_app.storage.engine import Database, trouble_of
from campaign_app.storage.rows import AnyRow, AnySelect

_KEPT: Final = 512
# found as they are stored
_PLAIN: Final = (sa.Integer, sa.Text, sa.LargeBinary, NullType)


def fetch(connection: sa.Connection, statement: AnySelect, /, **given: Any) -> list[AnyRow]:
    """All rows. Keep statements in a constant or a cached function, with names for what changes.

    What is given and what is found are numbers, texts and bytes, which need no translation.
    """
    compiled = _direct(connection, statement)
    if compiled is None:
        return list(connection.execute(statement, given).all())
    if not connection.in_transaction():
        connection.begin()
    return _found(connection, compiled, given)


def fetch_first(connection: sa.Connection, statement: AnySelect, /, **given: Any) -> AnyRow | None:
    """Of a statement that has one row at most."""
    rows = fetch(connection, statement, **given)
    return rows[0] if rows else None


def fetch_value(connection: sa.Connection, statement: AnySelect, /, **given: Any) -> Any:
    """The first column of the first row; None where there is no row."""
    rows = fetch(connection, statement, **given)
    return rows[0][0] if rows else None


def read_rows(db: Database, statement: AnySelect, /, **given: Any) -> list[AnyRow]:
    """`fetch` of one statement alone."""
    with db.look() as connection:
        compiled = _direct(connection, statement)
        if compiled is None:
            return list(connection.execute(statement, given).all())
        return _found(connection, compiled, given)


def read_first(db: Database, statement: AnySelect, /, **given: Any) -> AnyRow | None:
    rows = read_rows(db, statement, **given)
    return rows[0] if rows else None


def read_value(db: Database, statement: AnySelect, /, **given: Any) -> Any:
    rows = read_rows(db, statement, **given)
    return rows[0][0] if rows else None


def _direct(connection: sa.Connection, statement: AnySelect) -> _Compiled | None:
    heard = connection.engine.dispatch
    if connection.dialect.name != "sqlite" or heard.before_cursor_execute or heard.after_cursor_execute:
        return None
    return _kept(statement, connection.dialect).again()


def _found(connection: sa.Connection, compiled: _Compiled, given: Mapping[str, Any]) -> list[AnyRow]:
    driver: Any = connection.connection.driver_connection
    try:
        cursor = driver.execute(compiled.text, compiled.values({**compiled.constants, **given}))
        found = cursor.fetchall()
    except driver.Error as error:
        raise trouble_of(error) or error from error
    if compiled.row is None:
        compiled.row = result_tuple([column[0] for column in cursor.description])
    return list(map(compiled.row, found))


class _Compiled:
    """`values` puts the parameters in the text's order; `row` makes a row of what the driver found, once it has."""

    def __init__(self, compiled: SQLCompiler) -> None:
        names = tuple(compiled.positiontup or ())
        self.text = str(compiled)
        self.constants = {name: value for name, value in compiled.params.items() if not compiled.binds[name].required}
        self.values = _in_order(names)
        self.row: Callable[[Iterable[Any]], AnyRow] | None = None


class _Statement:
    """One that is made anew each time comes once: compiling it here would take longer than SQLAlchemy, which knows its

    like.
    """

    def __init__(self, statement: AnySelect, dialect: sa.Dialect) -> None:
        self._made: tuple[AnySelect, sa.Dialect] | None = (statement, dialect)
        self._came = False
        self._compiled: _Compiled | None = None

    def again(self) -> _Compiled | None:
        """None for the first time, and for one that is not plain."""
        made = self._made  # another thread may be at the same
        if made is not None and self._came:
            self._compiled = _compiled(*made)
            self._made = None
        self._came = True
        return self._compiled


def _compiled(statement: AnySelect, dialect: sa.Dialect) -> _Compiled | None:
    """None for one whose text changes with its values, and for values that the driver knows by another type."""
    compiled = statement.compile(dialect=dialect)
    changing = compiled.post_compile_params or compiled.literal_execute_params
    plain = all(isinstance(column.type, _PLAIN) for column in statement.selected_columns)
    return _Compiled(compiled) if plain and not changing else None


@lru_cache(maxsize=_KEPT)
def _kept(statement: AnySelect, dialect: sa.Dialect) -> _Statement:
    return _Statement(statement, dialect)


def _in_order(names: tuple[str, ...]) -> Callable[[dict[str, Any]], tuple[Any, ...]]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda given: tuple(given[name] for name in names)
