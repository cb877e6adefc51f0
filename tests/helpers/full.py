"""A workspace on a disk without room, as far as its database can tell."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy import event

from campaign_app import bootstrap


def fill_disk(app: bootstrap.App) -> Callable[[], None]:
    """The real database gets no page and no log more; returns what frees the disk again."""
    engine = app.workspace.database.engine

    def limit(connection: sa.PoolProxiedConnection, *_: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")

    def free() -> None:
        event.remove(engine, "checkout", limit)
        engine.dispose()

    event.listen(engine, "checkout", limit)
    return free
