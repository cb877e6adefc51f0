"""Look-backs: their place, their counts, what they found. What was sent is read here and never written."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.errors import NotAllowed, NotFound
from campaign_app.domain.lookback import Difference, Found, Group, Run, RunState, Scope, SentRow, Task, Window, Wish
from campaign_app.domain.message import Outcome
from campaign_app.storage import schema
from campaign_app.storage.audit import acting, append_entry
from campaign_app.storage.engine import Database
from campaign_app.storage.lists import rows_among, write_tuples
from campaign_app.storage.lookback_tasks import add_task, change_task, task_of, tasks_of
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema_lookback import lookback_found, lookback_run
from campaign_app.storage.schema_sending import ledger, ledger_latest, submission
from campaign_app.storage.times import moment_at, moment_or_none, to_ms
from campaign_app.storage.upserts import plain_insert

_run, _found = lookback_run.c, lookback_found.c
_COLUMNS: Final = tuple(column.name for column in lookback_found.c)
_SENT: Final = (
    sa.select(
        ledger.c.id, ledger.c.campaign_id, ledger.c.customer_id, schema.customer.c.account_id, ledger.c.fact_id,
        ledger.c.text, submission.c.claimed_at, ledger.c.dedupe_key,
    )
    .join(submission, submission.c.id == ledger.c.submission_id)
    .join(schema.customer, schema.customer.c.id == ledger.c.customer_id)
    .join(
        ledger_latest,
        sa.and_(ledger_latest.c.campaign_id == ledger.c.campaign_id, ledger_latest.c.ledger_id == ledger.c.id),
    )
    # what was turned away at the door or never left reached nobody
    .where(ledger_latest.c.outcome.notin_((Outcome.REJECTED.value, Outcome.WITHHELD.value)))
)  # fmt: skip
_BEFORE: Final = (
    sa.select(ledger.c.campaign_id)
    .join(submission, submission.c.id == ledger.c.submission_id)
    .where(ledger.c.dedupe_key == sa.bindparam("person"), submission.c.claimed_at <= sa.bindparam("moment"))
)


@dataclass(frozen=True, slots=True)
class SqlLookBacks:
    """Implements `domain.ports_lookback.LookBackStore`."""

    db: Database

    def begin(self, scope: Scope, *, asked_by: str, at: datetime, by_clock: bool = False) -> Run:
        values: dict[str, str | int] = {
            "since": to_ms(scope.since),
            "until": to_ms(scope.until),
            "campaigns": json.dumps(sorted(set(scope.campaigns))),
            "state": RunState.RUNNING.value,
            "asked_at": to_ms(at),
            "by_clock": int(by_clock),
        }
        with self.db.write() as connection:
            _require_none_running(connection)
            values["asked_by"] = acting(connection, asked_by)
            made = connection.execute(sa.insert(lookback_run).values(values)).inserted_primary_key
            assert made is not None
            append_entry(
                connection, "lookback.started", asked_by, to_ms(at),
                {
                    "lookback": made[0], "from": scope.since.isoformat(), "until": scope.until.isoformat(),
                    "campaigns": len(set(scope.campaigns)), "by_clock": by_clock,
                },
            )  # fmt: skip
            return _run_of(_row(connection, made[0]))

    def run(self, run_id: int) -> Run:
        with self.db.read() as connection:
            return _run_of(_row(connection, run_id))

    def runs(self, limit: int) -> tuple[Run, ...]:
        with self.db.look() as connection:
            rows = connection.execute(sa.select(lookback_run).order_by(_run.id.desc()).limit(limit)).all()
        return tuple(map(_run_of, rows))

    def running(self) -> tuple[int, ...]:
        wanted = sa.select(_run.id).where(_run.state == RunState.RUNNING.value).order_by(_run.id)
        with self.db.look() as connection:
            return tuple(connection.execute(wanted).scalars())

    def last_asked(self) -> datetime | None:
        newest = sa.select(_run.asked_at).where(_run.id == sa.select(sa.func.max(_run.id)).scalar_subquery())
        with self.db.look() as connection:
            asked = connection.execute(newest).scalar()
        return self.first_sent() if asked is None else moment_at(asked)

    def first_sent(self) -> datetime | None:
        lowest = sa.select(sa.func.min(submission.c.id)).scalar_subquery()
        first = sa.select(submission.c.claimed_at).where(submission.c.id == lowest)
        with self.db.look() as connection:
            return moment_or_none(connection.execute(first).scalar())

    def window(self, run_id: int, batches: int) -> Window:
        with self.db.read() as connection:
            row = _row(connection, run_id)
            wanted = _batches(row).where(submission.c.id > row.place).order_by(submission.c.id).limit(batches)
            ids = list(connection.execute(wanted).scalars())
            sent = rows_among(connection, _SENT, ledger.c.submission_id, ids) if ids else ()
            rows = sorted((_sent(each) for each in sent), key=lambda each: each.ledger_id)
        return Window(tuple(rows), ids[-1] if ids else row.place, ended=len(ids) < batches)

    def refused_before(self, person: bytes, moment: datetime) -> tuple[int, ...]:
        with self.db.look() as connection:
            found = connection.execute(_BEFORE, {"person": person, "moment": to_ms(moment)}).scalars()
            return tuple(dict.fromkeys(found))

    def count(self, run_id: int) -> int:
        with self.db.read() as connection:  # millions of rows, for which nobody who writes has to wait
            batches = _batches(_row(connection, run_id))
            wanted = sa.select(sa.func.count()).select_from(ledger).where(ledger.c.submission_id.in_(batches))
            total = int(connection.execute(wanted).scalar_one())
        with self.db.write() as connection:
            connection.execute(sa.update(lookback_run).where(_run.id == run_id).values(total=total))
        return total

    def keep(self, run_id: int, stands: int, after: int, found: Sequence[Found], ok: int, rule_packs: str) -> bool:
        with self.db.write() as connection:
            row = _row(connection, run_id)
            if row.state != RunState.RUNNING or row.place != stands:
                return False
            write_tuples(connection, plain_insert(lookback_found), _COLUMNS, [_values(run_id, each) for each in found])
            groups = _added(_groups_in(row.counts), found)
            changed = {"place": after, "ok": row.ok + ok, "counts": _written(groups), "rule_packs": rule_packs}
            connection.execute(sa.update(lookback_run).where(_run.id == run_id).values(changed))
        return True

    def set_state(
        self, run_id: int, state: RunState, *, among: Collection[RunState], actor: str, at: datetime, note: str = ""
    ) -> bool:
        ended = None if state in (RunState.RUNNING, RunState.PAUSED) else to_ms(at)
        with self.db.write() as connection:
            run = _run_of(_row(connection, run_id))
            if state is RunState.RUNNING:
                _require_none_running(connection)
            if run.state not in among:
                return False
            values = {"state": state.value, "note": note, "ended_at": ended}
            connection.execute(sa.update(lookback_run).where(_run.id == run_id).values(values))
            append_entry(
                connection, f"lookback.{state.value}", actor, to_ms(at),
                {"lookback": run_id, "looked": run.looked, **run.counts(), "rule_packs": run.rule_packs, "note": note},
            )  # fmt: skip
        return True

    def found(self, run_id: int, group: tuple[str, str, int, str] | None, after: int, limit: int) -> tuple[Found, ...]:
        wanted = sa.select(lookback_found).where(_found.run_id == run_id, _found.ledger_id > after)
        if group is not None:
            reason, era, campaign_id, rules = group
            wanted = wanted.where(
                _found.reason == reason, _found.era == era, _found.campaign_id == campaign_id, _found.rules == rules
            )
        with self.db.look() as connection:
            return tuple(map(_found_of, connection.execute(wanted.order_by(_found.ledger_id).limit(limit))))

    def sent(self, ledger_ids: Sequence[int]) -> Mapping[int, tuple[str, int, int]]:
        with self.db.read() as connection:
            rows = rows_among(connection, _SENT, ledger.c.id, ledger_ids)
            return {row.id: (row.text, row.fact_id, row.account_id) for row in rows}

    def difference(self, older: int, newer: int) -> Difference:
        with self.db.read() as connection:
            both = _in_both(_row(connection, older), _row(connection, newer))
            came = _groups(connection, _only(newer, older, both))
            went = _groups(connection, _only(older, newer, both))
            here, there = lookback_found.alias("here"), lookback_found.alias("there")
            stayed = sa.select(sa.func.count()).select_from(here.join(there, _same(here, there)))
            same = connection.execute(
                stayed.where(here.c.run_id == newer, there.c.run_id == older, *both(here.c))
            ).scalar_one()
        new, gone = (sum(group.messages for group in groups) for groups in (came, went))
        return Difference(new, gone, int(same), came, went)

    def add_task(self, run_id: int, wish: Wish, *, actor: str, at: datetime) -> Task:
        with self.db.write() as connection:
            _row(connection, run_id)
            return add_task(connection, run_id, wish, actor, to_ms(at))

    def change_task(
        self, task_id: int, *, owner: str, due: date | None, done: bool, note: str, actor: str, at: datetime
    ) -> Task:
        with self.db.write() as connection:
            return change_task(connection, task_id, (owner, due), actor, to_ms(at), done=done, note=note)

    def task(self, task_id: int) -> Task:
        with self.db.read() as connection:
            return task_of(connection, task_id)

    def tasks(self, run_id: int | None = None) -> tuple[Task, ...]:
        with self.db.read() as connection:
            return tasks_of(connection, run_id)


def _require_none_running(connection: sa.Connection) -> None:
    if connection.execute(sa.select(_run.id).where(_run.state == RunState.RUNNING.value)).first() is not None:
        raise NotAllowed("lookback_running", "Another look-back is running")


def _row(connection: sa.Connection, run_id: int) -> AnyRow:
    row = connection.execute(sa.select(lookback_run).where(_run.id == run_id)).first()
    if row is None:
        raise NotFound("lookback", "There is no such look-back", lookback=run_id)
    return row


def _batches(run: AnyRow) -> sa.Select[int]:
    wanted = sa.select(submission.c.id).where(submission.c.claimed_at >= run.since, submission.c.claimed_at < run.until)
    campaigns = json.loads(run.campaigns)
    return wanted.where(submission.c.campaign_id.in_(campaigns)) if campaigns else wanted


def _sent(row: AnyRow) -> SentRow:
    ledger_id, campaign_id, customer_id, shop, fact_id, text, claimed_at, person = row
    return SentRow(ledger_id, campaign_id, customer_id, shop, fact_id, text, moment_at(claimed_at), person)


def _values(run_id: int, each: Found) -> tuple[Any, ...]:
    return (
        run_id, each.ledger_id, each.campaign_id, each.customer_id, each.reason, each.era, each.rules, each.also,
        each.fact_id, to_ms(each.moment), to_ms(each.sent_at),
    )  # fmt: skip


def _found_of(row: AnyRow) -> Found:
    return Found(
        row.ledger_id, row.campaign_id, row.customer_id, row.reason, row.era, row.rules, row.also, row.fact_id,
        moment_or_none(row.moment), moment_at(row.sent_at),
    )  # fmt: skip


def _run_of(row: AnyRow) -> Run:
    scope = Scope(moment_at(row.since), moment_at(row.until), tuple(json.loads(row.campaigns)))
    return Run(
        id=row.id,
        scope=scope,
        state=RunState(row.state),
        asked_by=row.asked_by,
        asked_at=moment_at(row.asked_at),
        by_clock=bool(row.by_clock),
        rule_packs=row.rule_packs,
        total=row.total,
        ok=row.ok,
        after=row.place,
        groups=_groups_in(row.counts),
        ended_at=moment_or_none(row.ended_at),
        note=row.note,
    )


def _groups_in(text: str) -> tuple[Group, ...]:
    return tuple(Group(*each) for each in json.loads(text))


def _written(groups: Iterable[Group]) -> str:
    told = [[g.campaign_id, g.reason, g.era, g.rules, g.messages] for g in groups]
    return json.dumps(told, separators=(",", ":"))


def _added(groups: Iterable[Group], found: Iterable[Found]) -> tuple[Group, ...]:
    counts = {(g.campaign_id, g.reason, g.era, g.rules): g.messages for g in groups}
    for each in found:
        key = (each.campaign_id, each.reason, each.era, each.rules)
        counts[key] = counts.get(key, 0) + 1
    return tuple(Group(*key, messages) for key, messages in sorted(counts.items()))


def _groups(connection: sa.Connection, rows: sa.Select[Any]) -> tuple[Group, ...]:
    return tuple(Group(*row) for row in connection.execute(rows))


def _same(one: Any, other: Any) -> sa.ColumnElement[bool]:
    """The same message is refused for the same reason."""
    return sa.and_(*(one.c[name] == other.c[name] for name in ("ledger_id", "reason", "era", "rules")))


def _in_both(one: AnyRow, other: AnyRow) -> Any:
    """The conditions on a row's message to lie in the scope of both runs."""
    since, until = max(one.since, other.since), min(one.until, other.until)
    named = [set(json.loads(each.campaigns)) for each in (one, other) if each.campaigns != "[]"]

    def conditions(columns: Any) -> list[sa.ColumnElement[bool]]:
        found = [columns.sent_at >= since, columns.sent_at < until]
        return [*found, columns.campaign_id.in_(sorted(set.intersection(*named)))] if named else found

    return conditions


def _only(run_id: int, other_id: int, both: Any) -> sa.Select[Any]:
    """Groups of what one run has and the other has not."""
    here, there = lookback_found.alias("here"), lookback_found.alias("there")
    beside = sa.and_(_same(here, there), there.c.run_id == other_id)
    columns = (here.c.campaign_id, here.c.reason, here.c.era, here.c.rules)
    return (
        sa.select(*columns, sa.func.count())
        .select_from(here.outerjoin(there, beside))
        .where(here.c.run_id == run_id, there.c.ledger_id.is_(None), *both(here.c))
        .group_by(*columns)
        .order_by(*columns)
    )
