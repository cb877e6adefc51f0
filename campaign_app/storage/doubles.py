"""One message for one person in a campaign, by whichever of their numbers each row was claimed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.consent import Reason
from campaign_app.domain.message import Outcome
from campaign_app.jobs.ports import Claim
from campaign_app.storage.lists import rows_among
from campaign_app.storage.numbers import people_of
from campaign_app.storage.outcomes import SAME_ROW
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema_sending import ledger, ledger_latest

_TAKEN: Final = sa.select(ledger.c.dedupe_key).where(ledger.c.campaign_id == sa.bindparam("campaign"))
_CLAIMED: Final = sa.select(ledger.c.campaign_id, ledger.c.dedupe_key)
_ROWS: Final = (
    sa.select(
        ledger.c.id,
        ledger.c.submission_id,
        ledger.c.message_id,
        ledger.c.dedupe_key,
        sa.func.coalesce(ledger_latest.c.outcome, "").label("outcome"),
    )
    .outerjoin(ledger_latest, SAME_ROW)
    .where(ledger.c.campaign_id == sa.bindparam("campaign"))
)
_NEVER_LEFT: Final = frozenset({Outcome.REJECTED.value, Outcome.WITHHELD.value})
# what the sender may have before what it surely has not; any other outcome comes before both
_OPEN: Final = (Outcome.UNKNOWN.value, "")


def without_doubles(
    connection: sa.Connection, campaign_id: int, claims: Sequence[Claim]
) -> tuple[list[Claim], dict[int, tuple[str, int | None]]]:
    """The fresh ones are claimed by the key that stands for their person, which the table has once in a campaign."""
    people = people_of(connection, (claim.dedupe_key for claim in claims))
    found = rows_among(connection, _TAKEN, ledger.c.dedupe_key, people, campaign=campaign_id)
    taken = {people[row[0]] for row in found}
    fresh: list[Claim] = []
    doubles: dict[int, tuple[str, int | None]] = {}
    for claim in claims:
        person = people[claim.dedupe_key]
        if person in taken:
            doubles[claim.seq] = (Reason.DUPLICATE_NUMBER.value, claim.outgoing.recipient.fact_id)
        else:
            taken.add(person)
            fresh.append(claim if claim.dedupe_key == person else replace(claim, dedupe_key=person))
    return fresh, doubles


def doubled_among(connection: sa.Connection, submission_id: int) -> frozenset[str]:
    """The open messages of a batch whose person has another; what was taken stays, else what may be, or the first."""
    mine = connection.execute(_CLAIMED.where(ledger.c.submission_id == submission_id)).all()
    if not mine:
        return frozenset()
    people = people_of(connection, (row.dedupe_key for row in mine))
    found = rows_among(connection, _ROWS, ledger.c.dedupe_key, people, campaign=mine[0].campaign_id)
    rows = sorted((row for row in found if row.outcome not in _NEVER_LEFT), key=_rank)
    first: dict[bytes, int] = {}
    doubled: set[str] = set()
    for row in rows:
        kept = first.setdefault(people[row.dedupe_key], row.id)
        if kept != row.id and row.submission_id == submission_id and row.outcome in _OPEN:
            doubled.add(row.message_id)
    return frozenset(doubled)


def _rank(row: AnyRow) -> tuple[int, int]:
    return (_OPEN.index(row.outcome) + 1 if row.outcome in _OPEN else 0), row.id
