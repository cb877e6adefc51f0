"""Removing what has been kept long enough, a few hundred rows at a time; what proves a consent or a message never is.

Consent facts, receipts, the ledger with its outcomes, opt-outs, complaints and the audit are no record type of this
list: no setting reaches them. What an open complaint case needs stays until the case is closed long enough
(`storage.holds`), and is looked at again in every pass. How many rows went is counted in the transaction that removes
them, and stands in the audit as a receipt once a record type is through, with how many were kept for open cases.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.storage import schema
from campaign_app.storage.audit import append_entry
from campaign_app.storage.engine import Database
from campaign_app.storage.holds import Held, held
from campaign_app.storage.lists import rows_among
from campaign_app.storage.prospects import forget
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema_imports import import_change, import_job, import_prospect, import_refusal
from campaign_app.storage.schema_lookback import lookback_found, lookback_run
from campaign_app.storage.schema_sending import inbound
from campaign_app.storage.schema_staff import staff_trial
from campaign_app.storage.times import moment_at, to_ms
from campaign_app.storage.upserts import insert_or_update

ROWS: Final = 500  # of one step
PAUSE: Final = timedelta(hours=1)  # between two looks at what has become old
LEAP: Final = timedelta(days=31)  # between two looks: longer than most computers stand still
STEADY: Final = 8  # looks at a clock that has leapt before anything goes by it
ACTOR: Final = "worker"
PURGED: Final = "purged"  # the state of an import that is no more, or not as a whole, to be undone
_setting: Final = schema.setting
_CLOCK: Final = "purging.clock"
_entry: Final = schema.audit.c
_said: Final = inbound.c
_REPLY: Final = sa.select(
    _said.id, _said.received_at, _said.stored_at, _said.account_id, _said.ref, _said.phone_key
)  # fmt: skip


@dataclass(slots=True)
class _State:
    """What is remembered of a record type from one step to the next.

    `rows` went since the last receipt; up to `place` everything was looked at. `held` are what open cases keep: of
    replies their ids, of look-backs the runs, each with how many rows. `told` is how many the last receipt said.
    `going`: the import that is under way.
    """

    rows: int = 0
    place: int = 0
    held: dict[str, int] = field(default_factory=dict)
    told: int = 0
    going: int = 0

    @property
    def kept(self) -> int:
        return sum(self.held.values())


# how many rows were looked at; none ends the pass
Purge = Callable[[sa.Connection, int, _State, Callable[[], Held]], int]


def _replies(connection: sa.Connection, before: int, state: _State, held: Callable[[], Held]) -> int:
    """The words and the number of a reply go; that there was one, and whether it was an opt-out, stays."""
    wanted = _REPLY.where(_said.id > state.place).order_by(_said.id).limit(ROWS)
    old = list(takewhile(lambda row: _came(row) < before, connection.execute(wanted)))
    again = rows_among(connection, _REPLY, _said.id, map(int, state.held)) if state.held else ()
    due = [*old, *(row for row in again if _came(row) < before)]
    if not due:
        return 0
    needed = held()
    ids = [row.id for row in due if not needed.reply(row)][:ROWS]
    if ids:
        gone = {"text": "", "phone_sealed": None, "phone_key": None}
        connection.execute(sa.update(inbound).where(_said.id.in_(ids)).values(gone))
    for row in old:
        state.held[str(row.id)] = 1
        state.place = row.id
    for each in ids:
        state.held.pop(str(each), None)
    state.rows += len(ids)
    return len(old) + len(ids)


def _came(row: AnyRow) -> int:
    """A sender's clock that is far ahead holds up nobody's."""
    return int(min(row.received_at, row.stored_at))


def _imports(connection: sa.Connection, before: int, state: _State, held: Callable[[], Held]) -> int:
    """What files said of people: rows that never met a customer, refusals, and what an undo would give back.

    One that is begun is no more to be undone, for only the rest of it could be.
    """
    job, import_id = import_job.c, state.going
    if not import_id:
        old = sa.and_(job.started_at < before, job.state.in_(("done", "undone")))
        state.going = connection.execute(sa.select(job.id).where(old).order_by(job.id).limit(1)).scalar() or 0
        if not state.going:
            return 0
        connection.execute(sa.update(import_job).where(job.id == state.going).values(state=PURGED))
        state.rows += 1
        return 1
    waiting = sa.select(import_prospect).where(import_prospect.c.import_id == import_id).limit(ROWS)
    if rows := connection.execute(waiting).all():
        forget(connection, rows)
        state.rows += len(rows)
        return len(rows)
    for table in (import_refusal, import_change):
        first = sa.select(table.c.row_no).where(table.c.import_id == import_id).order_by(table.c.row_no).limit(ROWS)
        numbers = list(connection.execute(first).scalars())
        if numbers:
            gone = sa.delete(table).where(table.c.import_id == import_id, table.c.row_no.in_(sorted(set(numbers))))
            went = connection.execute(gone).rowcount
            state.rows += went
            return went
    state.going = 0
    return _imports(connection, before, state, held)


def _tests(connection: sa.Connection, before: int, state: _State, _: Callable[[], Held]) -> int:
    sent = staff_trial.c
    oldest = sa.select(sent.id, sent.asked_at).order_by(sent.id).limit(ROWS)
    ids = [row.id for row in connection.execute(oldest) if row.asked_at < before]
    if ids:
        connection.execute(sa.delete(staff_trial).where(sent.id.in_(ids)))
    state.rows += len(ids)
    return len(ids)


def _lookbacks(connection: sa.Connection, before: int, state: _State, held: Callable[[], Held]) -> int:
    """The rows of a run; its counts and what was to be put right stay."""
    run, looked_at = lookback_run.c, list(map(int, state.held))
    has = sa.exists().where(lookback_found.c.run_id == run.id)
    # not by a place: a run that was paused ends behind later ones
    others = sa.select(run.id).where(run.ended_at < before, has, run.id.not_in(looked_at))
    run_id = connection.execute(others.order_by(run.id).limit(1)).scalar()
    again = sa.select(run.id).where(run.id.in_(looked_at), run.ended_at < before)
    due = list(connection.execute(again).scalars()) if state.held else []
    if run_id is None and not due:
        return 0
    messages = held().messages
    went = sum(_rows_of_run(connection, each, messages, state) for each in due)
    if run_id is not None and not went:
        went = _rows_of_run(connection, run_id, messages, state)
    state.rows += went
    return 1 if run_id is not None else went


def _rows_of_run(connection: sa.Connection, run_id: int, messages: frozenset[int], state: _State) -> int:
    """Removes some; where nothing is left but what is held, that is remembered."""
    found = lookback_found.c
    first = sa.select(found.ledger_id).where(found.run_id == run_id).order_by(found.ledger_id)
    rows = list(connection.execute(first.limit(ROWS + len(messages))).scalars())
    gone = [each for each in rows if each not in messages][:ROWS]
    if gone:
        removed = sa.delete(lookback_found).where(found.run_id == run_id, found.ledger_id.in_(gone))
        return connection.execute(removed).rowcount
    if rows:
        state.held[str(run_id)] = len(rows)
    else:
        state.held.pop(str(run_id), None)
    return 0


# by record type its setting and how it is removed
RECORDS: Final[Mapping[str, tuple[str, Purge]]] = {
    "replies": ("keep_replies_days", _replies),
    "imports": ("keep_imports_days", _imports),
    "tests": ("keep_tests_days", _tests),
    "lookbacks": ("keep_lookbacks_days", _lookbacks),
}
CLOSED: Final = "keep_closed_cases_days"
SETTINGS: Final = (*(name for name, _ in RECORDS.values()), CLOSED)


def _last_known(connection: sa.Connection, now: datetime) -> int:
    """Before the first look of all: by the audit, but for what was written since the program started by this clock."""
    earlier = sa.select(_entry.at).where(_entry.at <= to_ms(now - PAUSE)).order_by(_entry.id.desc()).limit(1)
    last = connection.execute(earlier).scalar()
    return to_ms(now) if last is None else int(last)


@dataclass(slots=True)
class Retention:
    """One step at a time: `step` says whether there may be more to remove at once."""

    db: Database
    _due: datetime | None = None
    _left: list[str] = field(default_factory=list)

    def step(self, days: Callable[[], Mapping[str, int]], now: datetime) -> bool:
        """Raises WorkspaceError as every change does. A clock that was set back makes nothing older."""
        looked_at = self._due is not None and self._due - PAUSE <= now < self._due
        if not looked_at:
            self._due, self._left = now + PAUSE, list(RECORDS) if self._is_steady(now) else []
        if not self._left:
            return False
        kind = self._left[0]
        setting, purge = RECORDS[kind]
        kept = days()
        before, closed = (now - timedelta(days=kept[name]) for name in (setting, CLOSED))
        if not self._purge(kind, purge, before, closed, now):
            self._left.pop(0)
        return bool(self._left)

    def _is_steady(self, now: datetime) -> bool:
        """Whether the clock goes on from the last look, or has done so since it leapt; a leap stands in the audit."""
        with self.db.write() as connection:
            stored = connection.execute(sa.select(_setting.c.value).where(_setting.c.name == _CLOCK)).scalar()
            last, looks = (_last_known(connection, now), STEADY) if stored is None else json.loads(stored)
            passed = now - moment_at(last)
            if passed > LEAP and looks:  # else it stands there already: of two hosts one is ahead
                told: dict[str, Any] = {"last": moment_at(last).isoformat(), "hours": STEADY}
                append_entry(connection, "retention.waits", ACTOR, to_ms(now), told)
            if passed > LEAP:
                looks = 0
            elif passed >= PAUSE / 2:  # another worker's look, or one after a start, is none of its own
                looks = min(STEADY, looks + 1)
            elif stored is not None and passed >= timedelta(0):
                return bool(looks == STEADY)
            value = json.dumps([to_ms(now), looks])
            connection.execute(insert_or_update(connection, _setting, "name"), [{"name": _CLOCK, "value": value}])
        return bool(looks == STEADY)

    def _purge(self, kind: str, purge: Purge, before: datetime, closed: datetime, now: datetime) -> bool:
        name = f"purging.{kind}"
        with self.db.write() as connection:
            stored = connection.execute(sa.select(_setting.c.value).where(_setting.c.name == name)).scalar()
            state = _State() if stored is None else _State(**json.loads(stored))
            looked = purge(connection, to_ms(before), state, lambda: held(connection, to_ms(closed)))
            if not looked and (state.rows or state.kept > state.told):
                told: dict[str, Any] = {"records": kind, "rows": state.rows, "until": before.isoformat()}
                append_entry(connection, "retention.purged", ACTOR, to_ms(now), {**told, "kept": state.kept})
                state.rows = 0
            if not looked:
                state.told = state.kept
            value = json.dumps(asdict(state))
            if value != (stored or json.dumps(asdict(_State()))):
                connection.execute(insert_or_update(connection, _setting, "name"), [{"name": name, "value": value}])
        return looked > 0
