"""Who must not be reached, per legal entity and keyed hash. Marks and lifts are appended; the newest decides.

A lift covers the marks of one key and kind that are older than the grant behind it, in whatever order they arrive:
a newer opt-out is in force again, an old one that comes late is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.consent import (
    EXPLICIT_METHODS,
    LIFTABLE,
    Channel,
    ConsentStatus,
    CustomerRef,
    Suppression,
    SuppressionKind,
)
from campaign_app.domain.errors import NotAllowed, NotFound
from campaign_app.domain.ports import PhoneKeys
from campaign_app.storage import schema
from campaign_app.storage.audit import acting, append_entry
from campaign_app.storage.engine import Database
from campaign_app.storage.lists import rows_among, write_all
from campaign_app.storage.numbers import people_of
from campaign_app.storage.roots import ADDED, WORKER, Told, added_since, last_id
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.times import EPOCH, moment_at, to_ms
from campaign_app.storage.upserts import insert_or_ignore

_OF_MESSAGES: Final = frozenset({Channel.SMS.value, Channel.ANY.value})
_Mark = tuple[bytes, str, str]
_mark, _lift, _customer = schema.suppression.c, schema.suppression_lift.c, schema.customer.c
_MARKS: Final = sa.select(schema.suppression).where(_mark.entity_uscc == sa.bindparam("entity"))
_LIFTS: Final = sa.select(_lift.key, _lift.kind, _lift.granted_at).where(_lift.entity_uscc == sa.bindparam("entity"))
_NAMED: Final = sa.select(
    _customer.id, _customer.account_id, _customer.ref, _customer.phone_key, schema.account.c.entity_uscc
).join(schema.account, schema.account.c.id == _customer.account_id)
_KNOWN: Final = sa.select(_mark.key, _mark.entity_uscc, _mark.kind, _mark.since)


def put_marks(connection: sa.Connection, suppressions: Iterable[Suppression], at: int, actor: str = WORKER) -> None:
    """`add_marks` with an entry of their own in the audit, at a time by this computer's clock."""
    told, rows = add_marks(connection, suppressions)
    if rows:
        columns = {"entity": "entity_uscc", "source": "source", "kind": "kind"}
        of = {name: ",".join(sorted({getattr(row, column) for row in rows})) for name, column in columns.items()}
        append_entry(connection, ADDED, actor, at, {**of, **told})


def add_marks(
    connection: sa.Connection, suppressions: Iterable[Suppression], *, older: bool = False, here: bool = False
) -> tuple[Told, Sequence[AnyRow]]:
    """Adds every mark that is newer than the one known, and complaints and minors once.

    `older`: also beside a newer one, such as a platform dates whose clock is ahead: what was asked for stays on record.
    `here`: said to this program now, and so after every grant that it was shown, however far its clock is behind.
    Returns what the entry about it has to tell in this transaction, nothing where nothing was added; and the rows.
    """
    newest: dict[_Mark, Suppression] = {}
    for each in _after_grants(connection, list(suppressions)) if here else suppressions:
        mark = (each.key, each.entity_uscc, each.kind.value)
        if mark not in newest or newest[mark].since < each.since:
            newest[mark] = each
    known = _known(connection, newest)
    rows = [
        _row(each)
        for mark, each in newest.items()
        if mark not in known or (each.kind in LIFTABLE and (older or known[mark] < to_ms(each.since)))
    ]
    if not rows:
        return {}, ()
    last = last_id(connection, "marks")
    write_all(connection, insert_or_ignore(connection, schema.suppression), rows)
    return added_since(connection, "marks", last)


def _after_grants(connection: sa.Connection, marks: Sequence[Suppression]) -> Iterator[Suppression]:
    of_entity: dict[str, dict[tuple[bytes, str], int]] = {}
    for entity in {each.entity_uscc for each in marks}:
        keys = [each.key for each in marks if each.entity_uscc == entity]
        of_entity[entity] = _granted(connection, entity, keys)
    for each in marks:
        granted = of_entity[each.entity_uscc].get((each.key, each.kind.value), 0)
        yield replace(each, since=max(each.since, moment_at(granted)))


