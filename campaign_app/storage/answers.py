"""Replies to a campaign, with the suppression that each left and what the shops' platforms know of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.answer import Answer, AnswerQuery, WriteBack
from campaign_app.domain.consent import CustomerRef, SuppressionKind
from campaign_app.domain.phone import Phone
from campaign_app.storage import schema
from campaign_app.storage.accounts import entity_of
from campaign_app.storage.engine import Database
from campaign_app.storage.keys import WorkspaceKeys
from campaign_app.storage.lists import rows_among
from campaign_app.storage.numbers import people_of
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema_sending import campaign, inbound
from campaign_app.storage.suppressions import marks_of
from campaign_app.storage.times import moment_at

_outbox, _customer, _account = schema.opt_out_outbox.c, schema.customer.c, schema.account.c
_REPLIES: Final = sa.select(inbound).where(inbound.c.campaign_id == sa.bindparam("campaign"))
_SHOPS: Final = (
    sa.select(_customer.phone_key, _customer.account_id, _customer.ref)
    .join(schema.account, _account.id == _customer.account_id)
    .where(_account.entity_uscc == sa.bindparam("entity"))
)
_NAMES: Final = sa.select(campaign.c.id, campaign.c.name)
_TOLD: Final = sa.select(schema.opt_out_outbox)
_Refs = frozenset[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class SqlAnswers:
    """Implements `domain.ports_answers.AnswerStore`."""

    db: Database
    keys: WorkspaceKeys = field(repr=False)

    def of_campaign(self, campaign_id: int, *, opt_outs_only: bool, limit: int) -> tuple[Answer, ...]:
        wanted = _REPLIES.where(inbound.c.opt_out == 1) if opt_outs_only else _REPLIES
        newest = wanted.order_by(inbound.c.received_at.desc(), inbound.c.id.desc()).limit(limit)
        with self.db.read() as connection:
            return self._read(connection, connection.execute(newest, {"campaign": campaign_id}).all())

    def count(self, query: AnswerQuery) -> tuple[int, int]:
        wanted = sa.select(sa.func.count(), sa.func.max(inbound.c.id))
        with self.db.read() as connection:
            count, newest = connection.execute(wanted.where(*_which(connection, query))).one()
        return count, newest or 0

    def page(self, query: AnswerQuery, newest: int, first: int, limit: int) -> tuple[Answer, ...]:
        wanted = sa.select(inbound).where(inbound.c.id <= newest).order_by(inbound.c.id.desc())
        with self.db.read() as connection:
            rows = connection.execute(wanted.where(*_which(connection, query)).offset(first).limit(limit)).all()
            return self._read(connection, rows)

    def _read(self, connection: sa.Connection, rows: Sequence[AnyRow]) -> tuple[Answer, ...]:
        """In their order; people are looked up for each legal entity, which its shops' suppressions are of."""
        phones = {row.id: self._phone(row) for row in rows}
        names = dict[int, str]()
        for campaign_id, name in rows_among(
            connection, _NAMES, campaign.c.id, {row.campaign_id for row in rows if row.campaign_id is not None}
        ):
            names[campaign_id] = name
        since: dict[int, datetime] = {}
        told: dict[int, tuple[WriteBack, ...]] = {}
        for entity, refused in _by_entity(connection, rows).items():
            refs = self._refs(connection, entity, refused, phones)
            since |= self._since(connection, entity, refused, phones, refs)
            told |= _told(connection, refs)
        return tuple(
            Answer(
                id=row.id,
                who=_who(row, phones[row.id]),
                text=row.text,
                received_at=moment_at(row.received_at),
                opt_out=bool(row.opt_out),
                since=since.get(row.id),
                told=told.get(row.id, ()),
                account_id=row.account_id,
                campaign=names.get(row.campaign_id, ""),
            )
            for row in rows
        )

    def _phone(self, row: AnyRow) -> Phone | None:
        return None if row.phone_sealed is None else self.keys.phones.open(row.phone_sealed)

    def _refs(
        self, connection: sa.Connection, entity: str, rows: Sequence[AnyRow], phones: dict[int, Phone | None]
    ) -> dict[int, _Refs]:
        """Reply → every customer of the entity's shops whom it speaks for."""
        numbers = {row.id: self.keys.hashes.of_phone(phone) for row in rows if (phone := phones[row.id]) is not None}
        people, theirs = people_of(connection, numbers.values()), dict[bytes, set[tuple[int, str]]]()
        for key, account_id, ref in rows_among(connection, _SHOPS, _customer.phone_key, people, entity=entity):
            theirs.setdefault(people[key], set()).add((account_id, ref))
        own = {row.id: {(row.account_id, row.ref)} if row.ref else set() for row in rows}
        by_number = {reply: theirs.get(people[key], set()) for reply, key in numbers.items()}
        return {row.id: frozenset(own[row.id] | by_number.get(row.id, set())) for row in rows}

    def _since(
        self,
        connection: sa.Connection,
        entity: str,
        rows: Sequence[AnyRow],
        phones: dict[int, Phone | None],
        refs: dict[int, _Refs],
    ) -> dict[int, datetime]:
        keys: dict[int, set[bytes]] = {}
        for row in rows:
            keys[row.id] = {self.keys.hashes.of_ref(CustomerRef(*each)) for each in refs[row.id]}
            if (phone := phones[row.id]) is not None:
                keys[row.id].add(self.keys.hashes.of_phone(phone))
        marks = marks_of(connection, entity, (key for own in keys.values() for key in own))
        found: dict[int, datetime] = {}
        for reply, own in keys.items():
            times = [m.since for key in own for m in marks.get(key, ()) if m.kind is SuppressionKind.OPT_OUT]
            if times:
                found[reply] = min(times)
        return found


def _by_entity(connection: sa.Connection, rows: Iterable[AnyRow]) -> dict[str, list[AnyRow]]:
    """The opt-outs among them."""
    entities = dict[int, str]()
    found: dict[str, list[AnyRow]] = {}
    for row in rows:
        if not row.opt_out:
            continue
        if row.account_id not in entities:
            entities[row.account_id] = entity_of(connection, row.account_id)
        found.setdefault(entities[row.account_id], []).append(row)
    return found


def _which(connection: sa.Connection, query: AnswerQuery) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if query.opt_out is not None:
        found.append(inbound.c.opt_out == int(query.opt_out))
    if query.phone_key is not None:
        # as pairs, for which the index on persons is used
        numbers = list(people_of(connection, [query.phone_key]))
        theirs = sa.select(_customer.account_id, _customer.ref).where(_customer.phone_key.in_(numbers))
        said = sa.tuple_(inbound.c.account_id, inbound.c.ref).in_(theirs)
        found.append(sa.or_(inbound.c.phone_key.in_(numbers), said))
    if query.text:
        found.append(sa.or_(inbound.c.ref == query.text, inbound.c.text.contains(query.text, autoescape=True)))
    return found


def _told(connection: sa.Connection, refs: dict[int, _Refs]) -> dict[int, tuple[WriteBack, ...]]:
    every = {each for own in refs.values() for each in own}
    rows = rows_among(connection, _TOLD, _outbox.ref, (ref for _, ref in every))
    known = {(row.account_id, row.ref): WriteBack(row.account_id, row.state, row.code) for row in rows}
    return {reply: _sorted(known[each] for each in own if each in known) for reply, own in refs.items()}


def _sorted(told: Iterable[WriteBack]) -> tuple[WriteBack, ...]:
    return tuple(sorted(told, key=lambda one: (one.account_id, one.state)))


def _who(row: AnyRow, phone: Phone | None) -> str:
    return row.ref or "" if phone is None else phone.masked
