"""Rows of complaint cases: how each begins, by the feed or by a person, and what its history says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.complaint import Action, CaseState, Found, Unmatched, Way
from campaign_app.domain.message import ComplaintClue
from campaign_app.storage import schema
from campaign_app.storage.audit import acting, append_entry
from campaign_app.storage.matching import Whom, message, messages_for
from campaign_app.storage.people import Finder
from campaign_app.storage.roots import Told
from campaign_app.storage.schema_cases import complaint_case, complaint_note
from campaign_app.storage.schema_sending import campaign, complaint
from campaign_app.storage.times import moment_at, to_ms
from campaign_app.storage.upserts import plain_insert

FEED: Final = "platform"  # who speaks in the audit for what a platform handed over
_case: Final = complaint_case.c
_CLUES: Final = sa.select(complaint.c.complaint_id, complaint.c.id).where(
    complaint.c.account_id == sa.bindparam("account"), complaint.c.complaint_id == sa.bindparam("which")
)
_UNSETTLED: Final = (CaseState.OPEN.value, CaseState.UNMATCHED.value)


@dataclass(frozen=True, slots=True)
class Clued:
    """A clue of the feed with what is known of it: whose keys, the row it names, the campaign that it counts for."""

    clue: ComplaintClue
    keys: frozenset[bytes]
    ledger_id: int | None
    campaign_id: int | None


def begin_case(
    connection: sa.Connection, values: Mapping[str, Any], found: Found, at: datetime, actor: str, marks: Told
) -> int:
    """Its id. What can be only one message is that one; several wait for a person; for none there is a reason.

    `marks`: what its entry has to tell of those that it left.
    """
    sure = found.sure
    state = CaseState.UNMATCHED if found.why else CaseState.OPEN if sure is None else CaseState.MATCHED
    likely = next(iter(found.candidates), None)
    row = {
        **values,
        "entered_at": to_ms(at),
        "entered_by": acting(connection, actor),
        "state": state.value,
        "why": found.why or "",
        "ledger_id": None if sure is None else sure.ledger_id,
        "campaign_id": values["campaign_id"] if likely is None else likely.campaign_id,
    }
    made = connection.execute(sa.insert(complaint_case).values(row)).inserted_primary_key
    assert made is not None
    case_id = int(made[0])
    add_note(connection, case_id, Action.ENTERED, values["way"], actor, at)
    if sure is not None:
        add_note(connection, case_id, Action.MATCHED, str(sure.ledger_id), actor, at)
    elif found.why:
        add_note(connection, case_id, Action.UNMATCHED, found.why, actor, at)
    append_entry(
        connection, "complaint.entered", actor, to_ms(at),
        {
            "complaint": case_id, "entity": row["entity_uscc"], "source": row["source"], "way": row["way"],
            "state": row["state"], "campaign": row["campaign_id"],
            **marks,
        },
    )  # fmt: skip
    return case_id


def add_note(connection: sa.Connection, case_id: int, action: Action, text: str, by: str, at: datetime) -> None:
    row = {
        "case_id": case_id, "at": to_ms(at), "said_by": acting(connection, by), "action": action.value, "text": text,
    }  # fmt: skip
    connection.execute(plain_insert(complaint_note), row)


def counts_elsewhere(connection: sa.Connection, former: int | None, now: int | None) -> None:
    """A case counts for another campaign from now on, or for none.

    The former one has a complaint less of those that somebody knew of who let it go on: else as many later ones would
    be taken for these, and its fuse would not see them.
    """
    if former is not None and former != now:
        lower = {"complaints_seen": campaign.c.complaints_seen - 1}
        one = sa.and_(campaign.c.id == former, campaign.c.complaints_seen > 0)
        connection.execute(sa.update(campaign).where(one).values(lower))


def case_of_clue(finder: Finder, row: Mapping[str, Any], told: Clued, days: int, at: datetime) -> None:
    """`row` is that of the clue, which is stored."""
    connection, clue = finder.connection, told.clue
    which = {"account": finder.account_id, "which": clue.complaint_id}
    named = None if told.ledger_id is None else message(connection, finder.entity_uscc, told.ledger_id)
    customers = () if named is not None else _customers(finder, clue.ref)
    found = (
        Found((named,))
        if named is not None
        else messages_for(connection, finder.entity_uscc, Whom(told.keys, customers), clue.received_at, days)
    )
    values = {
        "entity_uscc": finder.entity_uscc,
        "source": "platform",
        "way": Way.FEED.value,
        "number": clue.complaint_id,
        "clue_id": connection.execute(_CLUES, which).one().id,
        "account_id": finder.account_id,
        "ref": clue.ref,
        "phone_sealed": row["phone_sealed"],
        "phone_key": None if clue.phone is None else finder.hashes.of_phone(clue.phone),
        "text": "",
        "port": "",
        "signature": "",
        "made_at": to_ms(clue.received_at),
        "received_at": to_ms(clue.received_at),
        "campaign_id": told.campaign_id,
    }
    begin_case(connection, values, found, at, FEED, {})


def settle_case_of_clue(connection: sa.Connection, clue_id: int, row: tuple[int, int | None], at: int) -> None:
    """The message that a clue names (its ledger row and campaign) came to be known after it; a person's word stands."""
    ledger_id, campaign_id = row
    stands = sa.and_(_case.clue_id == clue_id, _case.state.in_(_UNSETTLED), _case.why != Unmatched.NOT_OURS.value)
    case = connection.execute(sa.select(_case.id, _case.campaign_id).where(stands)).first()
    if case is None:
        return
    counts_elsewhere(connection, case.campaign_id, campaign_id)
    new = {"state": CaseState.MATCHED.value, "why": "", "ledger_id": ledger_id, "campaign_id": campaign_id}
    connection.execute(sa.update(complaint_case).where(_case.id == case.id).values(new))
    add_note(connection, case.id, Action.MATCHED, str(ledger_id), FEED, moment_at(at))


def _customers(finder: Finder, ref: str) -> tuple[int, ...]:
    customer = schema.customer.c
    named = sa.and_(customer.account_id == finder.account_id, customer.ref == ref)
    return tuple(finder.connection.execute(sa.select(customer.id).where(named)).scalars()) if ref else ()
