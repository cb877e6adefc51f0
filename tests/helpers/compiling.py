"""Statements that are compiled once for all the databases of a test run.

SQLAlchemy keeps what it compiles with each engine, and finds it by the engine's own dialect. A program has one engine
for as long as it runs; tests make thousands, and compiling everything anew for each was a fifth of all their work.
"""

from __future__ import annotations

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

_kept: dict[type, LRUCache[object, object]] = {}  # by the kind of database
_STATEMENTS = 5_000


def compile_once() -> None:
    """From now on, for every engine of this process."""
    # all databases of a kind are of one version here, so that their dialects say the same
    DefaultDialect.__hash__ = lambda self: hash(type(self))
    DefaultDialect.__eq__ = lambda self, other: type(self) is type(other)
    event.listen(Engine, "engine_connect", _share)


def _share(connection: Connection) -> None:
    kept = _kept.setdefault(type(connection.dialect), LRUCache(_STATEMENTS))
    connection.execution_options(compiled_cache=kept)
