"""Complaint cases: put down with the suppression that each leaves, handled step by step, counted for the trend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.complaint import (
    Action,
    Case,
    CaseNote,
    CaseQuery,
    CaseState,
    Found,
    NewCase,
    Unmatched,
    Way,
)
from campaign_app.domain.consent import SuppressionKind
from campaign_app.domain.errors import NotAllowed, NotFound
from campaign_app.services.case_timers import shipped
from campaign_app.services.window import BEIJING
from campaign_app.storage import schema
from campaign_app.storage.audit import acting, append_entry
from campaign_app.storage.case_rows import case_of, note_of, which
from campaign_app.storage.casing import add_note, begin_case, counts_elsewhere
from campaign_app.storage.engine import Database
from campaign_app.storage.keys import WorkspaceKeys
from campaign_app.storage.late import complaint_marks
from campaign_app.storage.lists import rows_among
from campaign_app.storage.matching import Whom, message, messages_for, person_of
from campaign_app.storage.outbox import numbers_said, put_down
from campaign_app.storage.people import renumbered_since
from campaign_app.storage.roots import ADDED
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema_cases import complaint_case, complaint_note
from campaign_app.storage.schema_sending import campaign
from campaign_app.storage.suppressions import add_marks, marks_of
from campaign_app.storage.times import moment_at, to_ms

_case: Final = complaint_case.c
_NAMED: Final = (
    sa.select(complaint_case, campaign.c.name.label("campaign_name"))
    .select_from(complaint_case)
    .outerjoin(campaign, campaign.c.id == _case.campaign_id)
)
# of a complaint that the feed brought nobody can say whose number it has: it is known whoever hands it on again
OF_FEED: Final = ""
_SOURCE: Final = sa.case((_case.way == Way.FEED.value, OF_FEED), else_=_case.source).label("source")
_NUMBERS: Final = sa.select(_case.entity_uscc, _SOURCE, _case.number)
_ON_DAY: Final = sa.select(_case.entity_uscc, _case.phone_key, _case.ref).where(
    _case.number == "", _case.made_at >= sa.bindparam("since"), _case.made_at < sa.bindparam("until")
)
_ENTITY: Final = sa.select(schema.entity.c.uscc).where(schema.entity.c.uscc == sa.bindparam("which"))
# what the audit keeps of a change, by its names
_FACTS: Final = {"campaign_id": "campaign", "ledger_id": "message", "why": "reason"}
_COMPLAINT: Final = SuppressionKind.COMPLAINT
_RUNNING: Final = (CaseState.OPEN.value, CaseState.MATCHED.value, CaseState.UNMATCHED.value)


@dataclass(frozen=True, slots=True)
class SqlComplaints:
    """Implements `domain.ports_complaints.ComplaintStore`."""

    db: Database
    keys: WorkspaceKeys = field(repr=False)

    def add(self, new: NewCase, *, actor: str, at: datetime) -> Case:
        with self.db.write() as connection:
            if connection.execute(_ENTITY, {"which": new.entity_uscc}).first() is None:
                raise NotFound("entity", "There is no such entity", uscc=new.entity_uscc)
            whom = person_of(
                connection, self.keys.hashes, new.entity_uscc, phone=new.phone, ref=new.ref, account_id=new.account_id
            )
            if new.account_id is None and len(whom.customers) > 1:
                two = "、".join(str(ref.account_id) for ref in whom.refs)
                raise NotAllowed("complaint_two_shops", "Two shops have customers of this reference", shops=two)
            of = self._of(connection, new, whom)
            known = bool(self._duplicates(connection, [new]))
            if known and _is_refused(connection, new.entity_uscc, of):
                raise _known_already(new)
            by, since = acting(connection, actor), to_ms(new.made_at)
            marks, _ = add_marks(connection, complaint_marks(new.entity_uscc, of.keys, since, by))
            if known:
                append_entry(
                    connection, ADDED, actor, to_ms(at),
                    {"entity": new.entity_uscc, "source": _COMPLAINT.value, "numbers": 1, "new": 1, **marks},
                )  # fmt: skip
            else:
                days = shipped().match_days
                found = messages_for(connection, new.entity_uscc, whom, new.made_at, days, new.signature)
                case_id = begin_case(connection, self._row(new, whom), found, at, actor, marks)
            # platforms can be told since now: how late they are counts from here
            numbers = numbers_said([(of.keys, at)], _COMPLAINT.value)
            put_down(connection, new.entity_uscc, of.said(at, _COMPLAINT.value), numbers)
            if not known:
                return self._read(connection, case_id)
        # a number that another case has may name somebody else: they are suppressed all the same
        raise _known_already(new)

    def duplicates(self, news: Sequence[NewCase]) -> frozenset[int]:
        with self.db.read() as connection:
            return self._duplicates(connection, news)

    def case(self, case_id: int) -> Case:
        with self.db.read() as connection:
            return self._read(connection, case_id)

    def found(self, case_id: int) -> Found:
        with self.db.read() as connection:
            return self._found(connection, _row(connection, case_id))

    def history(self, case_id: int) -> tuple[CaseNote, ...]:
        note = complaint_note.c
        wanted = sa.select(complaint_note).where(note.case_id == case_id).order_by(note.id)
        with self.db.look() as connection:
            return tuple(map(note_of, connection.execute(wanted)))

    def match(self, case_id: int, ledger_id: int, *, actor: str, at: datetime) -> None:
        with self.db.write() as connection:
            row = _running(connection, case_id)
            candidates = self._found(connection, row).candidates
            chosen = next((each for each in candidates if each.ledger_id == ledger_id), None)
            if chosen is None:
                raise NotAllowed("complaint_match", "The complaint cannot be about this message", complaint=case_id)
            new = {"state": CaseState.MATCHED.value, "why": "", "ledger_id": ledger_id}
            new["campaign_id"] = chosen.campaign_id
            counts_elsewhere(connection, row.campaign_id, chosen.campaign_id)
            _step(connection, case_id, Action.MATCHED, str(ledger_id), actor, at, **new)

    def unmatch(self, case_id: int, why: Unmatched, *, note: str, actor: str, at: datetime) -> None:
        with self.db.write() as connection:
            counts_elsewhere(connection, _running(connection, case_id).campaign_id, None)
            new = {"state": CaseState.UNMATCHED.value, "why": why.value, "ledger_id": None, "campaign_id": None}
            _step(connection, case_id, Action.UNMATCHED, note or why.value, actor, at, **new)

    def own(self, case_id: int, owner: str, *, actor: str, at: datetime) -> None:
        with self.db.write() as connection:
            _running(connection, case_id)
            _step(connection, case_id, Action.OWNED, owner, actor, at, owner=owner)

    def note(self, case_id: int, text: str, *, actor: str, at: datetime) -> None:
        with self.db.write() as connection:
            _row(connection, case_id)
            _step(connection, case_id, Action.NOTED, text, actor, at)

    def answer(self, case_id: int, text: str, *, actor: str, at: datetime) -> None:
        with self.db.write() as connection:
            row = _running(connection, case_id)
            if row.state == CaseState.OPEN:
                raise NotAllowed("complaint_unmatched_yet", "Nobody has said which message it is about")
            new = {"state": CaseState.ANSWERED.value, "answered_at": to_ms(at)}
            _step(connection, case_id, Action.ANSWERED, text, actor, at, **new)

    def close(self, case_id: int, text: str, *, actor: str, at: datetime) -> None:
        with self.db.write() as connection:
            if _row(connection, case_id).state != CaseState.ANSWERED:
                raise NotAllowed("complaint_unanswered", "Only an answered case is closed")
            new = {"state": CaseState.CLOSED.value, "closed_at": to_ms(at)}
            _step(connection, case_id, Action.CLOSED, text, actor, at, **new)

    def reopen(self, case_id: int, text: str, *, actor: str, at: datetime) -> None:
        with self.db.write() as connection:
            row = _row(connection, case_id)
            if row.state in _RUNNING:
                raise NotAllowed("complaint_open", "The case is open")
            state = CaseState.UNMATCHED if row.ledger_id is None else CaseState.MATCHED
            new = {"state": state.value, "answered_at": None, "closed_at": None}
            _step(connection, case_id, Action.REOPENED, text, actor, at, **new)

    def packed(self, case_id: int, sha256: str, *, actor: str, at: datetime) -> None:
        with self.db.write() as connection:
            _row(connection, case_id)
            _step(connection, case_id, Action.PACKED, sha256, actor, at)

    def count(self, query: CaseQuery) -> tuple[int, int]:
        wanted = sa.select(sa.func.count(), sa.func.max(_case.id))
        with self.db.read() as connection:
            count, newest = connection.execute(wanted.where(*which(connection, query))).one()
        return count, newest or 0

    def page(self, query: CaseQuery, newest: int, first: int, limit: int) -> tuple[Case, ...]:
        waiting = bool(query.states) and query.states.issubset(_RUNNING)
        order = (_case.received_at, _case.id) if waiting else (_case.id.desc(),)
        wanted = _NAMED.where(_case.id <= newest).order_by(*order)
        with self.db.read() as connection:
            rows = connection.execute(wanted.where(*which(connection, query)).offset(first).limit(limit)).all()
        return tuple(case_of(row, self.keys) for row in rows)

    def unanswered(self, before: datetime, limit: int) -> tuple[Case, ...]:
        found: list[AnyRow] = []
        with self.db.read() as connection:
            # state by state, each in the order of its index
            for state in _RUNNING:
                mine = sa.and_(_case.state == state, _case.received_at < to_ms(before))
                oldest = _NAMED.where(mine).order_by(_case.received_at).limit(limit)
                found += connection.execute(oldest).all()
        found.sort(key=lambda row: (row.received_at, row.id))
        return tuple(case_of(row, self.keys) for row in found[:limit])

    def _duplicates(self, connection: sa.Connection, news: Sequence[NewCase]) -> frozenset[int]:
        named = (new.number for new in news if new.number)
        numbers = {tuple(row) for row in rows_among(connection, _NUMBERS, _case.number, named)}
        # without a number of its own it is told by whom it is of, and on which day
        days = {_day(new.made_at) for new in news if not new.number}
        moments = {
            (row.entity_uscc, day, row.phone_key, row.ref)
            for day in days
            for row in connection.execute(_ON_DAY, {"since": to_ms(day), "until": to_ms(day + timedelta(days=1))})
        }

        def known(new: NewCase) -> bool:
            if new.number:
                return any((new.entity_uscc, each, new.number) in numbers for each in (new.source.value, OF_FEED))
            key = None if new.phone is None else self.keys.hashes.of_phone(new.phone)
            return (new.entity_uscc, _day(new.made_at), key, new.ref) in moments

        return frozenset(n for n, new in enumerate(news) if known(new))

    def _found(self, connection: sa.Connection, row: AnyRow) -> Found:
        whom = self._whom(connection, row)
        made_at, days = moment_at(row.made_at), shipped().match_days
        found = messages_for(connection, row.entity_uscc, whom, made_at, days, row.signature)
        if row.ledger_id is None or any(each.ledger_id == row.ledger_id for each in found.candidates):
            return found
        # named by the sender's own id, or of somebody who was erased since
        matched = message(connection, row.entity_uscc, row.ledger_id)
        return found if matched is None else Found((matched, *found.candidates))

    def _of(self, connection: sa.Connection, new: NewCase, whom: Whom) -> Whom:
        """A number alone is also whoever's that was written to under it, whatever number their shop has by now."""
        if new.ref:
            return whom
        lately = to_ms(new.made_at - timedelta(days=shipped().match_days))
        of = renumbered_since(connection, self.keys.hashes, new.entity_uscc, whom.keys, lately)
        found = {ref: theirs for moved in of.values() for ref, theirs in moved.items()}
        return replace(whom, keys=whom.keys.union(*found.values()), refs=tuple(found))

    def _whom(self, connection: sa.Connection, row: AnyRow) -> Whom:
        phone = None if row.phone_sealed is None else self.keys.phones.open(row.phone_sealed)
        return person_of(
            connection, self.keys.hashes, row.entity_uscc, phone=phone, ref=row.ref, account_id=row.account_id
        )

    def _read(self, connection: sa.Connection, case_id: int) -> Case:
        row = connection.execute(_NAMED.where(_case.id == case_id)).first()
        if row is None:
            raise _nothing(case_id)
        return case_of(row, self.keys)

    def _row(self, new: NewCase, whom: Whom) -> dict[str, Any]:
        account_id = new.account_id
        if account_id is None and len(whom.refs) == 1:
            account_id = whom.refs[0].account_id
        return {
            "entity_uscc": new.entity_uscc,
            "source": new.source.value,
            "way": new.way.value,
            "number": new.number,
            "clue_id": None,
            "account_id": account_id,
            "ref": new.ref,
            "phone_sealed": None if new.phone is None else self.keys.phones.seal(new.phone),
            "phone_key": None if new.phone is None else self.keys.hashes.of_phone(new.phone),
            "text": new.text,
            "port": new.port,
            "signature": new.signature,
            "made_at": to_ms(new.made_at),
            "received_at": to_ms(new.received_at),
            "campaign_id": None,
        }


