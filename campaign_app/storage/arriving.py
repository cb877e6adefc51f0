"""A workspace at the place that it was moved to: refused until what was left behind is marked, and then finished.

That mark decides the move. A process that dies right before it leaves something here that nobody opens; one that dies
right after it leaves what is finished by whoever opens it next.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from campaign_app.domain.errors import WorkspaceError
from campaign_app.storage import team
from campaign_app.storage.engine import Database, open_engine
from campaign_app.storage.header import Header, put, read_header
from campaign_app.storage.homes import DATABASE
from campaign_app.storage.moved import arrived, moved_of, moving_of, unfinished


@contextmanager
def database_of(folder: Path, found: Header, key: bytes) -> Iterator[Database]:
    """The workspace's own tables, whatever marks it has; nothing of them is changed by looking."""
    found_there = team.database_of(found, key) if found.server else Database(open_engine(folder / DATABASE, key))
    try:
        yield found_there
    finally:
        found_there.engine.dispose()


def was_left(folder: Path, found: Header, key: bytes) -> bool:
    """Whether the folder that this one came from is marked as left by this very move.

    Raises WorkspaceError: `move_unclear` where that folder is out of reach, or is another one by now; and what its own
    database raises.
    """
    source = Path(found.moved_from)
    try:
        left = None if source == folder else read_header(source)
    except WorkspaceError as error:
        raise _unclear(found) from error
    if left is None or (left.workspace_id, left.key_check) != (found.workspace_id, found.key_check):
        raise _unclear(found)
    with database_of(source, left, key) as database, database.read() as connection:
        moved = moved_of(connection)
    return moved is not None and moved.move_id == found.move_id


def _unclear(found: Header) -> WorkspaceError:
    words = "Whether the move was decided stands in a folder that is out of reach"
    return WorkspaceError("move_unclear", words, source=found.moved_from)


def decided(folder: Path, found: Header, key: bytes) -> bool | None:
    """As `was_left`; None where nobody here can tell."""
    try:
        return was_left(folder, found, key)
    except WorkspaceError as error:
        if error.code != "move_unclear":
            raise
    return None


def arrive(folder: Path, found: Header, key: bytes) -> Header:
    """Finishes a move that was decided; raises WorkspaceError: `move_unfinished` for any other, `move_unclear` where

    nobody here can tell.
    """
    with database_of(folder, found, key) as database:
        with database.read() as connection:
            awaited = moving_of(connection)
        if awaited and (awaited != found.move_id or not was_left(folder, found, key)):
            raise unfinished()
        return finish(folder, found, database)


def finish(folder: Path, found: Header, database: Database) -> Header:
    with database.write() as connection:
        arrived(connection)
    put(folder, found.arrived)
    return found.arrived
