"""Removing what has been kept long enough, a few hundred rows at a time; what proves a consent or a message never is.

Consent facts, receipts, the ledger with its outcomes, opt-outs, complaints and the audit are no record type of this
list: no setting reaches them. How many rows went is counted in the transaction that removes them, and stands in the
audit as a receipt once a record type is through.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.storage import schema
from campaign_app.storage.audit import append_entry
from campaign_app.storage.engine import Database
from campaign_app.storage.prospects import forget
from campaign_app.storage.schema_imports import import_change, import_job, import_prospect, import_refusal
from campaign_app.storage.schema_lookback import lookback_found, lookback_run
from campaign_app.storage.schema_sending import inbound
from campaign_app.storage.schema_staff import staff_trial
from campaign_app.storage.times import to_ms
from campaign_app.storage.upserts import insert_or_update

ROWS: Final = 500  # of one step
PAUSE: Final = timedelta(hours=1)  # between two looks at what has become old
ACTOR: Final = "worker"
PURGED: Final = "purged"  # the state of an import of which nothing is left that could be undone
_setting: Final = schema.setting
# how many rows went, and for replies the place behind which nothing was looked at yet
_State = dict[str, int]
Purge = Callable[[sa.Connection, int, _State], int]


def _replies(connection: sa.Connection, before: int, state: _State) -> int:
    """The words and the number of a reply go; that there was one, and whether it was an opt-out, stays."""
    said = inbound.c
    wanted = sa.select(said.id, said.received_at).where(said.id > state.get("place", 0)).order_by(said.id).limit(ROWS)
    ids = []
    for row in connection.execute(wanted):
        if row.received_at >= before:
            break
        ids.append(row.id)
    if ids:
        gone = {"text": "", "phone_sealed": None, "phone_key": None}
        connection.execute(sa.update(inbound).where(said.id.in_(ids)).values(gone))
        state["place"] = ids[-1]
    return len(ids)


def _imports(connection: sa.Connection, before: int, _: _State) -> int:
    """What files said of people: rows that never met a customer, refusals, and what an undo would give back."""
    job = import_job.c
    ended = (
        sa.select(job.id).where(job.started_at < before, job.state.in_(("done", "undone"))).order_by(job.id).limit(1)
    )
    import_id = connection.execute(ended).scalar()
    if import_id is None:
        return 0
    waiting = sa.select(import_prospect).where(import_prospect.c.import_id == import_id).limit(ROWS)
    if rows := connection.execute(waiting).all():
        forget(connection, rows)
        return len(rows)
    for table in (import_refusal, import_change):
        first = sa.select(table.c.row_no).where(table.c.import_id == import_id).order_by(table.c.row_no).limit(ROWS)
        numbers = list(connection.execute(first).scalars())
        if numbers:
            gone = sa.delete(table).where(table.c.import_id == import_id, table.c.row_no.in_(sorted(set(numbers))))
            return connection.execute(gone).rowcount
    connection.execute(sa.update(import_job).where(job.id == import_id).values(state=PURGED))
    return 1


def _tests(connection: sa.Connection, before: int, _: _State) -> int:
    sent = staff_trial.c
    oldest = sa.select(sent.id, sent.asked_at).order_by(sent.id).limit(ROWS)
    ids = [row.id for row in connection.execute(oldest) if row.asked_at < before]
    if ids:
        connection.execute(sa.delete(staff_trial).where(sent.id.in_(ids)))
    return len(ids)


def _lookbacks(connection: sa.Connection, before: int, state: _State) -> int:
    """The rows of a run; its counts and what was to be put right stay."""
    run, found = lookback_run.c, lookback_found.c
    old = sa.select(run.id).where(run.id > state.get("place", 0), run.ended_at < before).order_by(run.id).limit(1)
    run_id = connection.execute(old).scalar()
    if run_id is None:
        return 0
    rows = sa.select(found.ledger_id).where(found.run_id == run_id).order_by(found.ledger_id).limit(ROWS)
    ids = list(connection.execute(rows).scalars())
    if not ids:
        state["place"] = run_id
        return _lookbacks(connection, before, state)
    return connection.execute(
        sa.delete(lookback_found).where(found.run_id == run_id, found.ledger_id.in_(ids))
    ).rowcount


# by record type its setting and how it is removed
RECORDS: Final[Mapping[str, tuple[str, Purge]]] = {
    "replies": ("keep_replies_days", _replies),
    "imports": ("keep_imports_days", _imports),
    "tests": ("keep_tests_days", _tests),
    "lookbacks": ("keep_lookbacks_days", _lookbacks),
}


@dataclass(slots=True)
class Retention:
    """One step at a time: `step` says whether there may be more to remove at once."""

    db: Database
    _due: datetime | None = None
    _left: list[str] = field(default_factory=list)

    def step(self, days: Callable[[], Mapping[str, int]], now: datetime) -> bool:
        """Raises WorkspaceError as every change does. A clock that was set back makes nothing older."""
        if not self._left:
            if self._due is not None and self._due - PAUSE <= now < self._due:
                return False
            self._due, self._left = now + PAUSE, list(RECORDS)
        kind = self._left[0]
        setting, purge = RECORDS[kind]
        before = now - timedelta(days=days()[setting])
        if not self._purge(kind, purge, before, now):
            self._left.pop(0)
        return bool(self._left)

    def _purge(self, kind: str, purge: Purge, before: datetime, now: datetime) -> bool:
        name = f"purging.{kind}"
        with self.db.write() as connection:
            stored = connection.execute(sa.select(_setting.c.value).where(_setting.c.name == name)).scalar()
            state: _State = {} if stored is None else json.loads(stored)
            place = state.get("place", 0)
            gone = purge(connection, to_ms(before), state)
            state["rows"] = state.get("rows", 0) + gone
            if not gone and state["rows"]:
                told: dict[str, Any] = {"records": kind, "rows": state["rows"], "until": before.isoformat()}
                append_entry(connection, "retention.purged", ACTOR, to_ms(now), told)
                state["rows"] = 0
            if gone or state["rows"] != 0 or state.get("place", 0) != place or stored is not None:
                row = {"name": name, "value": json.dumps(state)}
                connection.execute(insert_or_update(connection, _setting, "name"), [row])
        return gone > 0
