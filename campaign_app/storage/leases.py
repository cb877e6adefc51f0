"""Which processes work on a team's workspace: each by a lease that it renews, all by the server's clock.

Whoever declares that a worker has ended does so under the writers' lock, under which every change of that worker asks
whether it has: nothing of it is committed behind that.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Engine

from campaign_app.domain.errors import NotPermitted, WorkspaceError
from campaign_app.storage import stood_in
from campaign_app.storage.engine import Database
from campaign_app.storage.host import host_id, place_id
from campaign_app.storage.migrate import HEAD, version_of
from campaign_app.storage.postgres import CHANGING
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema_workers import is_mine, worker
from campaign_app.storage.times import SERVER_NOW as NOW
from campaign_app.storage.times import moment_at

# in the middle of a change, of one whose lease is over: it is not at work on it
SILENT_SECONDS: Final = 3.0
_KEPT: Final = timedelta(days=30)
_NOT_ENDED: Final = worker.c.ended_at.is_(None)
# a beat of a time that has not come is one of before the clock was set back: who lives beats again within a moment
_RAN_OUT: Final = sa.or_(worker.c.lease_until <= NOW, worker.c.beat_at > NOW + worker.c.lease_until - worker.c.beat_at)
_AT_WORK: Final = sa.and_(_NOT_ENDED, sa.not_(_RAN_OUT))
_EXPIRED: Final = sa.and_(_NOT_ENDED, _RAN_OUT)
_CHANGES: Final = sa.table(
    "pg_stat_activity", *map(sa.column, ("pid", "datname", "application_name", "wait_event", "state_change"))
)
_CUT_OFF: Final = (
    sa.select(sa.func.pg_terminate_backend(_CHANGES.c.pid))
    .join_from(_CHANGES, worker, _CHANGES.c.application_name == sa.func.concat(CHANGING, worker.c.id))
    .where(
        _EXPIRED,
        _CHANGES.c.datname == sa.func.current_database(),
        _CHANGES.c.wait_event == "ClientRead",
        sa.func.clock_timestamp() - _CHANGES.c.state_change
        > sa.func.make_interval(0, 0, 0, 0, 0, 0, sa.bindparam("seconds")),
    )
)
_END_EXPIRED: Final = sa.update(worker).where(_EXPIRED).values(ended_at=NOW)


@dataclass(frozen=True, slots=True)
class AtWork:
    """A worker whose lease has not ended. `host`: whose files it sees (`storage.host.place_id`)."""

    id: int
    host: str
    pid: int
    version: str
    queues: tuple[str, ...]
    started_at: datetime
    beat_at: datetime


@dataclass(frozen=True, slots=True)
class SqlLeases:
    """On a server only: a workspace of files has its lock. By `beats` leases are renewed, and nothing else is done."""

    db: Database
    beats: Engine

    def enter(self, version: str, queues: Sequence[str], seconds: float) -> int:
        """The new worker's number, which is its fencing token. Raises WorkspaceError: `other_version`,

        `newer_workspace` where the tables were changed since this process opened them.
        """
        self.let_go()
        with self.db.write() as connection:
            end_former(connection, version)
            if version_of(connection) != HEAD:
                raise WorkspaceError("newer_workspace", "A newer version of this program has changed the tables")
            connection.execute(sa.delete(worker).where(worker.c.ended_at < NOW - _ms(_KEPT.total_seconds())))
            values: dict[str, Any] = {
                "host": place_id(),
                "pid": os.getpid(),
                "version": version,
                "queues": json.dumps(list(queues)),
                "started_at": NOW,
                "beat_at": NOW,
                "lease_until": NOW + _ms(seconds),
            }
            return int(connection.execute(sa.insert(worker).values(values).returning(worker.c.id)).scalar_one())

    def renew(self, worker_id: int, seconds: float) -> datetime | None:
        """When; None where somebody has declared that it ended, or a restored server gave its number to another.

        Waits for no writer and no pool.
        """
        until = {"beat_at": NOW, "lease_until": NOW + _ms(seconds)}
        with self.beats.begin() as connection:
            mine = sa.update(worker).where(is_mine(worker_id))
            at = connection.execute(mine.values(until).returning(worker.c.beat_at)).scalar()
        return None if at is None else moment_at(at)

    def leave(self, worker_id: int) -> None:
        """Its work is free at once; behind whatever of its own is being written."""
        with self.db.write() as connection:
            stood_in.note(connection)
            connection.execute(sa.update(worker).where(is_mine(worker_id)).values(ended_at=NOW))

    def end_expired(self, steady: Callable[[], bool]) -> bool:
        """Declares that whoever let its lease run out has ended; whether there was anybody.

        `steady` (see `Lease`) is asked under the lock: all before it may have waited until a server was there again.
        """
        with self.db.look() as connection:
            if connection.execute(sa.select(worker.c.id).where(_EXPIRED).limit(1)).first() is None:
                return False
        self.let_go()
        with self.db.write() as connection:
            return steady() and _end_expired(connection) > 0

    def let_go(self) -> None:
        """Ends the changes in the middle of which expired workers were cut off: each holds the lock that all wait for.

        The server's own limit for a transaction in which nothing happens begins with a whole message; who was stopped,
        or whose line was cut, within one is waited for. Nothing of an unfinished change is ever committed.
        """
        # one of another user: as long as it takes
        with suppress(WorkspaceError, NotPermitted), self.beats.begin() as connection:
            connection.execute(_CUT_OFF, {"seconds": SILENT_SECONDS})

    def not_ended(self) -> tuple[int, ...]:
        """Of everybody who may still commit something, the oldest first."""
        with self.db.look() as connection:
            return tuple(connection.execute(sa.select(worker.c.id).where(_NOT_ENDED).order_by(worker.c.id)).scalars())

    def at_work(self) -> tuple[AtWork, ...]:
        with self.db.look() as connection:
            rows = connection.execute(sa.select(worker).where(_AT_WORK).order_by(worker.c.id)).all()
        return tuple(_at_work(row) for row in rows)

    def ended(self) -> Mapping[str, datetime]:
        """By queue, when the last worker that took it ended, as far as that is still known."""
        over = sa.case((_NOT_ENDED, worker.c.lease_until), else_=worker.c.ended_at)
        wanted = sa.select(worker.c.queues, over).where(sa.or_(sa.not_(_NOT_ENDED), _RAN_OUT)).order_by(over)
        with self.db.look() as connection:
            rows = connection.execute(wanted).all()
        return {queue: moment_at(at) for queues, at in rows for queue in json.loads(queues)}

    def somebody(self) -> bool:
        """Whether anybody is at work; not somebody of this very machine who was killed."""
        return any(not _is_dead_here(each) for each in self.at_work())


def require_version(connection: sa.Connection, version: str) -> None:
    """Raises WorkspaceError `other_version` while another version's workers are at work."""
    others = connection.execute(sa.select(worker.c.version).where(_AT_WORK, worker.c.version != version).limit(1))
    if (theirs := others.scalar()) is not None:
        raise other_version(theirs, version)


