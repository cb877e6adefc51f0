"""A server that took over from another one may lack what that one committed last, and no row of it says so.

PostgreSQL counts by timelines who went on from where: a standby that is promoted, and files that are restored to a
moment, begin a new one. Whoever was at work then has to come back: a worker of that host looks at what was seen there
(`storage.seen`), which it had put down before anything left. Until all have, nothing leaves at all; of a host that does
not come back nobody knows what it claimed last.

`meta.timeline` is the timeline that is known, and behind a new one since when and for which hosts is waited.
"""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.copies import OLDER
from campaign_app.domain.errors import AppError, WorkspaceError
from campaign_app.storage import copies, schema
from campaign_app.storage.placed import TIMELINE
from campaign_app.storage.schema_workers import worker
from campaign_app.storage.times import SERVER_NOW, moment_at

# a line that was cut is given up within 40 s, and a server's name leads to the new one within minutes, in which a host
# that went down together with the server, as in one maintenance, is up again. Nothing leaves meanwhile
PATIENCE_MS: Final = 5 * 60_000
_TOLD: Final = sa.text("SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)")
# when the last of what was taken over was committed, by the former server; NULL where the new one was restarted since
_REPLAYED: Final = sa.text("SELECT CAST(extract(epoch FROM pg_last_xact_replay_timestamp()) * 1000 AS bigint)")
_KNOWN: Final = sa.select(schema.meta.c.value).where(schema.meta.c.name == TIMELINE)
_AT_WORK: Final = sa.select(worker.c.host, worker.c.lease_until).where(worker.c.ended_at.is_(None))


@dataclass(frozen=True, slots=True)
class Awaited:
    """How many `hosts` have still to look, and when those that have not stop everything."""

    hosts: int
    until: datetime


def awaited(connection: sa.Connection) -> Awaited | None:
    """As it was noted, for somebody who only looks; None where nobody is waited for, or no longer."""
    known = _known(connection)
    if not (hosts := known.get("awaited", ())):
        return None
    until = known["since"] + PATIENCE_MS
    over = connection.execute(sa.select(SERVER_NOW)).scalar_one() >= until
    return None if over else Awaited(len(hosts), moment_at(until))


def require_settled(connection: sa.Connection) -> None:
    """Behind `note`. Raises WorkspaceError `move_held`: what a host has still to tell would be told to nobody."""
    if hosts := _known(connection).get("awaited", ()):
        raise WorkspaceError("move_held", "Hosts have still to look what the server lacks", hosts=len(hosts))


def is_new(connection: sa.Connection) -> bool:
    """Whether there is anybody to wait for, or nobody has noted yet whom: in a moment, outside of any transaction."""
    if connection.dialect.name != "postgresql":
        return False
    told = timeline(connection, nullcontext())
    return bool(told) and _known(connection) != {"at": told}


def note(connection: sa.Connection) -> None:
    """Under the lock, before any worker is declared over. An older number is another count, as pg_upgrade begins.

    Who let its lease run out before the last of what was taken over claimed nothing behind that.
    """
    told = timeline(connection, connection.begin_nested())
    if not told or told in ((known := _known(connection)).get("new"), known.get("at")):
        return
    last = connection.execute(_REPLAYED).scalar() or 0
    hosts = {row.host for row in connection.execute(_AT_WORK) if row.lease_until >= last}
    awaited = sorted(hosts.union(known.get("awaited", ())))
    if awaited and known.get("at", told) < told:
        now = connection.execute(sa.select(SERVER_NOW)).scalar_one()
        _put(connection, {"at": known["at"], "new": told, "since": now, "awaited": awaited})
    else:
        _put(connection, {"at": told})


def looked(connection: sa.Connection, place: str) -> None:
    """Under the lock, in which a worker of this host misses nothing. The last of them ends the wait.

    One that is still waited for after `PATIENCE_MS` raises the alarm: whichever worker is next puts everything aside.
    """
    note(connection)
    known = _known(connection)
    if not (left := [host for host in known.get("awaited", ()) if host != place]):
        _settle(connection, known)
        return
    _put(connection, {**known, "awaited": left})
    now = connection.execute(sa.select(SERVER_NOW)).scalar_one()
    if now - known["since"] >= PATIENCE_MS:
        copies.raise_alarm(connection, OLDER, copies.last_worked(connection, moment_at(now)))
        _settle(connection, known)


def timeline(connection: sa.Connection, apart: AbstractContextManager[Any]) -> int:
    """0 of a server that does not tell it. `apart`: in what an error leaves the rest of a transaction as it is."""
    try:
        with apart:
            return int(connection.execute(_TOLD).scalar_one(), 16)
    except (AppError, sa.exc.SQLAlchemyError):
        return 0


def _settle(connection: sa.Connection, known: dict[str, Any]) -> None:
    if "new" in known:
        _put(connection, {"at": known["new"]})


def _put(connection: sa.Connection, known: dict[str, Any]) -> None:
    copies.put_meta(connection, TIMELINE, json.dumps(known))


def _known(connection: sa.Connection) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(connection.execute(_KNOWN).scalar() or "{}")
    return found
