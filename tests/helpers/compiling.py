"""Statements that are compiled once for all the databases of a test run.

SQLAlchemy keeps what it compiles with each engine, and finds it by the engine's own dialect. A program has one engine
for as long as it runs; tests make thousands, and compiling everything anew for each was a fifth of all their work.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from sqlalchemy.util import LRUCache


class _Kept(LRUCache[Any, Any]):
    """By the kind and version of a database instead of an engine's own dialect."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_of_kind(key), default)

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(_of_kind(key))

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(_of_kind(key), compiled)


def _of_kind(key: Any) -> tuple[Any, ...]:
    dialect, *rest = key
    return type(dialect), dialect.server_version_info, *rest


_kept = _Kept(5_000)


def compile_once() -> None:
    """From now on, for every engine of this process."""
    event.listen(Engine, "engine_connect", _share)


def _share(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_kept)


def load_rules_once() -> None:
    """Of every workspace that is opened in this process; rules of its own are other texts, and loaded with them."""
    from campaign_app.services import rules

    rules.load_sources = lru_cache(maxsize=8)(rules.load_sources)