def _granted(connection: sa.Connection, entity_uscc: str, keys: Iterable[bytes]) -> dict[tuple[bytes, str], int]:
    """By key and kind of mark the newest grant that lifted one."""
    granted: dict[tuple[bytes, str], int] = {}
    for key, kind, at in rows_among(connection, _LIFTS, _lift.key, keys, entity=entity_uscc):
        granted[key, kind] = max(at, granted.get((key, kind), at))
    return granted


def marks_of(connection: sa.Connection, entity_uscc: str, keys: Iterable[bytes]) -> dict[bytes, frozenset[Suppression]]:
    """By key the marks in force of its person, under whichever of their numbers; the newest of each kind and number."""
    table, asked = schema.suppression, list(keys)
    people = people_of(connection, asked)
    newest: dict[tuple[bytes, str], AnyRow] = {}
    for row in rows_among(connection, _MARKS, table.c.key, people, entity=entity_uscc):
        mark = (row.key, row.kind)
        if mark not in newest or newest[mark].since < row.since:
            newest[mark] = row
    if not newest:
        return {}
    lifted = _granted(connection, entity_uscc, (key for key, _ in newest))
    found: dict[bytes, set[Suppression]] = {}
    for (key, kind), row in newest.items():
        if (key, kind) not in lifted or lifted[key, kind] <= row.since:
            found.setdefault(people[key], set()).add(_suppression(row))
    marks = {person: frozenset(own) for person, own in found.items()}
    return {key: marks[people[key]] for key in asked if people[key] in marks}


@dataclass(frozen=True, slots=True)
class SqlSuppressions:
    """Implements `domain.ports_people.SuppressionStore`."""

    db: Database
    hashes: PhoneKeys

    def add(self, suppressions: Sequence[Suppression]) -> None:
        with self.db.write() as connection:
            put_marks(connection, suppressions, to_ms(max((each.since for each in suppressions), default=EPOCH)))

    def active(self, entity_uscc: str, keys: Sequence[bytes]) -> dict[bytes, frozenset[Suppression]]:
        with self.db.read() as connection:
            return marks_of(connection, entity_uscc, keys)

    def of_customers(self, ids: Sequence[int]) -> dict[int, frozenset[Suppression]]:
        found: dict[int, frozenset[Suppression]] = {}
        with self.db.read() as connection:
            for entity_uscc, keys in self._keys_of(connection, ids).items():
                marks = marks_of(connection, entity_uscc, (key for pair in keys.values() for key in pair))
                for customer_id, pair in keys.items():
                    own = frozenset[Suppression]().union(*(marks.get(key, ()) for key in pair))
                    if own:
                        found[customer_id] = own
        return found

    def _keys_of(self, connection: sa.Connection, ids: Sequence[int]) -> dict[str, dict[int, list[bytes]]]:
        """Entity → customer id → the keys that the customer is suppressed by."""
        keys: dict[str, dict[int, list[bytes]]] = {}
        for customer_id, account_id, ref, phone_key, entity_uscc in rows_among(connection, _NAMED, _customer.id, ids):
            ref_key = self.hashes.of_ref(CustomerRef(account_id, ref))
            pair = [ref_key] if phone_key is None else [ref_key, phone_key]
            keys.setdefault(entity_uscc, {})[customer_id] = pair
        return keys

    def lift(
        self, suppressions: Sequence[Suppression], *, customer_id: int, fact_id: int, reviewer: str, at: datetime
    ) -> None:
        kept = next((each.kind for each in suppressions if each.kind not in LIFTABLE), None)
        if kept is not None:
            raise NotAllowed("lift_kind", "Complaints and minors are never lifted", kind=kept.value)
        if not reviewer.strip():
            raise NotAllowed("lift_reviewer", "A lift needs the reviewer's name")
        with self.db.write() as connection:
            rows = [
                {
                    "entity_uscc": each.entity_uscc,
                    "key": each.key,
                    "kind": each.kind.value,
                    "granted_at": self._grant(connection, each, fact_id, to_ms(at)),
                    "fact_id": fact_id,
                    "reviewer": acting(connection, reviewer),
                    "at": to_ms(at),
                }
                for each in suppressions
                if _in_force(connection, each)
            ]
            if not rows:
                raise NotAllowed("lift_nothing", "There is no suppression that can be lifted", customer=customer_id)
            last = last_id(connection, "lifts")
            connection.execute(sa.insert(schema.suppression_lift), rows)
            told, _ = added_since(connection, "lifts", last)
            of = {"customer": customer_id, "fact": fact_id, "marks": len(rows)}
            append_entry(connection, "suppression.lifted", reviewer, to_ms(at), {**of, **told})

    def _grant(self, connection: sa.Connection, suppression: Suppression, fact_id: int, at: int) -> int:
        """When consent was given anew; raises NotAllowed unless this fact proves it for this person and entity."""
        fact = _fact_with_person(connection, fact_id)
        ref_key = self.hashes.of_ref(CustomerRef(fact.account_id, fact.ref))
        same_person = suppression.key in people_of(connection, [ref_key, fact.phone_key or ref_key])
        if not same_person or suppression.entity_uscc != fact.fact_entity:
            raise NotAllowed("lift_other_person", "The fact is about another person or entity", fact=fact_id)
        explicit = fact.status == ConsentStatus.CONFIRMED and fact.method in EXPLICIT_METHODS
        holds = fact.withdrawn_at is None and (fact.expires_at is None or fact.expires_at > at)
        # one to be sent mails says nothing of messages, which an older consent may still be there for
        if not explicit or not holds or fact.channel not in _OF_MESSAGES:
            raise NotAllowed("lift_unconfirmed", "The fact is not an explicit confirmation", fact=fact_id)
        marks = marks_of(connection, suppression.entity_uscc, [suppression.key]).get(suppression.key, frozenset())
        newest = max([to_ms(m.since) for m in marks if m.kind is suppression.kind] + [to_ms(suppression.since)])
        if fact.obtained_at is None or not newest < fact.obtained_at <= at:
            raise NotAllowed("lift_older", "The fact was not obtained after the suppression", fact=fact_id)
        return int(fact.obtained_at)


