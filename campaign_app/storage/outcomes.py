"""What became of ledger rows: outcomes are appended where they may follow the latest one, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.sql.dml import UpdateBase

from campaign_app.domain.message import Outcome
from campaign_app.storage.lists import rows_among, write_all
from campaign_app.storage.rows import AnySelect
from campaign_app.storage.schema_sending import ledger, ledger_latest, ledger_outcome, submission
from campaign_app.storage.upserts import insert_or_update, plain_insert

UNDECIDED: Final = (None, Outcome.UNKNOWN.value)
_LATER: Final = (Outcome.DELIVERED.value, Outcome.FAILED.value)


@dataclass(frozen=True, slots=True)
class Event:
    """An outcome that was told of one ledger row."""

    ledger_id: int
    outcome: str
    provider_id: str
    code: str


def may_follow(latest: str | None, outcome: str) -> bool:
    """accepted may become delivered or failed, unknown anything else; the others are final."""
    if latest is None:
        return True
    if latest == Outcome.UNKNOWN:
        return outcome != Outcome.UNKNOWN
    return latest == Outcome.ACCEPTED and outcome in _LATER


def with_latest() -> AnySelect:
    """Ledger rows with their latest outcome and its number: (id, campaign, submission, outcome or None, n or None)."""
    latest = ledger_latest.c
    same = sa.and_(latest.campaign_id == ledger.c.campaign_id, latest.ledger_id == ledger.c.id)
    return sa.select(ledger.c.id, ledger.c.campaign_id, ledger.c.submission_id, latest.outcome, latest.n).outerjoin(
        ledger_latest, same
    )


def append_outcomes(connection: sa.Connection, events: Sequence[Event], at: int) -> int:
    """Appends what may follow, updates which submissions are settled, and says how many were appended."""
    rows = {row[0]: row for row in rows_among(connection, with_latest(), ledger.c.id, (e.ledger_id for e in events))}
    state: dict[int, tuple[str | None, int]] = {key: (row[3], row[4] or 0) for key, row in rows.items()}
    appended: list[dict[str, Any]] = []
    for event in events:
        latest, n = state[event.ledger_id]
        if may_follow(latest, event.outcome):
            state[event.ledger_id] = (event.outcome, n + 1)
            appended.append(
                {
                    "ledger_id": event.ledger_id,
                    "n": n + 1,
                    "outcome": event.outcome,
                    "provider_id": event.provider_id,
                    "code": event.code,
                    "at": at,
                }
            )
    changed = {row["ledger_id"]: state[row["ledger_id"]] for row in appended}
    write_all(connection, plain_insert(ledger_outcome), appended)
    write_all(
        connection,
        insert_or_update(connection, ledger_latest, "campaign_id", "ledger_id"),
        [
            {"campaign_id": rows[key][1], "ledger_id": key, "outcome": outcome, "n": n}
            for key, (outcome, n) in changed.items()
        ],
    )
    _settle(connection, {rows[key][2] for key in changed if rows[key][3] in UNDECIDED})
    return len(appended)


def _settle(connection: sa.Connection, submissions: Iterable[int]) -> None:
    write_all(connection, _settlement(), [{"which": each} for each in submissions])


@cache
def _settlement() -> UpdateBase:
    latest = ledger_latest.c
    same = sa.and_(latest.campaign_id == ledger.c.campaign_id, latest.ledger_id == ledger.c.id)
    undecided = (
        sa.select(ledger.c.id)
        .outerjoin(ledger_latest, same)
        .where(
            ledger.c.submission_id == sa.bindparam("which"),
            sa.or_(latest.outcome.is_(None), latest.outcome == Outcome.UNKNOWN.value),
        )
    )
    return (
        sa.update(submission).where(submission.c.id == sa.bindparam("which"), ~sa.exists(undecided)).values(settled=1)
    )
