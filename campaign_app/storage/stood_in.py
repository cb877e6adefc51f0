"""A server that took over from another one may lack what that one committed last, and no row of it says so.

PostgreSQL counts by timelines who went on from where: a standby that is promoted, and files that are restored to a
moment, begin a new one. Whoever was at work then comes back and looks at what it has seen itself (`storage.seen`).
Of one that does not come back, on a host of its own, nobody knows what it claimed last: it may be claimed once more.

`meta.timeline` is the timeline that is known, and behind a new one for whom is waited, each with its last sign of life.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.copies import OLDER
from campaign_app.domain.errors import AppError
from campaign_app.storage import copies, schema
from campaign_app.storage.host import place_id
from campaign_app.storage.placed import TIMELINE
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema_workers import worker
from campaign_app.storage.times import SERVER_NOW, moment_at

_TOLD: Final = sa.text("SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)")
_KNOWN: Final = sa.select(schema.meta.c.value).where(schema.meta.c.name == TIMELINE)
_AT_WORK: Final = sa.select(worker.c.id, worker.c.beat_at).where(worker.c.ended_at.is_(None))


def is_new(connection: sa.Connection) -> bool:
    """Whether there is anything to `judge`: in a moment, and outside of any transaction."""
    told = timeline(connection, nullcontext())
    return bool(told) and _known(connection) != {"at": told}


def judge(connection: sa.Connection, over: Sequence[AnyRow]) -> None:
    """`over`: the workers that were just declared over. One that is waited for behind a new timeline raises the alarm:

    whichever worker is next puts everything aside. An older number is another count, such as pg_upgrade begins.
    """
    told = timeline(connection, connection.begin_nested())
    if not told or (known := _known(connection)) == {"at": told}:
        return
    at, awaited = known.get("at", told), known.get("awaited", {})
    left = {str(row.id): row.beat_at for row in connection.execute(_AT_WORK)}
    if known.get("new") != told:  # only noticed now
        awaited = left | {str(row.id): row.beat_at for row in over}
    missing = [row for row in over if awaited.get(str(row.id)) == row.beat_at and row.host != place_id()]
    awaited = {each: beat for each, beat in awaited.items() if left.get(each) == beat}
    settled = at >= told or missing or not awaited
    now = {"at": told} if settled else {"at": at, "new": told, "awaited": awaited}
    if now != known:
        copies.put_meta(connection, TIMELINE, json.dumps(now))
    if at < told and missing and not copies.noticed(copies.meta_of(connection)):
        at_server = moment_at(connection.execute(sa.select(SERVER_NOW)).scalar_one())
        copies.raise_alarm(connection, OLDER, copies.last_worked(connection, at_server))


def timeline(connection: sa.Connection, apart: AbstractContextManager[Any]) -> int:
    """0 of a server that does not tell it. `apart`: in what an error leaves the rest of a transaction as it is."""
    try:
        with apart:
            return int(connection.execute(_TOLD).scalar_one(), 16)
    except (AppError, sa.exc.SQLAlchemyError):
        return 0


def _known(connection: sa.Connection) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(connection.execute(_KNOWN).scalar() or "{}")
    return found
