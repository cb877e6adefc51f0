"""What became of ledger rows: outcomes are appended where they may follow the latest one, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.sql.dml import UpdateBase

from campaign_app.domain.message import Outcome
from campaign_app.storage.budgets import put_on, take_off
from campaign_app.storage.fetching import fetch
from campaign_app.storage.lists import rows_among, write_all, write_tuples
from campaign_app.storage.schema_sending import ledger, ledger_latest, ledger_outcome, submission
from campaign_app.storage.upserts import insert_or_update, plain_insert

UNDECIDED: Final = (None, Outcome.UNKNOWN.value)
NOT_SENT: Final = (Outcome.REJECTED.value, Outcome.WITHHELD.value)
_LATER: Final = (Outcome.DELIVERED.value, Outcome.FAILED.value)
_latest: Final = ledger_latest.c
_OUTCOME: Final = tuple(column.name for column in ledger_outcome.c)
_LATEST: Final = tuple(column.name for column in ledger_latest.c)
SAME_ROW: Final = sa.and_(_latest.campaign_id == ledger.c.campaign_id, _latest.ledger_id == ledger.c.id)
FIRST_SAID: Final = sa.and_(ledger_outcome.c.ledger_id == ledger.c.id, ledger_outcome.c.n == 1)
# of a row with `FIRST_SAID`: a batch may have been claimed long before its sender took it
LEFT_AT: Final = sa.case(
    (ledger_outcome.c.at > submission.c.claimed_at, ledger_outcome.c.at), else_=submission.c.claimed_at
)


class Event(NamedTuple):
    """An outcome that was told of one ledger row."""

    ledger_id: int
    outcome: str
    provider_id: str
    code: str


class Standing(NamedTuple):
    """A ledger row, its latest outcome (None before the first) and that one's number."""

    message_id: str
    ledger_id: int
    campaign_id: int
    submission_id: int
    outcome: str | None
    n: int | None


_STANDING: Final = sa.select(
    ledger.c.message_id, ledger.c.id, ledger.c.campaign_id, ledger.c.submission_id, _latest.outcome, _latest.n
).outerjoin(ledger_latest, SAME_ROW)


_OF_SUBMISSION: Final = _STANDING.where(ledger.c.submission_id == sa.bindparam("which"))


def standing_of_submission(connection: sa.Connection, submission_id: int) -> tuple[Standing, ...]:
    return tuple(map(Standing._make, fetch(connection, _OF_SUBMISSION, which=submission_id)))


def standing_of(connection: sa.Connection, ledger_ids: Iterable[int]) -> tuple[Standing, ...]:
    return tuple(map(Standing._make, rows_among(connection, _STANDING, ledger.c.id, ledger_ids)))


def may_follow(latest: str | None, outcome: str) -> bool:
    """accepted may become delivered or failed, unknown anything else; the others are final.

    But whom a message has reached it has reached, whatever its sender or we had said of it: that counts for caps,
    complaints and look-backs, and it may have been somebody who was withheld for a good reason.
    """
    if latest is None:
        return True
    if latest == Outcome.UNKNOWN:
        return outcome != Outcome.UNKNOWN
    if latest in NOT_SENT:
        return outcome == Outcome.DELIVERED
    return latest == Outcome.ACCEPTED and outcome in _LATER


def append_outcomes(connection: sa.Connection, standing: Iterable[Standing], events: Sequence[Event], at: int) -> int:
    """Appends what may follow, updates which submissions are settled, and says how many were appended."""
    rows = {row.ledger_id: row for row in standing}
    now: dict[int, tuple[str | None, int]] = {key: (row.outcome, row.n or 0) for key, row in rows.items()}
    appended: list[tuple[Any, ...]] = []
    for event in events:
        latest, n = now[event.ledger_id]
        if may_follow(latest, event.outcome):
            now[event.ledger_id] = (event.outcome, n + 1)
            appended.append((event.ledger_id, n + 1, event.outcome, event.provider_id, event.code, at))
    changed = {row[0]: now[row[0]] for row in appended}
    write_tuples(connection, plain_insert(ledger_outcome), _OUTCOME, appended)
    _put_latest(connection, rows, changed)
    take_off(connection, [key for key, (outcome, _) in changed.items() if outcome in NOT_SENT])
    put_on(connection, [key for key in changed if rows[key].outcome in NOT_SENT])
    settled = {rows[key].submission_id for key in changed if rows[key].outcome in UNDECIDED}
    write_all(connection, _settlement(), [{"which": each} for each in settled])
    return len(appended)


def close_open(connection: sa.Connection, campaign_id: int, at: int) -> int:
    """Ends the asking: rows without an outcome become unknown, and every submission counts as settled.

    Returns how many rows are left unknown.
    """
    ours = (submission.c.campaign_id == campaign_id, submission.c.settled == 0)
    undecided = sa.or_(_latest.outcome.is_(None), _latest.outcome == Outcome.UNKNOWN.value)
    wanted = _STANDING.join(submission, submission.c.id == ledger.c.submission_id).where(*ours, undecided)
    standing = tuple(Standing(*row) for row in connection.execute(wanted))
    events = [Event(row.ledger_id, Outcome.UNKNOWN.value, "", "closed") for row in standing]
    append_outcomes(connection, standing, events, at)
    connection.execute(sa.update(submission).where(*ours).values(settled=1))
    return len(standing)


def _put_latest(
    connection: sa.Connection, rows: Mapping[int, Standing], changed: Mapping[int, tuple[str | None, int]]
) -> None:
    latest = [(rows[key].campaign_id, key, outcome, n) for key, (outcome, n) in changed.items()]
    write_tuples(connection, insert_or_update(connection, ledger_latest, "campaign_id", "ledger_id"), _LATEST, latest)


@cache
def _settlement() -> UpdateBase:
    undecided = (
        sa.select(ledger.c.id)
        .outerjoin(ledger_latest, SAME_ROW)
        .where(
            ledger.c.submission_id == sa.bindparam("which"),
            sa.or_(_latest.outcome.is_(None), _latest.outcome == Outcome.UNKNOWN.value),
        )
    )
    return (
        sa.update(submission).where(submission.c.id == sa.bindparam("which"), ~sa.exists(undecided)).values(settled=1)
    )
