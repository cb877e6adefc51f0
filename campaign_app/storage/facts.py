"""Consent facts: appended with their receipts, read as the latest per customer or as one customer's history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.sql.dml import UpdateBase

from campaign_app.domain.consent import ConsentFact, ConsentStatus, Receipt, Suppression, SuppressionKind
from campaign_app.domain.customer import Account
from campaign_app.domain.ports import PhoneKeys
from campaign_app.services.following import changes_read_name, changes_unseen_name
from campaign_app.storage import schema
from campaign_app.storage.accounts import (
    cursor_of,
    entity_of,
    forget_latest,
    put_cursor,
    put_settings,
    require_source,
)
from campaign_app.storage.engine import Database
from campaign_app.storage.erasure import erase
from campaign_app.storage.factrows import COLUMNS, FACT, SOURCE, fact_of, fact_values, source_key
from campaign_app.storage.fetching import fetch_value
from campaign_app.storage.lists import next_id, rows_among, write_all, write_tuples
from campaign_app.storage.roots import keep_facts
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.suppressions import put_marks
from campaign_app.storage.times import moment_at, to_ms
from campaign_app.storage.upserts import insert, plain_insert

_CUSTOMER: Final = sa.select(schema.customer.c.ref, schema.customer.c.id, schema.customer.c.phone_key).where(
    schema.customer.c.account_id == sa.bindparam("account")
)
_Customer = tuple[int, bytes | None]  # id and phone key
_LATEST: Final = ("customer_id", "fact_id", "judged_at", "refused")
_RANK: Final = ("judged_at", "refused", "fact_id")
# a latest fact that is by more than this of a time to come was dated by a clock that was wrong and gives way to what is
# read now; a refusal gives way to a consent only where no two hosts that read at once can be so far apart
AHEAD_MS: Final = 60_000
REFUSED_AHEAD_MS: Final = 3_600_000
_NEWEST: Final = FACT.join(schema.consent_latest, schema.consent_latest.c.fact_id == schema.consent_fact.c.id)
_NEWEST_SINCE: Final = _NEWEST.where(schema.consent_fact.c.checked_at >= sa.bindparam("since"))
_NEWEST_ID: Final = sa.select(schema.consent_latest.c.customer_id, schema.consent_latest.c.fact_id)
_cursor, _source, _receipt = schema.stream_cursor.c, schema.consent_source.c, schema.consent_receipt.c
_READ: Final = sa.select(
    sa.or_(
        sa.exists().where(_cursor.account_id == sa.bindparam("account"), _cursor.stream == "changes"),
        sa.exists().where(_source.account_id == sa.bindparam("account")),
    )
)
_RECEIPT: Final = sa.select(_receipt.id).where(
    _receipt.account_id == sa.bindparam("account"),
    _receipt.receipt_id == sa.bindparam("receipt"),
    _receipt.jws == sa.bindparam("jws"),
)
_Told = tuple[int, ConsentFact]  # a fact's id and the fact


@dataclass(frozen=True, slots=True)
class SqlFacts:
    """Implements `domain.ports_people.FactStore`. Of facts judged at the same moment a refusal is the latest."""

    db: Database
    hashes: PhoneKeys

    def append(
        self, facts: Sequence[ConsentFact], receipts: Sequence[Receipt], *, asked: Account | None = None
    ) -> dict[int, _Told]:
        with self.db.write() as connection:
            if asked is not None:
                require_source(connection, asked)
            return _latest_among(connection, self._append(connection, facts, receipts))

    def append_changes(
        self,
        asked: Account,
        facts: Sequence[ConsentFact],
        receipts: Sequence[Receipt],
        stands: str,
        cursor: str,
        *,
        read_at: datetime | None = None,
        unseen_at: datetime | None = None,
    ) -> bool:
        with self.db.write() as connection:
            require_source(connection, asked)
            if cursor_of(connection, asked.id, "changes") != stands:
                return False
            self._append(connection, facts, receipts)
            put_cursor(connection, asked.id, "changes", cursor)
            if read_at is not None:
                put_settings(connection, {changes_read_name(asked.id): read_at.isoformat()})
            if unseen_at is not None:
                put_settings(connection, {changes_unseen_name(asked.id): unseen_at.isoformat()})
            return True

    def begin_anew(self, asked: Account, stands: str, cursor: str) -> None:
        with self.db.write() as connection:
            require_source(connection, asked)
            if cursor_of(connection, asked.id, "changes") == stands:
                put_cursor(connection, asked.id, "changes", cursor)
                forget_latest(connection, asked.id)

    def latest(self, customer_ids: Sequence[int], *, checked_since: datetime | None = None) -> dict[int, _Told]:
        wanted, given = (_NEWEST, {}) if checked_since is None else (_NEWEST_SINCE, {"since": to_ms(checked_since)})
        with self.db.look() as connection:
            rows = rows_among(connection, wanted, schema.consent_latest.c.customer_id, customer_ids, **given)
            return {row[1]: (row[0], fact_of(row)) for row in rows}

    def confirmed(self, by: Mapping[int, int]) -> frozenset[int]:
        with self.db.look() as connection:
            rows = rows_among(connection, _NEWEST_ID, schema.consent_latest.c.customer_id, by)
            newest: dict[int, int] = dict(rows)
        newer = {customer_id: fact_id for customer_id, fact_id in newest.items() if fact_id != by[customer_id]}
        if not newer:
            return frozenset(newest)
        told = self.facts([*newer.values(), *(by[customer_id] for customer_id in newer)])
        changed = {each for each, fact_id in newer.items() if told[fact_id].says != told[by[each]].says}
        return frozenset(newest.keys() - changed)

    def history(self, customer_id: int) -> tuple[tuple[int, ConsentFact], ...]:
        fact = schema.consent_fact
        wanted = FACT.where(fact.c.customer_id == customer_id).order_by(fact.c.id)
        with self.db.look() as connection:
            return tuple((row[0], fact_of(row)) for row in connection.execute(wanted))

    def begin_changes(self, asked: Account, cursor: str) -> None:
        with self.db.write() as connection:
            require_source(connection, asked)
            if _unread(connection, asked.id):
                put_cursor(connection, asked.id, "changes", cursor)

    def unread(self, account_id: int) -> bool:
        with self.db.read() as connection:
            return _unread(connection, account_id)

    def facts(self, fact_ids: Sequence[int]) -> dict[int, ConsentFact]:
        with self.db.look() as connection:
            rows = rows_among(connection, FACT, schema.consent_fact.c.id, fact_ids)
            return {row[0]: fact_of(row) for row in rows}

    def receipt(self, fact_id: int) -> Receipt | None:
        """The signed page that proves a fact, where there is one."""
        table, source, fact = schema.consent_receipt, schema.consent_source, schema.consent_fact
        wanted = (
            sa.select(table)
            .join(source, source.c.receipt_row == table.c.id)
            .join(fact, fact.c.source_id == source.c.id)
            .where(fact.c.id == fact_id)
        )
        with self.db.look() as connection:
            row = connection.execute(wanted).first()
        return None if row is None else receipt_of(row)

    def _append(
        self, connection: sa.Connection, facts: Sequence[ConsentFact], receipts: Sequence[Receipt]
    ) -> dict[int, dict[int, ConsentFact]]:
        """Customer → fact id → fact, of those that are known."""
        known = _customers(connection, facts)
        told = [
            (known[fact.ref.account_id][fact.ref.ref], fact)
            for fact in facts
            if fact.ref.ref in known[fact.ref.account_id]
        ]
        if not told:
            return {}
        where = _put_receipts(connection, receipts)
        sources, pages = _put_sources(connection, (fact for _, fact in told), where)
        rows: list[tuple[Any, ...]] = []
        latest: dict[int, tuple[int, int, int]] = {}
        written: dict[int, dict[int, ConsentFact]] = {}
        for fact_id, ((customer_id, _), fact) in enumerate(told, next_id(connection, schema.consent_fact)):
            rows.append(fact_values(fact_id, customer_id, fact, sources.get(source_key(fact))))
            refused = int(fact.status is not ConsentStatus.CONFIRMED)
            written.setdefault(customer_id, {})[fact_id] = fact
            rank = (to_ms(fact.checked_at or fact.observed_at), refused, fact_id)
            latest[customer_id] = max(latest.get(customer_id, rank), rank)
        write_tuples(connection, plain_insert(schema.consent_fact), COLUMNS, rows)
        newest = [(customer_id, fact_id, at, refused) for customer_id, (at, refused, fact_id) in latest.items()]
        write_tuples(connection, _put_if_later(connection.dialect.name), _LATEST, newest)
        of_whom = [(*row, fact.ref.account_id, fact.ref.ref) for row, (_, fact) in zip(rows, told, strict=True)]
        at = max(to_ms(fact.observed_at) for _, fact in told)
        keep_facts(connection, of_whom, pages, len(receipts), at)
        self._mark_withdrawn(connection, told, at)
        self._erase(connection, [fact for _, fact in told if fact.redacted])
        return written

    def _erase(self, connection: sa.Connection, facts: Sequence[ConsentFact]) -> None:
        for fact in facts:
            account = fact.ref.account_id, entity_of(connection, fact.ref.account_id)
            erase(connection, self.hashes, account, [fact.ref.ref], to_ms(fact.observed_at))

    def _mark_withdrawn(
        self, connection: sa.Connection, told: Sequence[tuple[_Customer, ConsentFact]], at: int
    ) -> None:
        withdrawn = [
            (phone_key, fact)
            for (_, phone_key), fact in told
            if fact.status is ConsentStatus.WITHDRAWN or fact.withdrawn_at is not None
        ]
        accounts = {fact.ref.account_id for _, fact in withdrawn}
        entities = {account_id: entity_of(connection, account_id) for account_id in accounts}
        marks = [
            Suppression(
                entities[fact.ref.account_id],
                key,
                SuppressionKind.WITHDRAWN,
                fact.withdrawn_at or fact.checked_at or fact.observed_at,
                "platform",
            )
            for phone_key, fact in withdrawn
            for key in (self.hashes.of_ref(fact.ref), phone_key)
            if key is not None
        ]
        if marks:
            put_marks(connection, marks, at)


def _unread(connection: sa.Connection, account_id: int) -> bool:
    """A fact without a source proves nothing and is read again before anything rests on it."""
    return not fetch_value(connection, _READ, account=account_id)


def _latest_among(connection: sa.Connection, written: Mapping[int, Mapping[int, ConsentFact]]) -> dict[int, _Told]:
    """The latest facts of customers, of whom these were just written: only what is older than them is read."""
    newest = rows_among(connection, _NEWEST_ID, schema.consent_latest.c.customer_id, written)
    found: dict[int, _Told] = {}
    older: list[int] = []
    for customer_id, fact_id in newest:
        fact = written[customer_id].get(fact_id)
        if fact is None:
            older.append(fact_id)
        else:
            found[customer_id] = fact_id, fact
    found.update(
        (row[1], (row[0], fact_of(row))) for row in rows_among(connection, FACT, schema.consent_fact.c.id, older)
    )
    return found


def _customers(connection: sa.Connection, facts: Sequence[ConsentFact]) -> dict[int, dict[str, _Customer]]:
    """Account → ref → customer, of those that are known."""
    table = schema.customer
    refs: dict[int, list[str]] = {}
    for fact in facts:
        refs.setdefault(fact.ref.account_id, []).append(fact.ref.ref)
    known: dict[int, dict[str, _Customer]] = {}
    for account_id, asked in refs.items():
        found = rows_among(connection, _CUSTOMER, table.c.ref, asked, account=account_id)
        known[account_id] = {ref: (customer_id, phone_key) for ref, customer_id, phone_key in found}
    return known


def _put_receipts(connection: sa.Connection, receipts: Sequence[Receipt]) -> dict[tuple[int, str], int]:
    """Row of each receipt, by account and receipt id."""
    pages = {(receipt.account_id, receipt.receipt_id, receipt.jws): receipt for receipt in receipts}
    where = {page: fetch_value(connection, _RECEIPT, account=page[0], receipt=page[1], jws=page[2]) for page in pages}
    new = [page for page, row_id in where.items() if row_id is None]
    first = next_id(connection, schema.consent_receipt) if new else 0
    where.update((page, row_id) for row_id, page in enumerate(new, first))
    rows = [
        {
            "id": where[page],
            "account_id": page[0],
            "receipt_id": page[1],
            "jws": page[2],
            "leaf_hashes": pages[page].leaf_hashes,
            "received_at": to_ms(pages[page].received_at),
        }
        for page in new
    ]
    write_all(connection, plain_insert(schema.consent_receipt), rows)
    return {(account_id, receipt_id): row_id for (account_id, receipt_id, _), row_id in where.items()}


def _put_sources(
    connection: sa.Connection, facts: Iterable[ConsentFact], receipts: dict[tuple[int, str], int]
) -> tuple[dict[tuple[Any, ...] | None, int], list[tuple[Any, ...]]]:
    """Row of each source, by `source_key`; and the rows, in the order of `roots.SOURCE`."""
    keys = dict.fromkeys(key for fact in facts if (key := source_key(fact)) is not None)
    first = next_id(connection, schema.consent_source)
    rows = []
    for row_id, key in enumerate(keys, first):
        row = dict(zip(SOURCE, key, strict=True))
        rows.append({**row, "id": row_id, "receipt_row": receipts.get((row["account_id"], row["receipt_id"]))})
    write_all(connection, plain_insert(schema.consent_source), rows)
    pages = [(row["id"], *(row[name] for name in SOURCE), row["receipt_row"]) for row in rows]
    return {key: row_id for row_id, key in enumerate(keys, first)}, pages


@lru_cache
def _put_if_later(dialect: str) -> UpdateBase:
    table = schema.consent_latest
    statement = insert(dialect, table)
    new = sa.tuple_(*(statement.excluded[r] for r in _RANK))
    softer = table.c.refused > statement.excluded.refused
    fact = schema.consent_fact.c
    of_it = fact.id == sa.literal_column("excluded.fact_id")
    read_at = sa.select(fact.observed_at).where(of_it).scalar_subquery()
    undated = sa.select(fact.checked_at).where(of_it).scalar_subquery().is_(None)
    ahead = sa.case(
        (softer, sa.literal_column(str(REFUSED_AHEAD_MS))),
        # whoever nobody could tell anything of is asked again, and never reached by a consent of a clock that is ahead
        (sa.and_(undated, table.c.refused == 0), sa.literal_column("0")),
        else_=sa.literal_column(str(AHEAD_MS)),
    )
    return statement.on_conflict_do_update(
        index_elements=["customer_id"],
        set_={r: statement.excluded[r] for r in _RANK},
        where=sa.or_(new > sa.tuple_(*(table.c[r] for r in _RANK)), table.c.judged_at > read_at + ahead),
    )


def receipt_of(row: AnyRow) -> Receipt:
    return Receipt(row.receipt_id, row.account_id, row.jws, row.leaf_hashes, moment_at(row.received_at))
