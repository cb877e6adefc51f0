"""Customers as platforms sync them, counted by audience and read by id."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.sql.dml import UpdateBase

from campaign_app.domain.audience import Filter
from campaign_app.domain.consent import CustomerRef, Suppression, SuppressionKind
from campaign_app.domain.customer import Customer, PlatformCustomer, Told
from campaign_app.domain.erasure import Stored
from campaign_app.storage import schema
from campaign_app.storage.accounts import cursor_of, entity_of, put_cursor
from campaign_app.storage.counting import count_customers, of_accounts
from campaign_app.storage.engine import Database
from campaign_app.storage.erasure import erase
from campaign_app.storage.filters import clause, joined_tags, split_tags
from campaign_app.storage.importrows import join_waiting
from campaign_app.storage.keys import WorkspaceKeys
from campaign_app.storage.known import Known, Rows, as_told, ids_of_refs, known_of
from campaign_app.storage.lists import rows_among, write_all
from campaign_app.storage.numbers import link, people_of
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.subjects_erased import erased_here, listed_again
from campaign_app.storage.suppressions import marks_of, put_marks
from campaign_app.storage.times import moment_or_none, to_ms
from campaign_app.storage.upserts import insert
from campaign_app.storage.values import values_of

_SYNCED: Final = (
    "name",
    "province",
    "city",
    "spend_cents",
    "order_count",
    "last_order_at",
    "tags",
    "updated_at",
    "seen_at",
)
_CUSTOMER: Final = sa.select(*(schema.customer.c[name] for name in (
    "id", "account_id", "ref", "name", "province", "city", "spend_cents", "order_count",
    "last_order_at", "tags", "attributes", "phone_sealed", "phone_key", "platform_phone_sealed",
)))  # fmt: skip
# `+ 0` as in `of_accounts`: by the numbers, and not by every customer of the shop
_OF_ACCOUNT: Final = sa.select(schema.customer.c.id).where(schema.customer.c.account_id + 0 == sa.bindparam("account"))
_PHONE: Final = ("phone_sealed", "phone_key", "platform_phone_sealed")
_UPDATE: Final = (
    sa.update(schema.customer)
    .where(schema.customer.c.id == sa.bindparam("which"))
    .values({name: sa.bindparam(f"new_{name}") for name in _SYNCED})
)
_PUT_NUMBER: Final = (
    sa.update(schema.customer)
    .where(schema.customer.c.id == sa.bindparam("which"))
    .values({name: sa.bindparam(f"new_{name}") for name in _PHONE})
)


def accounts_of(connection: sa.Connection, entity_uscc: str, *, connected: bool = False) -> list[int]:
    """The shops of one entity, in the order of their ids; only those that can be asked now if `connected`."""
    table = schema.account
    wanted = sa.select(table.c.id).where(table.c.entity_uscc == entity_uscc).order_by(table.c.id)
    if connected:
        wanted = wanted.where(table.c.state == "connected")
    return list(connection.execute(wanted).scalars())


def shops_of(connection: sa.Connection, entity_uscc: str) -> list[int]:
    """The connected shops of an entity; of "" every shop that there is."""
    if entity_uscc:
        return accounts_of(connection, entity_uscc, connected=True)
    return list(connection.execute(sa.select(schema.account.c.id).order_by(schema.account.c.id)).scalars())


@dataclass(frozen=True, slots=True)
class SqlCustomers:
    """Implements `domain.ports_people.CustomerStore`. A page that is older than what is stored changes nothing."""

    db: Database
    keys: WorkspaceKeys = field(repr=False)

    def upsert_page(
        self,
        account_id: int,
        customers: Sequence[PlatformCustomer],
        cursor: str,
        seen_at: datetime,
        redacted: Sequence[str] = (),
        stands: str | None = None,
    ) -> Stored | None:
        page = _newest(customers, frozenset(redacted))
        every = {ref: self._row(account_id, each, to_ms(seen_at)) for ref, each in page.items()}
        with self.db.write() as connection:
            entity = entity_of(connection, account_id)
            if stands is not None and cursor_of(connection, account_id, "customers") != stands:
                return None
            spared = erased_here(connection, self.keys.hashes, account_id, page)
            passed = [page.pop(ref) for ref in spared]
            known = known_of(connection, account_id, list(page))
            page = {ref: each for ref, each in page.items() if each.told is not Told.NUMBER or ref in known}
            rows = {ref: as_told(every[ref], each, known.get(ref)) for ref, each in page.items()}
            listed = [ref for ref, row in rows.items() if ref in known and row["updated_at"] >= known[ref].updated_at]
            listed_again(connection, self.keys.hashes, account_id, listed)
            self._write(connection, page, rows, known)
            heard = (*page.values(), *passed)
            link(connection, [pair for each in heard if (pair := self.keys.number_pair(each)) is not None])
            now = to_ms(seen_at)
            self._follow_numbers(connection, entity, account_id, rows, known, now)
            # of whom it passes over nothing is kept but why nobody may reach them, under their number as well
            passed_over = known_of(connection, account_id, list(spared))
            self._mark_numbers(connection, entity, account_id, every, passed_over, now)
            said = [each for each in customers if each.ref in page or each.ref in spared]
            self._mark(connection, entity, account_id, said, {**every, **rows}, seen_at)
            gone = erase(connection, self.keys.hashes, (account_id, entity), redacted, to_ms(seen_at))
            phone_keys = {ref: row["phone_key"] for ref, row in rows.items()}
            join_waiting(connection, account_id, phone_keys, accounts_of(connection, entity))
            put_cursor(connection, account_id, "customers", cursor)
        return Stored(len(page) - len(known), gone)

    def count(self, audience: Filter, entity_uscc: str, now: datetime) -> int:
        with self.db.read() as connection:
            shops = shops_of(connection, entity_uscc)
        return count_customers(self.db, shops, audience, now)

    def values(self, field: str, entity_uscc: str, limit: int) -> tuple[str, ...]:
        with self.db.read() as connection:
            return values_of(connection, field, shops_of(connection, entity_uscc), limit)

    def some(
        self, audience: Filter, entity_uscc: str, now: datetime, limit: int, name: str = ""
    ) -> tuple[Customer, ...]:
        table = schema.customer
        wanted = _CUSTOMER.order_by(table.c.id).limit(limit)
        if name:
            wanted = wanted.where(table.c.name.icontains(name, autoescape=True))
        with self.db.read() as connection:
            shops = shops_of(connection, entity_uscc)
            rows = connection.execute(wanted.where(of_accounts(shops), clause(audience, now))).all()
        return tuple(self._customer(row, phones=True) for row in rows)

    def total(self) -> int:
        with self.db.look() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(schema.customer)).scalar_one()

    def anybody(self) -> bool:
        with self.db.look() as connection:
            return connection.execute(sa.select(schema.customer.c.id).limit(1)).first() is not None

    def by_ids(self, ids: Sequence[int], *, phones: bool = True) -> dict[int, Customer]:
        table = schema.customer
        with self.db.look() as connection:
            rows = rows_among(connection, _CUSTOMER, table.c.id, ids)
            return {row[0]: self._customer(row, phones=phones) for row in rows}

    def ids_of_numbers(self, account_id: int, phone_keys: Sequence[bytes]) -> tuple[int, ...]:
        table = schema.customer
        with self.db.read() as connection:
            every = people_of(connection, phone_keys)
            rows = rows_among(connection, _OF_ACCOUNT, table.c.phone_key, every, account=account_id)
            return tuple(row[0] for row in rows)

    def ids_of_refs(self, account_id: int, refs: Sequence[str]) -> dict[str, int]:
        with self.db.read() as connection:
            return ids_of_refs(connection, account_id, refs)

    def _row(self, account_id: int, customer: PlatformCustomer, seen_at: int) -> dict[str, Any]:
        return {
            "account_id": account_id,
            "ref": customer.ref,
            "name": customer.name,
            "phone_key": self.keys.number_key(customer),
            "province": customer.province,
            "city": customer.city,
            "spend_cents": customer.spend_cents,
            "order_count": customer.order_count,
            "last_order_at": to_ms(customer.last_order_at),
            "tags": joined_tags(customer.tags),
            "updated_at": to_ms(customer.updated_at),
            "seen_at": seen_at,
        }

    def _write(
        self, connection: sa.Connection, page: Mapping[str, PlatformCustomer], rows: Rows, known: Mapping[str, Known]
    ) -> None:
        """A number that is known already is neither sealed nor indexed again, which is most of the work."""
        new: list[dict[str, Any]] = []
        again: list[dict[str, Any]] = []
        numbers: list[dict[str, Any]] = []
        for ref, row in rows.items():
            there, each = known.get(ref), page[ref]
            if there is None or there.sealed or each.platform_phone or there.phone_key != row["phone_key"]:
                written = {**row, **self.keys.sealed_numbers(each)}
                if there is not None and each.told is Told.NUMBER:
                    numbers.append({"which": there.id} | {f"new_{name}": written[name] for name in _PHONE})
                else:
                    new.append(written)
            elif each.told is Told.NUMBER:
                continue
            elif row["updated_at"] >= there.updated_at:
                again.append({"which": there.id} | {f"new_{name}": row[name] for name in _SYNCED})
        write_all(connection, _upsert(connection.dialect.name), new, apart=True)
        write_all(connection, _UPDATE, again, apart=True)
        write_all(connection, _PUT_NUMBER, numbers, apart=True)

    def _follow_numbers(
        self, connection: sa.Connection, entity: str, account_id: int, rows: Rows, known: Mapping[str, Known], at: int
    ) -> None:
        """Somebody who opted out stays so when the shop's record gets, changes or loses a number.

        What was said under the former number is theirs first, and then holds for the number that they have now.
        """
        changed: dict[bytes, list[str]] = {}
        for ref, there in known.items():
            row, former = rows[ref], there.phone_key
            if former is not None and former != row["phone_key"] and row["updated_at"] >= there.updated_at:
                changed.setdefault(former, []).append(ref)
        if changed:
            marks = [
                Suppression(
                    entity, self._ref_key(account_id, ref), mark.kind, mark.since, mark.source, mark.note, mark.by
                )
                for former, found in marks_of(connection, entity, changed).items()
                for mark in found
                for ref in changed[former]
            ]
            put_marks(connection, marks, at)
        self._mark_numbers(connection, entity, account_id, rows, known, at)

    def _mark_numbers(
        self, connection: sa.Connection, entity: str, account_id: int, rows: Rows, known: Mapping[str, Known], at: int
    ) -> None:
        """What was said under a ref holds for the number that is learnt later, in every shop of the entity."""
        learnt = {
            self._ref_key(account_id, ref): rows[ref]["phone_key"]
            for ref, there in known.items()
            if rows[ref]["phone_key"] not in (None, there.phone_key)
        }
        marks = [
            Suppression(entity, learnt[key], mark.kind, mark.since, mark.source, mark.note, mark.by)
            for key, found in marks_of(connection, entity, learnt).items()
            for mark in found
        ]
        put_marks(connection, marks, at)

    def _mark(
        self,
        connection: sa.Connection,
        entity: str,
        account_id: int,
        customers: Sequence[PlatformCustomer],
        rows: Rows,
        seen_at: datetime,
    ) -> None:
        kinds = {(each.ref, SuppressionKind.MINOR) for each in customers if each.minor}
        kinds |= {(each.ref, SuppressionKind.WITHDRAWN) for each in customers if each.withdrawn}
        marks = [
            Suppression(entity, key, kind, seen_at, "platform")
            for ref, kind in sorted(kinds)
            for key in (self._ref_key(account_id, ref), rows[ref]["phone_key"])
            if key
        ]
        if marks:
            put_marks(connection, marks, to_ms(seen_at))

    def _ref_key(self, account_id: int, ref: str) -> bytes:
        return self.keys.hashes.of_ref(CustomerRef(account_id, ref))

    def _customer(self, row: AnyRow, *, phones: bool) -> Customer:
        (each, account_id, ref, name, province, city, spend_cents, order_count, *rest) = tuple(row)
        last_order_at, tags, attributes, phone_sealed, phone_key, theirs = rest
        return Customer(
            each,
            account_id,
            ref,
            name,
            province,
            city,
            spend_cents,
            order_count,
            moment_or_none(last_order_at),
            split_tags(tags),
            {} if attributes == "{}" else json.loads(attributes),
            None if phone_sealed is None or not phones else self.keys.phones.open(phone_sealed),
            phone_key,
            None if theirs is None or not phones else self.keys.phones.open_platform(theirs),
        )


def _newest(customers: Sequence[PlatformCustomer], but: Collection[str]) -> dict[str, PlatformCustomer]:
    """By ref; whoever is to be erased is not written first."""
    page: dict[str, PlatformCustomer] = {}
    for each in customers:
        if each.ref not in but and (each.ref not in page or page[each.ref].updated_at <= each.updated_at):
            page[each.ref] = each
    return page


@lru_cache
def _upsert(dialect: str) -> UpdateBase:
    statement = insert(dialect, schema.customer)
    return statement.on_conflict_do_update(
        index_elements=["account_id", "ref"],
        set_={name: statement.excluded[name] for name in (*_SYNCED, *_PHONE)},
        where=statement.excluded.updated_at >= schema.customer.c.updated_at,
    )
