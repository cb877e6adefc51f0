"""Requests of single people: everything that is kept of one of them, erasure, and the mark that they are let alone.

Erasing goes by `erasure`: what proves a consent or a message stays, as the law demands, known by keyed hashes. Whom a
platform goes on listing after that is passed over by later syncs: the hash of their reference is kept for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.consent import CustomerRef, Suppression, SuppressionKind
from campaign_app.domain.errors import NotFound
from campaign_app.logs import mask
from campaign_app.storage import schema
from campaign_app.storage.accounts import entity_of
from campaign_app.storage.audit import ERASED, acting, append_entry
from campaign_app.storage.engine import Database
from campaign_app.storage.erasure import erase, forget_said
from campaign_app.storage.keys import WorkspaceKeys
from campaign_app.storage.lists import rows_among
from campaign_app.storage.numbers import people_of
from campaign_app.storage.rows import AnyRow, AnySelect
from campaign_app.storage.schema_cases import complaint_case
from campaign_app.storage.schema_imports import import_change, import_job
from campaign_app.storage.schema_sending import campaign, inbound, ledger, ledger_latest, submission
from campaign_app.storage.subjects_erased import ERASED_HERE, erased_here
from campaign_app.storage.suppressions import add_marks, marks_of
from campaign_app.storage.times import moment_or_none, to_ms
from campaign_app.storage.upserts import insert_or_ignore

RESTRICTED: Final = "restricted"
_fact: Final = schema.consent_fact
_mark, _lift = schema.suppression.c, schema.suppression_lift.c
_RESTRICTED: Final = sa.select(_mark.key, _mark.since).where(
    _mark.entity_uscc == sa.bindparam("entity"),
    _mark.kind == SuppressionKind.WITHDRAWN.value,
    _mark.source == RESTRICTED,
)
_LIFTED: Final = sa.select(_lift.key, _lift.granted_at).where(
    _lift.entity_uscc == sa.bindparam("entity"), _lift.kind == SuppressionKind.WITHDRAWN.value
)
_SENT: Final = (
    sa.select(campaign.c.name, submission.c.claimed_at, ledger.c.text, ledger_latest.c.outcome)
    .select_from(ledger)
    .join(submission, submission.c.id == ledger.c.submission_id)
    .join(campaign, campaign.c.id == ledger.c.campaign_id)
    .outerjoin(
        ledger_latest,
        sa.and_(ledger_latest.c.campaign_id == ledger.c.campaign_id, ledger_latest.c.ledger_id == ledger.c.id),
    )
    .order_by(ledger.c.id)
)

_FILES: Final = (
    sa.select(import_job.c.file_name, import_job.c.started_at, import_change.c.before, import_change.c.after)
    .join(import_change, import_change.c.import_id == import_job.c.id)
    .order_by(import_job.c.id)
)


@dataclass(frozen=True, slots=True)
class SqlSubjects:
    """Implements `domain.subjects.SubjectStore`."""

    db: Database
    keys: WorkspaceKeys = field(repr=False)

    def gathered(self, customer_id: int) -> Mapping[str, Any]:
        with self.db.read() as connection:
            person = _person(connection, customer_id)
            entity = entity_of(connection, person.account_id)
            keys = self._keys(person)
            marks = marks_of(connection, entity, keys)
            numbers = list(people_of(connection, keys[1:]))
            return {
                "customer": _in_words(self._customer(person), but="ref"),
                "consents": _listed(
                    connection, sa.select(_fact).where(_fact.c.customer_id == customer_id).order_by(_fact.c.id)
                ),
                "suppressions": sorted(
                    {(mark.kind.value, mark.since.isoformat(), mark.source) for own in marks.values() for mark in own}
                ),
                "messages": _in_words(_listed(connection, _SENT.where(ledger.c.customer_id == customer_id))),
                "replies": _in_words(_listed(connection, _replies(person, entity, numbers))),
                "complaints": _in_words(_listed(connection, _complaints(person, entity, numbers))),
                "files": _in_words(_listed(connection, _FILES.where(import_change.c.customer_id == customer_id))),
            }

    def erase(self, customer_id: int, *, actor: str, at: datetime) -> int:
        with self.db.write() as connection:
            person = _person(connection, customer_id)
            account = person.account_id, entity_of(connection, person.account_id)
            key = self.keys.hashes.of_ref(CustomerRef(person.account_id, person.ref))
            mark = {"name": ERASED_HERE + key.hex(), "value": json.dumps(to_ms(at))}
            known = erased_here(connection, self.keys.hashes, person.account_id, [person.ref])
            connection.execute(insert_or_ignore(connection, schema.setting), [mark])
            receipts = erase(connection, self.keys.hashes, account, [person.ref], to_ms(at), actor)
            if not receipts:  # what they wrote since
                forget_said(connection, account, person)
            if not known and not receipts:  # their platform had erased them: from now on syncs pass over them, too
                told = {"account": account[0], "customer": person.id, "ref_hmac": key.hex(), "file_rows": 0}
                append_entry(connection, ERASED, actor, to_ms(at), told)
                receipts = 1
            return receipts

    def restrict(self, customer_id: int, *, actor: str, at: datetime, note: str) -> None:
        with self.db.write() as connection:
            person = _person(connection, customer_id)
            entity = entity_of(connection, person.account_id)
            kind = SuppressionKind.WITHDRAWN
            by = acting(connection, actor)
            marks = [Suppression(entity, key, kind, at, RESTRICTED, note, by) for key in self._keys(person)]
            kept, _ = add_marks(connection, marks, older=True, here=True)
            told = {"account": person.account_id, "customer": customer_id} | kept
            append_entry(connection, "customer.restricted", actor, to_ms(at), told)

    def restricted_since(self, customer_id: int) -> datetime | None:
        with self.db.read() as connection:
            person = _person(connection, customer_id)
            entity = entity_of(connection, person.account_id)
            numbers = list(people_of(connection, self._keys(person)))
            lifts = rows_among(connection, _LIFTED, schema.suppression_lift.c.key, numbers, entity=entity)
            lifted: dict[bytes, int] = {}
            for key, granted_at in lifts:
                lifted[key] = max(granted_at, lifted.get(key, granted_at))
            marks = rows_among(connection, _RESTRICTED, schema.suppression.c.key, numbers, entity=entity)
            return moment_or_none(max((at for key, at in marks if lifted.get(key, at) <= at), default=None))

    def _keys(self, person: AnyRow) -> list[bytes]:
        ref_key = self.keys.hashes.of_ref(CustomerRef(person.account_id, person.ref))
        return [ref_key] if person.phone_key is None else [ref_key, person.phone_key]

    def _customer(self, person: AnyRow) -> dict[str, Any]:
        phone = None if person.phone_sealed is None else self.keys.phones.open(person.phone_sealed)
        told = {
            name: getattr(person, name) for name in ("ref", "name", "province", "city", "spend_cents", "order_count")
        }
        return {
            **told,
            "phone": "" if phone is None else phone.masked,
            "last_order_at": _iso(person.last_order_at),
            "tags": [tag for tag in person.tags.split("\n") if tag],
            "attributes": json.loads(person.attributes),
            "seen_at": _iso(person.seen_at),
        }


def _person(connection: sa.Connection, customer_id: int) -> AnyRow:
    row = connection.execute(sa.select(schema.customer).where(schema.customer.c.id == customer_id)).first()
    if row is None:
        raise NotFound("customer", "There is no such customer", customer=customer_id)
    return row


def _replies(person: AnyRow, entity: str, numbers: Sequence[bytes]) -> AnySelect:
    """Also those that an SMS provider of the entity handed in, which name a number and no customer."""
    said = inbound.c
    ours = sa.select(schema.account.c.id).where(schema.account.c.entity_uscc == entity)
    by_number = sa.and_(said.phone_key.in_(numbers), said.ref == "", said.account_id.in_(ours))
    by_ref = sa.and_(said.account_id == person.account_id, said.ref == person.ref)
    return sa.select(said.received_at, said.text, said.opt_out).where(sa.or_(by_ref, by_number)).order_by(said.id)


def _complaints(person: AnyRow, entity: str, numbers: Sequence[bytes]) -> AnySelect:
    """Whoever handed it in: each complaint of the platform's feed is a case as well."""
    case = complaint_case.c
    by_number = sa.and_(case.phone_key.in_(numbers), case.entity_uscc == entity)
    by_ref = sa.and_(case.account_id == person.account_id, case.ref == person.ref)
    told = case.received_at, case.made_at, case.source, case.number, case.text, case.state
    return sa.select(*told).where(sa.or_(by_ref, by_number)).order_by(case.id)


def _in_words(told: Any, *, but: str = "") -> Any:
    """What somebody wrote may name a number: a reply, a note, a file's column that holds a second one."""
    if isinstance(told, str):
        return mask(told)
    if isinstance(told, Mapping):
        return {mask(name): value if name == but else _in_words(value) for name, value in told.items()}
    return [_in_words(each) for each in told] if isinstance(told, list) else told


def _listed(connection: sa.Connection, wanted: AnySelect) -> list[dict[str, Any]]:
    """Rows as JSON: times as such, without keys and seals."""
    return [_told(row) for row in connection.execute(wanted)]


def _told(row: AnyRow) -> dict[str, Any]:
    named = row._asdict()
    return {
        name: _iso(value) if name.endswith("_at") else value
        for name, value in named.items()
        if not isinstance(value, bytes) and name not in ("customer_id", "source_id")
    }


def _iso(ms: int | None) -> str | None:
    moment = moment_or_none(ms)
    return None if moment is None else moment.isoformat()
