"""Brings a workspace's tables to this program's version, in one transaction, or leaves them alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.errors import WorkspaceError
from campaign_app.storage.engine import Database
from campaign_app.storage.placed import place, was_put_back
from campaign_app.storage.sessions import be_patient

HEAD: Final = "0030"
KNOWN: Final = frozenset({f"{n:04}" for n in range(1, int(HEAD) + 1)})


def version_of(connection: sa.Connection) -> str | None:
    """None for an empty database."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def migrate(
    database: Database, *, new: bool = False, before: Callable[[sa.Connection], object] = lambda _: None
) -> None:
    """`before` is called in the transaction that changes the tables, and may raise.

    Raises WorkspaceError `newer_workspace`, or `damaged` for an existing database without tables.
    """
    with database.read() as connection:
        version = version_of(connection)
    if version == HEAD:
        return
    if version is None and not new:
        raise WorkspaceError("damaged", "The workspace's tables are missing")
    if version is not None and version not in KNOWN:
        raise WorkspaceError("newer_workspace", "The workspace was made by a newer version of this program")
    with database.write() as connection:
        if version_of(connection) != HEAD:
            before(connection)
            be_patient(connection, waits=False)
            put_back = version is not None and was_put_back(connection)
            upgrade(connection)
            if not put_back:  # tables may have been written anew
                place(connection)


def upgrade(connection: sa.Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
