"""The marks of a workspace that moves: on what came and is not finished, and on what was left behind.

What was left behind is marked in its own database, in the transaction that held its write lock all along, and refuses
every change from then on: also to whoever had it open, and to older versions of this program, which know of no mark.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.errors import WorkspaceError
from campaign_app.storage import copies, schema
from campaign_app.storage.audit import append_entry
from campaign_app.storage.copying import tables
from campaign_app.storage.engine import FENCED
from campaign_app.storage.header import Header
from campaign_app.storage.host import host_id
from campaign_app.storage.server_trouble import FENCED_STATE
from campaign_app.storage.times import to_ms

# `meta`: the id of the move whose end is awaited
MOVING: Final = "moving"
# `meta`: the folder that it comes from, and its machine
MOVING_FROM: Final = "moving_from"
# `meta`: where everything went
MOVED: Final = "moved"
_SERVER: Final = re.compile(r" \(postgresql[^()]*\)$")
_REFUSES: Final = f"""
CREATE OR REPLACE FUNCTION refuse_moved() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{FENCED}' USING ERRCODE = '{FENCED_STATE}'; END $$
"""


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a workspace went, as `targets.Target.told` says it: its folder, with the server's address behind it."""

    move_id: str
    to: str
    at: datetime

    @property
    def folder(self) -> Path:
        return Path(_SERVER.sub("", self.to))


def moved_of(connection: sa.Connection) -> Moved | None:
    written = copies.meta_of(connection).get(MOVED)
    if written is None:
        return None
    told = json.loads(written)
    return Moved(told["id"], told["to"], datetime.fromisoformat(told["at"]))


def moving_of(connection: sa.Connection) -> str:
    return copies.meta_of(connection).get(MOVING, "")


def require_live(connection: sa.Connection) -> None:
    """Raises WorkspaceError `workspace_moved`, `move_unfinished`."""
    moved = moved_of(connection)
    if moved is not None:
        day = moved.at.date().isoformat()
        raise WorkspaceError("workspace_moved", "The workspace was moved elsewhere", to=moved.to, day=day)
    if moving_of(connection):
        raise unfinished()


def unfinished() -> WorkspaceError:
    return WorkspaceError("move_unfinished", "The move to here was not finished")


def came_from(header: Header) -> str:
    return f"{host_id()}:{header.moved_from}"


def begin(connection: sa.Connection, header: Header) -> None:
    """Marks what is copied into as not finished."""
    copies.put_meta(connection, MOVING, header.move_id)
    copies.put_meta(connection, MOVING_FROM, came_from(header))


def arrived(connection: sa.Connection) -> None:
    for mark in (MOVING, MOVING_FROM):
        _forget(connection, mark)


def leave(connection: sa.Connection, moved: Moved, actor: str) -> None:
    """Marks what is left behind; with the commit of this transaction the other one is the workspace."""
    told = {"id": moved.move_id, "to": moved.to, "at": moved.at.isoformat()}
    copies.put_meta(connection, MOVED, json.dumps(told, ensure_ascii=False))
    append_entry(connection, "workspace.left", actor, to_ms(moved.at), {"move": moved.move_id, "to": moved.to})
    for statement in _fence(connection.dialect.name):
        connection.exec_driver_sql(statement)


def come_back(connection: sa.Connection, why: str, actor: str, at: datetime) -> Moved:
    """A person takes up again what was left behind. It does not know what was sent since, and is treated as a copy."""
    moved = moved_of(connection)
    if moved is None:
        raise WorkspaceError("not_moved", "The workspace was not moved away")
    for statement in _unfence(connection.dialect.name):
        connection.exec_driver_sql(statement)
    _forget(connection, MOVED)
    copies.put_aside(connection, why, moved.at, at, accepted=True)
    told = {"move": moved.move_id, "from": moved.to}
    append_entry(connection, "workspace.taken_back", actor, to_ms(at), told)
    return moved


def come_over(connection: sa.Connection, header: Header, why: str, actor: str, at: datetime) -> None:
    """A person takes up what came by a move of which nobody can tell whether it was decided: what it came from may

    have gone on.
    """
    copies.put_aside(connection, why, copies.last_known(connection) or at, at, accepted=True)
    told = {"move": header.move_id, "from": header.moved_from}
    append_entry(connection, "workspace.taken_back", actor, to_ms(at), told)


def _forget(connection: sa.Connection, mark: str) -> None:
    connection.execute(sa.delete(schema.meta).where(schema.meta.c.name == mark))


def _fence(dialect: str) -> Iterator[str]:
    if dialect == "postgresql":
        yield _REFUSES
        for each in tables():
            yield (
                f"CREATE TRIGGER {each.name}_{FENCED} BEFORE INSERT OR UPDATE OR DELETE ON {each.name} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_moved()"
            )
        return
    for table, change in _changes():
        yield (
            f"CREATE TRIGGER {table}_{FENCED}_{change.lower()} BEFORE {change} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{FENCED}'); END"
        )


def _unfence(dialect: str) -> Iterator[str]:
    """Of a workspace that was left by an older version of the program, too: it may lack tables."""
    if dialect == "postgresql":
        for each in tables():
            yield f"DROP TRIGGER IF EXISTS {each.name}_{FENCED} ON {each.name}"
        return
    for table, change in _changes():
        yield f"DROP TRIGGER IF EXISTS {table}_{FENCED}_{change.lower()}"


def _changes() -> Iterator[tuple[str, str]]:
    return ((table.name, change) for table in tables() for change in ("INSERT", "UPDATE", "DELETE"))