def _day(at: datetime) -> datetime:
    """When it began in China."""
    return at.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)


def _is_refused(connection: sa.Connection, entity_uscc: str, whom: Whom) -> bool:
    """Whether a complaint suppresses this person already, under every one of their keys."""
    marks = marks_of(connection, entity_uscc, whom.keys)
    return all(any(mark.kind is _COMPLAINT for mark in marks.get(key, ())) for key in whom.keys)


def _known_already(new: NewCase) -> NotAllowed:
    return NotAllowed("complaint_known", "There is a case of this complaint", number=new.number)


def _nothing(case_id: int) -> NotFound:
    return NotFound("complaint", "There is no such complaint case", complaint=case_id)


def _row(connection: sa.Connection, case_id: int) -> AnyRow:
    row = connection.execute(sa.select(complaint_case).where(_case.id == case_id)).first()
    if row is None:
        raise _nothing(case_id)
    return row


def _running(connection: sa.Connection, case_id: int) -> AnyRow:
    row = _row(connection, case_id)
    if row.state not in _RUNNING:
        raise NotAllowed("complaint_answered", "The case is answered: open it again first", complaint=case_id)
    return row


def _step(
    connection: sa.Connection, case_id: int, action: Action, text: str, actor: str, at: datetime, **new: Any
) -> None:
    """What became of it, said in its history; the audit keeps that it happened and no words of a person's."""
    if new:
        connection.execute(sa.update(complaint_case).where(_case.id == case_id).values(new))
    add_note(connection, case_id, action, text, actor, at)
    said = {_FACTS[name]: value for name, value in new.items() if name in _FACTS}
    append_entry(connection, f"complaint.{action}", actor, to_ms(at), {"complaint": case_id, **said})