def _in_force(connection: sa.Connection, suppression: Suppression) -> bool:
    """Whether nobody lifted it since it was read."""
    marks = marks_of(connection, suppression.entity_uscc, [suppression.key]).get(suppression.key, frozenset())
    return any((mark.key, mark.kind) == (suppression.key, suppression.kind) for mark in marks)


def _fact_with_person(connection: sa.Connection, fact_id: int) -> AnyRow:
    fact, customer = schema.consent_fact, schema.customer
    wanted = (
        sa.select(
            fact.c.status,
            fact.c.method,
            fact.c.obtained_at,
            fact.c.withdrawn_at,
            fact.c.expires_at,
            fact.c.channel,
            fact.c.entity_uscc.label("fact_entity"),
            customer.c.account_id,
            customer.c.ref,
            customer.c.phone_key,
        )
        .join(customer, customer.c.id == fact.c.customer_id)
        .where(fact.c.id == fact_id)
    )
    row = connection.execute(wanted).first()
    if row is None:
        raise NotFound("fact", "There is no such consent fact", fact=fact_id)
    return row


def _known(connection: sa.Connection, marks: Iterable[_Mark]) -> dict[_Mark, int]:
    table = schema.suppression
    found: dict[_Mark, int] = {}
    for key, entity, kind, since in rows_among(connection, _KNOWN, table.c.key, (mark[0] for mark in marks)):
        found[key, entity, kind] = max(since, found.get((key, entity, kind), since))
    return found


def _row(suppression: Suppression) -> dict[str, Any]:
    return {
        "entity_uscc": suppression.entity_uscc,
        "key": suppression.key,
        "kind": suppression.kind.value,
        "since": to_ms(suppression.since),
        "source": suppression.source,
        "note": suppression.note,
        "said_by": suppression.by,
    }


def _suppression(row: AnyRow) -> Suppression:
    return Suppression(
        entity_uscc=row.entity_uscc,
        key=row.key,
        kind=SuppressionKind(row.kind),
        since=moment_at(row.since),
        source=row.source,
        note=row.note,
        by=row.said_by,
    )
