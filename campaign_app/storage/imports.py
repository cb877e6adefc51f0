"""File imports: rows meet their customers or wait for them, and can be taken back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.campaign import Noted
from campaign_app.domain.customer import ChunkCounts, ImportGlance, ImportReport, ImportRow, ReadyRows
from campaign_app.domain.errors import NotAllowed, NotFound
from campaign_app.storage import prospects
from campaign_app.storage.audit import append_noted
from campaign_app.storage.engine import Database
from campaign_app.storage.importmatch import RowMatcher
from campaign_app.storage.importready import make_ready
from campaign_app.storage.importrows import Merge, to_text
from campaign_app.storage.keys import WorkspaceKeys
from campaign_app.storage.lists import write_all
from campaign_app.storage.retention import PURGED
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema_imports import import_change, import_job, import_prospect, import_refusal
from campaign_app.storage.times import moment_at, to_ms
from campaign_app.storage.upserts import insert_or_ignore

UNDO_STEP: Final = 5_000
MERGE_ROWS: Final = 2_500_000
_change, _prospect = import_change.c, import_prospect.c
_DROP_CHANGE: Final = sa.delete(import_change).where(
    _change.import_id == sa.bindparam("i"), _change.row_no == sa.bindparam("r")
)


@dataclass(frozen=True, slots=True)
class SqlImports:
    """Implements `domain.ports_people.ImportStore`."""

    db: Database
    keys: WorkspaceKeys = field(repr=False)

    def begin(self, file_name: str, file_sha256: str, rows_total: int, at: datetime) -> int:
        job = import_job.c
        going = job.state.in_(("running", "undoing"))
        there = sa.select(job.id, job.state).where(job.file_sha256 == file_sha256, going).order_by(job.state.desc())
        values = {
            "file_name": file_name,
            "file_sha256": file_sha256,
            "rows_total": rows_total,
            "state": "running",
            "started_at": to_ms(at),
        }
        with self.db.write() as connection:
            if (same := connection.execute(there).first()) is not None:
                if same.state == "undoing":
                    # rows would find the values that are taken back, and be told as unchanged
                    raise NotAllowed("import_unfinished", "The file's import is being undone", import_id=same.id)
                return int(same.id)
            made = connection.execute(sa.insert(import_job).values(values)).inserted_primary_key
            assert made is not None
            return int(made[0])

    def classify(self, rows: Sequence[ImportRow]) -> ChunkCounts:
        ready = make_ready(self.keys.rows, rows)
        with self.db.read() as connection:
            outcomes = RowMatcher(connection, self.keys.hashes, 0).look(ready)
        return ChunkCounts(**Counter(outcomes.values()))

    def apply_chunk(self, import_id: int, rows: Sequence[ImportRow]) -> ChunkCounts:
        return self.apply_ready(import_id, make_ready(self.keys.rows, rows))

    def apply_ready(self, import_id: int, rows: ReadyRows) -> ChunkCounts:
        numbers = rows.row_nos
        with self.db.write_much(prospects.CACHE_KIB) as connection:
            ended = _is_ended(_job(connection, import_id))
            done = _outcomes_of(connection, import_id, numbers)
            if ended:
                return ChunkCounts(**Counter(done.values()))
            fresh = rows.but(done) if done else rows
            matcher = RowMatcher(connection, self.keys.hashes, import_id)
            outcomes = Counter(done.values()) + Counter(matcher.apply(fresh).values())
        if numbers and numbers[0] // MERGE_ROWS != (numbers[-1] + 1) // MERGE_ROWS:
            prospects.merge(self.db)
        return ChunkCounts(**outcomes)

    def refuse(self, import_id: int, refusals: Sequence[tuple[int, str, str]]) -> None:
        rows = [
            {"import_id": import_id, "row_no": row_no, "code": code, "field": name} for row_no, code, name in refusals
        ]
        with self.db.write() as connection:
            _job(connection, import_id)
            write_all(connection, insert_or_ignore(connection, import_refusal), rows)

    def finish(self, import_id: int, counts: Mapping[str, int], noted: Noted | None = None) -> None:
        job = import_job
        prospects.merge(self.db)
        with self.db.write() as connection:
            before = _job(connection, import_id)
            _is_ended(before)
            change = sa.update(job).where(job.c.id == import_id).values(state="done", counts=to_text(counts))
            connection.execute(change)
            if (before.state, before.counts) != ("done", to_text(counts)):
                append_noted(connection, noted)

    def undo(self, import_id: int, noted: Callable[[ChunkCounts], Noted] | None = None) -> ChunkCounts:
        """In steps, each a transaction, so that others can write meanwhile; a cut undo is taken up where it stopped."""
        undone: Counter[str] = Counter()
        with self.db.write() as connection:
            state = _job(connection, import_id).state
            if state == PURGED:
                raise NotAllowed("import_purged", "What it changed is not kept any more", import_id=import_id)
            if state == "undone":
                return ChunkCounts()
            _set_state(connection, import_id, "undoing")
        while step := self._undo_step(import_id):
            undone += step
        counts = ChunkCounts(**undone)
        with self.db.write() as connection:
            _set_state(connection, import_id, "undone")
            append_noted(connection, None if noted is None else noted(counts))
        return counts

    def report(self, import_id: int, limit: int) -> ImportReport:
        with self.db.read() as connection:
            job = _job(connection, import_id)
            refused = sa.select(sa.func.count()).where(import_refusal.c.import_id == import_id)
            first = (
                sa.select(import_refusal.c.row_no, import_refusal.c.code, import_refusal.c.field)
                .where(import_refusal.c.import_id == import_id)
                .order_by(import_refusal.c.row_no, import_refusal.c.field)
                .limit(limit)
            )
            apart = (
                sa.select(_prospect.row_no)
                .where(_prospect.import_id == import_id, _prospect.consecutive == 1)
                .order_by(_prospect.row_no)
                .limit(limit)
            )
            return ImportReport(
                id=import_id,
                file_name=job.file_name,
                state=job.state,
                rows_total=job.rows_total,
                rows=_counts(connection, import_id),
                refused=connection.execute(refused).scalar_one(),
                refusals=tuple((row[0], row[1], row[2]) for row in connection.execute(first)),
                consecutive_rows=tuple(connection.execute(apart).scalars()),
                counts=json.loads(job.counts),
            )

    def imports(self, limit: int) -> tuple[ImportGlance, ...]:
        newest = sa.select(import_job).order_by(import_job.c.id.desc()).limit(limit)
        with self.db.look() as connection:
            return tuple(
                ImportGlance(
                    row.id, row.file_name, row.state, row.rows_total, moment_at(row.started_at), json.loads(row.counts)
                )
                for row in connection.execute(newest)
            )

    def _undo_step(self, import_id: int) -> Counter[str]:
        with self.db.write() as connection:
            newest = sa.select(import_change).where(_change.import_id == import_id)
            met = list(connection.execute(newest.order_by(_change.row_no.desc()).limit(UNDO_STEP)))
            if met:
                # a row that met several customers goes whole, so that counts stay those of rows
                last = met[-1].row_no
                rest = newest.where(_change.row_no == last, _change.customer_id.not_in([m.customer_id for m in met]))
                met += connection.execute(rest).all()
                return Counter(_take_back(connection, met).values())
            waiting = sa.select(import_prospect).where(_prospect.import_id == import_id)
            found = connection.execute(waiting.limit(UNDO_STEP)).all()
            prospects.forget(connection, found)
            return Counter("consecutive" if row.consecutive else "waiting" for row in found)


def _take_back(connection: sa.Connection, met: Sequence[AnyRow]) -> dict[int, str]:
    """Undoes the newest rows first, so that two rows of one customer unwind in order; row → what it had been."""
    merge = Merge(connection)
    merge.load(change.customer_id for change in met)
    taken: dict[int, str] = {}
    for change in sorted(met, key=lambda c: (c.row_no, c.customer_id), reverse=True):
        changed = merge.take_back(change.customer_id, change.before, change.after)
        if changed or change.row_no not in taken:
            taken[change.row_no] = "changed" if changed else "unchanged"
    merge.save()
    gone = [{"i": i, "r": r} for i, r in {(change.import_id, change.row_no) for change in met}]
    write_all(connection, _DROP_CHANGE, gone)
    return taken


def _outcomes_of(connection: sa.Connection, import_id: int, row_nos: Iterable[int]) -> dict[int, str]:
    """What became of rows that an earlier run of the same step has applied."""
    given = set(row_nos)
    if not given:
        return {}
    # they lie together: two ranges are read faster than thousands of numbers are looked up
    span = min(given), max(given)
    done: dict[int, str] = {}
    wanted = sa.select(_change.row_no, _change.before, _change.after)
    met = connection.execute(wanted.where(_change.import_id == import_id, _change.row_no.between(*span)))
    for row_no, before, after in met:
        if before != after or row_no not in done:
            done[row_no] = "unchanged" if before == after else "changed"
    waiting = sa.select(_prospect.row_no, _prospect.consecutive)
    apart = connection.execute(waiting.where(_prospect.import_id == import_id, _prospect.row_no.between(*span)))
    done.update((row_no, "consecutive" if consecutive else "waiting") for row_no, consecutive in apart)
    return {row_no: outcome for row_no, outcome in done.items() if row_no in given}


def _counts(connection: sa.Connection, import_id: int) -> ChunkCounts:
    changed = sa.func.max(sa.case((_change.before != _change.after, 1), else_=0)).label("changed")
    rows = sa.select(changed).where(_change.import_id == import_id).group_by(_change.row_no).subquery()
    met = connection.execute(sa.select(rows.c.changed, sa.func.count()).group_by(rows.c.changed))
    by_change = {row[0]: row[1] for row in met}
    apart = sa.select(_prospect.consecutive, sa.func.count()).where(_prospect.import_id == import_id)
    by_kind = {row[0]: row[1] for row in connection.execute(apart.group_by(_prospect.consecutive))}
    return ChunkCounts(by_change.get(1, 0), by_change.get(0, 0), by_kind.get(0, 0), by_kind.get(1, 0))


def _is_ended(job: AnyRow) -> bool:
    """Whether all that is to be applied of it is in: another window may have had the same file imported meanwhile."""
    if job.state in ("undoing", "undone"):
        raise NotAllowed("import_undone", "The import was undone meanwhile", import_id=job.id)
    if job.state not in ("running", "done"):
        raise NotAllowed("import_state", "The import is not running", import_id=job.id)
    # one that was stopped has its other rows still to come, where somebody else began the same file before that
    return job.state == "done" and not json.loads(job.counts).get("left")


def _job(connection: sa.Connection, import_id: int) -> AnyRow:
    row = connection.execute(sa.select(import_job).where(import_job.c.id == import_id)).first()
    if row is None:
        raise NotFound("import", "There is no such import", import_id=import_id)
    return row


def _set_state(connection: sa.Connection, import_id: int, state: str) -> None:
    connection.execute(sa.update(import_job).where(import_job.c.id == import_id).values(state=state))
