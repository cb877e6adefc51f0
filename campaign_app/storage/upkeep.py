"""Giving back what files no longer need, a little at a time and never where somebody waits for it.

What is deleted (an import that is undone, a draft's audience, old jobs) leaves free pages, which later rows use. Only
where there are many, and more than an eighth of the file, pages move from its end into the gaps, and the file ends
earlier. A step holds the write lock for some ten milliseconds; it asks for the lock and does not wait.

On a server autovacuum does this, and keeps the statistics that its planner goes by. Files have no statistics, on
purpose: without them a statement is carried out in one way only, whatever is in the tables.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any, Final

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine

from campaign_app.storage.engine import IMPATIENT, PATIENT, trouble_of

STEP_PAGES: Final = 256
SPARE_PAGES: Final = 4_096
_BUSY: Final = (5, 6)


def give_back(engine: Engine, folder: Path, pages: int = STEP_PAGES, spare: int = SPARE_PAGES) -> int:
    """Ends the file in `folder` earlier by up to so many pages; returns by how many, 0 also while others write.

    Files that were made before schema 20 keep their size. Raises WorkspaceError as every change does.
    """
    with closing(engine.raw_connection()) as pooled:
        connection = pooled.driver_connection
        assert connection is not None
        size, free = _number(connection, "page_count"), _number(connection, "freelist_count")
        more = free - max(spare, size // 8)
        if more <= 0:
            return 0
        connection.execute(IMPATIENT)
        try:
            return _step(connection, min(pages, more), last=more <= pages)
        except sqlcipher.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in _BUSY:
                return 0
            raise trouble_of(error, folder) or error from None
        finally:
            connection.execute(PATIENT)


def _step(connection: Any, pages: int, *, last: bool) -> int:
    before = _number(connection, "page_count")
    connection.execute(f"PRAGMA incremental_vacuum({pages})").fetchall()
    if last:
        # the file itself ends earlier once its log was taken in
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    return before - _number(connection, "page_count")


def _number(connection: Any, pragma: str) -> int:
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])
