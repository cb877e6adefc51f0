"""Opt-outs that platforms have yet to be told; written in the transaction of the mark that they leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.sql.dml import UpdateBase

from campaign_app.domain.consent import Backlog, CustomerRef, LocalOptOut, Suppression, SuppressionKind
from campaign_app.domain.errors import NotFound
from campaign_app.domain.phone import Phone
from campaign_app.domain.ports import PhoneKeys
from campaign_app.storage import schema
from campaign_app.storage.audit import acting, append_entry
from campaign_app.storage.engine import Database
from campaign_app.storage.lists import rows_among, write_all
from campaign_app.storage.numbers import people_of
from campaign_app.storage.people import LATELY, renumbered_since
from campaign_app.storage.roots import ADDED, Told
from campaign_app.storage.suppressions import add_marks, marks_of
from campaign_app.storage.times import moment_at, to_ms
from campaign_app.storage.upserts import insert

OPTED_OUT: Final = "customer.opted_out"
WAITING: Final = "waiting"
TOLD: Final = "told"
_LEFT: Final = (WAITING, "refused", "untellable")
_outbox, _customer, _account = schema.opt_out_outbox.c, schema.customer.c, schema.account.c
_TWINS: Final = (
    sa.select(_customer.phone_key, _customer.account_id, _customer.ref)
    .join(schema.account, _account.id == _customer.account_id)
    .where(_account.entity_uscc == sa.bindparam("entity"))
)
_SETTLED: Final = (
    sa.update(schema.opt_out_outbox)
    .where(
        _outbox.account_id == sa.bindparam("account"), _outbox.ref == sa.bindparam("which"),
        _outbox.since == sa.bindparam("said"), _outbox.state == WAITING,
    )
    .values(state=sa.bindparam("to"), code=sa.bindparam("word"), settled_at=sa.bindparam("at"))
)  # fmt: skip


def put_down(
    connection: sa.Connection,
    entity_uscc: str,
    said: Sequence[LocalOptOut],
    numbers: Mapping[bytes, tuple[datetime, str]],
) -> None:
    """`said` by ref, and by number (phone key → when, reason): every shop of the entity that knows the number."""
    rows = {(one.ref.account_id, one.ref.ref): _row(one) for one in said if one.ref.ref}
    people, newest = people_of(connection, numbers), dict[bytes, tuple[datetime, str]]()
    for key, when in numbers.items():
        newest[people[key]] = max(newest.get(people[key], when), when)
    for key, account_id, ref in rows_among(connection, _TWINS, _customer.phone_key, people, entity=entity_uscc):
        since, reason = newest[people[key]]
        row = _row(LocalOptOut(CustomerRef(account_id, ref), since, reason))
        known = rows.setdefault((account_id, ref), row)
        if known["since"] < row["since"]:
            rows[account_id, ref] = row
    write_all(connection, _put(connection.dialect.name), list(rows.values()))


@dataclass(frozen=True, slots=True)
class SqlOptOuts:
    """Implements `domain.ports_people.OptOutStore`."""

    db: Database
    hashes: PhoneKeys

    def add(self, customer_id: int, since: datetime, reason: str, note: str, by: str = "") -> None:
        wanted = (
            sa.select(_customer.account_id, _customer.ref, _customer.phone_key, _account.entity_uscc)
            .join(schema.account, _account.id == _customer.account_id)
            .where(_customer.id == customer_id)
        )
        with self.db.write() as connection:
            row = connection.execute(wanted).first()
            if row is None:
                raise NotFound("customer", "There is no such customer", customer=customer_id)
            ref = CustomerRef(row.account_id, row.ref)
            keys = [key for key in (self.hashes.of_ref(ref), row.phone_key) if key is not None]
            said = Suppression(
                row.entity_uscc, b"", SuppressionKind.OPT_OUT, since, reason, note, acting(connection, by)
            )
            told, _ = add_marks(connection, [replace(said, key=key) for key in keys], here=True)
            append_entry(connection, OPTED_OUT, by, to_ms(since), {"customer": customer_id, **told})
            numbers = {} if row.phone_key is None else {row.phone_key: (since, reason)}
            put_down(connection, row.entity_uscc, [LocalOptOut(ref, since, reason)], numbers)

    def add_numbers(self, phones: Sequence[Phone], said: Suppression) -> int:
        """`said` holds for every one of them, its key aside. How many were not suppressed so before.

        Those that were are marked anew: a grant from between the two would else lift what was said after it.
        """
        with self.db.write() as connection:
            keys = [self.hashes.of_phone(phone) for phone in phones]
            marks = marks_of(connection, said.entity_uscc, keys)
            by = acting(connection, said.by)
            people = people_of(connection, keys)
            # whoever was written to under a number, whatever their shop has of them by now
            of = renumbered_since(connection, self.hashes, said.entity_uscc, keys, to_ms(said.since - LATELY))
            moved = {ref: theirs for found in of.values() for ref, theirs in found.items()}
            every = {*people}.union(*moved.values())
            told, _ = add_marks(connection, [replace(said, key=key, by=by) for key in every], here=True)
            by_ref = [LocalOptOut(ref, said.since, said.source) for ref in moved]
            put_down(connection, said.entity_uscc, by_ref, dict.fromkeys(every, (said.since, said.source)))
            new = sum(all(mark.kind is not said.kind for mark in marks.get(key, ())) for key in keys)
            counts: Told = {"entity": said.entity_uscc, "source": said.source, "numbers": len(keys), "new": new}
            append_entry(connection, ADDED, said.by, to_ms(said.since), {**counts, **told})
        return new

    def waiting(self, account_id: int, limit: int, *, after: LocalOptOut | None = None) -> tuple[LocalOptOut, ...]:
        wanted = sa.select(_outbox.ref, _outbox.since, _outbox.reason).where(
            _outbox.account_id == account_id, _outbox.state == WAITING
        )
        if after is not None:
            wanted = wanted.where(sa.tuple_(_outbox.since, _outbox.ref) > (to_ms(after.since), after.ref.ref))
        with self.db.look() as connection:
            rows = connection.execute(wanted.order_by(_outbox.since, _outbox.ref).limit(limit)).all()
        return tuple(LocalOptOut(CustomerRef(account_id, ref), moment_at(since), why) for ref, since, why in rows)

    def accounts_waiting(self) -> frozenset[int]:
        wanted = sa.select(_outbox.account_id).where(_outbox.state == WAITING).distinct()
        with self.db.look() as connection:
            return frozenset(connection.execute(wanted).scalars())

    def settle(self, told: Sequence[LocalOptOut], state: str, at: datetime, *, code: str = "") -> None:
        rows = [
            {
                "account": one.ref.account_id,
                "which": one.ref.ref,
                "said": to_ms(one.since),
                "to": state,
                "word": code,
                "at": to_ms(at),
            }
            for one in told
        ]
        with self.db.write() as connection:
            write_all(connection, _SETTLED, rows)

    def took(self, account_id: int, limit: int) -> tuple[timedelta, ...]:
        wanted = sa.select(_outbox.settled_at - _outbox.since).where(
            _outbox.state == TOLD, _outbox.account_id == account_id, _outbox.settled_at.is_not(None)
        )
        with self.db.look() as connection:
            found = connection.execute(wanted.order_by(_outbox.since.desc()).limit(limit)).scalars()
            # a reply is dated by whoever took it, whose clock may be ahead
            return tuple(timedelta(milliseconds=max(0, took)) for took in found)

    def backlog(self) -> dict[int, Backlog]:
        wanted = sa.select(_outbox.account_id, _outbox.state, sa.func.count(), sa.func.min(_outbox.since))
        by_account: dict[int, dict[str, tuple[int, int]]] = {}
        with self.db.look() as connection:
            for account_id, state, count, oldest in connection.execute(
                wanted.where(_outbox.state.in_(_LEFT)).group_by(_outbox.account_id, _outbox.state)
            ):
                by_account.setdefault(account_id, {})[state] = count, oldest
        return {account_id: _backlog(found) for account_id, found in by_account.items()}


def _backlog(found: Mapping[str, tuple[int, int]]) -> Backlog:
    counts = {state: count for state, (count, _) in found.items()}
    oldest = found.get(WAITING)
    return Backlog(
        waiting=counts.get(WAITING, 0),
        oldest=None if oldest is None else moment_at(oldest[1]),
        refused=counts.get("refused", 0),
        untellable=counts.get("untellable", 0),
    )


def _row(one: LocalOptOut) -> dict[str, Any]:
    return {
        "account_id": one.ref.account_id,
        "ref": one.ref.ref,
        "since": to_ms(one.since),
        "reason": one.reason,
        "state": WAITING,
        "code": "",
        "settled_at": None,
    }


def numbers_said(keys: Iterable[tuple[frozenset[bytes], datetime]], reason: str) -> dict[bytes, tuple[datetime, str]]:
    """Every key, by the newest time that it was said under; keys of refs meet no number and do no harm."""
    found: dict[bytes, tuple[datetime, str]] = {}
    for group, since in keys:
        for key in group:
            found[key] = max(found.get(key, (since, reason)), (since, reason))
    return found


@lru_cache
def _put(dialect: str) -> UpdateBase:
    table = schema.opt_out_outbox
    statement = insert(dialect, table)
    new = {name: statement.excluded[name] for name in ("since", "reason", "state", "code", "settled_at")}
    return statement.on_conflict_do_update(
        index_elements=["account_id", "ref"], set_=new, where=statement.excluded.since > table.c.since
    )
