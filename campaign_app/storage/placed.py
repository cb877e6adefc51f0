"""A team's database tells by itself that it was put back from a dump: a row that was written anew says so.

PostgreSQL keeps with each row which transaction wrote it. The number of that one stands in a row of `meta`, beside the
number of a table. A dump carries the row and not by whom it was written, so that the two differ in whatever was made of
it; a server that stands in for another one by its files, or was brought to a newer version, has them as they were.

A copy within the server (CREATE DATABASE … TEMPLATE) has them too: the number of the database, in a row of its own,
tells it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa

from campaign_app.storage.postgres import SCHEMA

# `meta`: the transaction that wrote it, and a table
PLACED: Final = "placed"
# `meta`: the database; none of one that was placed by a version which did not look at that
PLACED_IN: Final = "placed_in"
# `meta`: see `storage.stood_in`
TIMELINE: Final = "timeline"
_TABLE: Final = f"{SCHEMA}.submission"
_PLACE: Final = sa.text(
    "INSERT INTO meta (name, value) VALUES (:name, concat(mod(pg_current_xact_id()::text::numeric, 4294967296), ':',"
    " CAST(:table AS regclass)::oid)) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
_PLACE_IN: Final = sa.text(
    "INSERT INTO meta (name, value) SELECT :name, oid::text FROM pg_database WHERE datname = current_database()"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
_ELSEWHERE: Final = sa.text(
    "SELECT value <> oid::text FROM meta, pg_database WHERE name = :name AND datname = current_database()"
)
_MOVED: Final = sa.text("SELECT value <> concat(xmin, ':', CAST(:table AS regclass)::oid) FROM meta WHERE name = :name")


def place(connection: sa.Connection) -> None:
    """From here on a dump of this database is told from it. Nothing of a workspace of files."""
    if connection.dialect.name == "postgresql":
        connection.execute(_PLACE, {"name": PLACED, "table": _TABLE})
        connection.execute(_PLACE_IN, {"name": PLACED_IN})


def is_placed(meta: Mapping[str, str]) -> bool:
    return PLACED in meta and PLACED_IN in meta


def was_put_back(connection: sa.Connection) -> bool:
    """Whether it was made of a dump or is a copy, since when nobody has accepted it; no word of one never placed."""
    if connection.dialect.name != "postgresql":
        return False
    moved = connection.execute(_MOVED, {"name": PLACED, "table": _TABLE}).scalar()
    return bool(moved or connection.execute(_ELSEWHERE, {"name": PLACED_IN}).scalar())
