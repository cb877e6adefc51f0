"""How a row of a case is read, and which rows a query means."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from campaign_app.domain.complaint import Action, Case, CaseNote, CaseQuery, CaseState, Source, Unmatched, Way
from campaign_app.logs import mask
from campaign_app.storage import schema
from campaign_app.storage.keys import WorkspaceKeys
from campaign_app.storage.numbers import people_of
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema_cases import complaint_case
from campaign_app.storage.times import moment_at, moment_or_none

_case: Final = complaint_case.c
_customer: Final = schema.customer.c


def case_of(row: AnyRow, keys: WorkspaceKeys) -> Case:
    """`row` has the name of its campaign beside it. Whoever complains often writes their number into the words, too."""
    who = row.ref if row.phone_sealed is None else keys.phones.open(row.phone_sealed).masked
    return Case(
        id=row.id,
        entity_uscc=row.entity_uscc,
        source=Source(row.source),
        way=Way(row.way),
        state=CaseState(row.state),
        who=who,
        number=row.number,
        made_at=moment_at(row.made_at),
        received_at=moment_at(row.received_at),
        entered_at=moment_at(row.entered_at),
        entered_by=row.entered_by,
        account_id=row.account_id,
        ref=row.ref,
        text=mask(row.text),
        port=row.port,
        signature=row.signature,
        why=Unmatched(row.why) if row.why else None,
        owner=row.owner,
        campaign_id=row.campaign_id,
        campaign=row.campaign_name or "",
        ledger_id=row.ledger_id,
        answered_at=moment_or_none(row.answered_at),
        closed_at=moment_or_none(row.closed_at),
    )


def note_of(row: AnyRow) -> CaseNote:
    """What the program itself put down, a message's number or a hash, stays as it is."""
    action = Action(row.action)
    own = action in (Action.ENTERED, Action.MATCHED, Action.PACKED)
    return CaseNote(moment_at(row.at), row.said_by, action, row.text if own else mask(row.text))


def which(connection: sa.Connection, query: CaseQuery) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if query.states:
        found.append(_case.state.in_(sorted(each.value for each in query.states)))
    if query.phone_key is not None:
        # as pairs, for which the index on references is used
        numbers = list(people_of(connection, [query.phone_key]))
        theirs = sa.select(_customer.account_id, _customer.ref).where(_customer.phone_key.in_(numbers))
        named = sa.tuple_(_case.account_id, _case.ref).in_(theirs)
        found.append(sa.or_(_case.phone_key.in_(numbers), named))
    if query.text:
        words = (_case.number == query.text, _case.ref == query.text, _case.owner == query.text)
        found.append(sa.or_(*words, _case.text.contains(query.text, autoescape=True)))
    return found
