"""Work that window and command line put down and the worker takes up."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.campaign import Released
from campaign_app.domain.errors import NotAllowed, NotFound
from campaign_app.domain.ports import Job
from campaign_app.storage import schema
from campaign_app.storage.campaigns import release
from campaign_app.storage.engine import Database
from campaign_app.storage.fetching import fetch, read_first, read_rows
from campaign_app.storage.lists import chunks
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.times import moment_at, to_ms

_OPEN: Final = ("queued", "running")
_ENDED: Final = ("done", "failed", "cancelled")
_JOB: Final = sa.select(schema.job).where(schema.job.c.id == sa.bindparam("which"))
# a worker looks many times a second: no list as one parameter, whose text would change with it
_OPEN_JOBS: Final = (
    sa.select(schema.job).where(sa.or_(*(schema.job.c.state == state for state in _OPEN))).order_by(schema.job.c.id)
)
_NEWEST: Final = sa.select(sa.func.max(schema.job.c.id).label("newest"))
PUT_DOWN: Final = 200  # jobs that `put_down_since` tells of
_BEHIND: Final = (
    sa.select(schema.job)
    .where(schema.job.c.id > sa.bindparam("after"))
    .order_by(schema.job.c.id.desc())
    .limit(PUT_DOWN)
)
BY_THE_CLOCK: Final = ("poll", "tell", "changes")  # all day long
REACH: Final = 20_000  # rows that `ended_jobs` looks back over


@dataclass(frozen=True, slots=True)
class SqlJobs:
    """Implements `domain.ports.JobStore`."""

    db: Database

    def enqueue(self, kind: str, args: Mapping[str, Any], at: datetime) -> Job:
        values = {
            "kind": kind,
            "args": json.dumps(dict(args), ensure_ascii=False),
            "state": "queued",
            "queued_at": to_ms(at),
        }
        with self.db.write() as connection:
            there = (job for job in map(_job, fetch(connection, _OPEN_JOBS)) if (job.kind, job.args) == (kind, args))
            if (same := next(there, None)) is not None:
                return same
            new_id = connection.execute(sa.insert(schema.job).values(values)).inserted_primary_key
        assert new_id is not None
        return self.job(new_id[0])

    def job(self, job_id: int) -> Job:
        row = read_first(self.db, _JOB, which=job_id)
        if row is None:
            raise NotFound("job", "There is no such job", job=job_id)
        return _job(row)

    def open_jobs(self) -> tuple[Job, ...]:
        return tuple(map(_job, read_rows(self.db, _OPEN_JOBS)))

    def newest(self) -> int:
        return int(read_rows(self.db, _NEWEST)[0].newest or 0)

    def put_down_since(self, job_id: int) -> tuple[Job, ...]:
        return tuple(map(_job, reversed(read_rows(self.db, _BEHIND, after=job_id))))

    def ended_jobs(self, limit: int, *, kind: str | None = None) -> tuple[Job, ...]:
        table = schema.job
        of_kind = table.c.kind.notin_(BY_THE_CLOCK) if kind is None else table.c.kind == kind
        recent = table.c.id > sa.select(sa.func.max(table.c.id) - REACH).scalar_subquery()
        wanted = sa.select(table).where(recent, table.c.state.notin_(_OPEN), of_kind)
        with self.db.look() as connection:
            return tuple(map(_job, connection.execute(wanted.order_by(table.c.id.desc()).limit(limit))))

    def set_state(
        self,
        job_id: int,
        state: str,
        *,
        error: str = "",
        result: Mapping[str, Any] | None = None,
        released: Released | None = None,
    ) -> None:
        written = None if result is None else json.dumps(dict(result), ensure_ascii=False)
        self._change(job_id, {"state": state, "error": error, "result": written}, released)

    def set_progress(self, job_id: int, progress: int, total: int) -> None:
        self._change(job_id, {"progress": progress, "total": total})

    def ended(self, before: datetime, limit: int, *, kind: str | None = None) -> tuple[int, ...]:
        table = schema.job
        wanted = sa.select(table.c.id).where(
            table.c.state.in_(_ENDED),
            table.c.queued_at < to_ms(before),
            # the next job would get its number once more, and a flow is known by it
            table.c.id < sa.select(sa.func.max(table.c.id)).scalar_subquery(),
        )
        if kind is not None:
            wanted = wanted.where(table.c.kind == kind)
        with self.db.look() as connection:
            return tuple(connection.execute(wanted.order_by(table.c.id).limit(limit)).scalars())

    def forget(self, job_ids: Sequence[int]) -> None:
        table = schema.job
        with self.db.write() as connection:
            for ids in chunks(job_ids):
                connection.execute(sa.delete(table).where(table.c.id.in_(ids), table.c.state.in_(_ENDED)))

    def _change(self, job_id: int, values: dict[str, Any], released: Released | None = None) -> None:
        table = schema.job
        change = sa.update(table).where(table.c.id == job_id, table.c.state.in_(_OPEN)).values(values)
        with self.db.write() as connection:
            missing = connection.execute(change).rowcount == 0
            if released is not None and not missing:
                with suppress(NotAllowed, NotFound):  # whoever stopped or deleted it first is right
                    release(connection, released)
        if missing:
            self.job(job_id)


def _job(row: AnyRow) -> Job:
    return Job(
        id=row.id,
        kind=row.kind,
        args=json.loads(row.args),
        state=row.state,
        progress=row.progress,
        total=row.total,
        error=row.error,
        result=None if row.result is None else json.loads(row.result),
        queued_at=moment_at(row.queued_at),
        asked_by=row.asked_by,
    )