def other_version(theirs: str, ours: str) -> WorkspaceError:
    """Both releases and, apart from them, both numbers of tables are told: between two releases only those differ."""
    (theirs, _, their_tables), (ours, _, our_tables) = theirs.partition(" "), ours.partition(" ")
    told = {"theirs": theirs, "their_tables": their_tables, "ours": ours, "our_tables": our_tables}
    return WorkspaceError("other_version", "Workers of another version are at work", **told)


def _end_expired(connection: sa.Connection) -> int:
    """Under the lock; how many there were."""
    stood_in.note(connection)
    return connection.execute(_END_EXPIRED).rowcount


def end_former(connection: sa.Connection, version: str) -> None:
    """Before the tables change, under the lock: whoever let its lease run out has ended, and never comes back.

    Raises WorkspaceError `other_version` for one that has not.
    """
    _end_expired(connection)
    require_version(connection, version)


def require_nobody(connection: sa.Connection) -> None:
    """Raises WorkspaceError `in_use` while a worker has its lease.

    Whoever let it run out, or was killed on this machine, has ended from here on.
    """
    _end_expired(connection)
    for row in connection.execute(sa.select(worker).where(_NOT_ENDED)).all():
        if not _is_dead_here(_at_work(row)):
            raise WorkspaceError("in_use", "Workers are at work", lock="worker", pid=row.pid)
        connection.execute(sa.update(worker).where(worker.c.id == row.id).values(ended_at=NOW))


def _is_dead_here(each: AtWork) -> bool:
    if sys.platform == "win32" or not each.host or each.host != host_id():
        return False
    try:
        os.kill(each.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _ms(seconds: float) -> int:
    return int(seconds * 1000)


def _at_work(row: AnyRow) -> AtWork:
    return AtWork(
        row.id,
        row.host,
        row.pid,
        row.version,
        tuple(json.loads(row.queues)),
        moment_at(row.started_at),
        moment_at(row.beat_at),
    )
