"""Consent facts: appended with their receipts, read as the latest per customer or as one customer's history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.sql.dml import UpdateBase

from campaign_app.domain.consent import ConsentFact, ConsentStatus, CustomerRef, Receipt, Suppression, SuppressionKind
from campaign_app.domain.ports import PhoneKeys
from campaign_app.storage import schema
from campaign_app.storage.accounts import entity_of, put_cursor
from campaign_app.storage.engine import Database
from campaign_app.storage.factrows import FACT, fact_of, fact_row, judged_at, source_key
from campaign_app.storage.lists import next_id, rows_among, write_all
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.suppressions import add_marks
from campaign_app.storage.times import moment_at, to_ms
from campaign_app.storage.upserts import insert, insert_or_ignore, plain_insert

_Known = dict[CustomerRef, tuple[int, bytes | None]]


@dataclass(frozen=True, slots=True)
class SqlFacts:
    """Implements `domain.ports.FactStore`. Of facts judged at the same moment a refusal is the latest."""

    db: Database
    hashes: PhoneKeys

    def append(self, facts: Sequence[ConsentFact], receipts: Sequence[Receipt]) -> None:
        with self.db.write() as connection:
            self._append(connection, facts, receipts)

    def append_changes(
        self, account_id: int, facts: Sequence[ConsentFact], receipts: Sequence[Receipt], cursor: str
    ) -> None:
        with self.db.write() as connection:
            self._append(connection, facts, receipts)
            put_cursor(connection, account_id, "changes", cursor)

    def latest(self, customer_ids: Sequence[int]) -> dict[int, tuple[int, ConsentFact]]:
        newest = schema.consent_latest
        wanted = FACT.join(newest, newest.c.fact_id == schema.consent_fact.c.id)
        with self.db.read() as connection:
            rows = rows_among(connection, wanted, newest.c.customer_id, customer_ids)
            return {row[1]: (row[0], fact_of(row)) for row in rows}

    def history(self, customer_id: int) -> tuple[tuple[int, ConsentFact], ...]:
        fact = schema.consent_fact
        wanted = FACT.where(fact.c.customer_id == customer_id).order_by(fact.c.id)
        with self.db.read() as connection:
            return tuple((row[0], fact_of(row)) for row in connection.execute(wanted))

    def receipt(self, fact_id: int) -> Receipt | None:
        """The signed page that proves a fact, where there is one."""
        table, source, fact = schema.consent_receipt, schema.consent_source, schema.consent_fact
        wanted = (
            sa.select(table)
            .join(source, source.c.receipt_row == table.c.id)
            .join(fact, fact.c.source_id == source.c.id)
            .where(fact.c.id == fact_id)
        )
        with self.db.read() as connection:
            row = connection.execute(wanted).first()
        return None if row is None else receipt_of(row)

    def _append(self, connection: sa.Connection, facts: Sequence[ConsentFact], receipts: Sequence[Receipt]) -> None:
        known = _customers(connection, facts)
        facts = [fact for fact in facts if fact.ref in known]
        if not facts:
            return
        receipt_rows = _put_receipts(connection, receipts)
        sources = _put_sources(connection, facts, receipt_rows)
        first = next_id(connection, schema.consent_fact)
        rows = [fact_row(fact_id, known[fact.ref][0], fact, sources) for fact_id, fact in enumerate(facts, first)]
        write_all(connection, plain_insert(schema.consent_fact), rows)
        _put_latest(connection, rows)
        self._mark_withdrawn(connection, facts, known)

    def _mark_withdrawn(self, connection: sa.Connection, facts: Iterable[ConsentFact], known: _Known) -> None:
        marks: list[Suppression] = []
        entities: dict[int, str] = {}
        for fact in facts:
            if fact.status is not ConsentStatus.WITHDRAWN and fact.withdrawn_at is None:
                continue
            account_id = fact.ref.account_id
            entity = entities.get(account_id) or entities.setdefault(account_id, entity_of(connection, account_id))
            since = fact.withdrawn_at or fact.checked_at or fact.observed_at
            keys = (self.hashes.of_ref(fact.ref), known[fact.ref][1])
            marks += [Suppression(entity, key, SuppressionKind.WITHDRAWN, since, "platform") for key in keys if key]
        if marks:
            add_marks(connection, marks)


def _customers(connection: sa.Connection, facts: Sequence[ConsentFact]) -> _Known:
    table = schema.customer
    by_account: dict[int, list[str]] = {}
    for fact in facts:
        by_account.setdefault(fact.ref.account_id, []).append(fact.ref.ref)
    known: _Known = {}
    for account_id, refs in by_account.items():
        wanted = sa.select(table.c.ref, table.c.id, table.c.phone_key).where(table.c.account_id == account_id)
        for ref, customer_id, phone_key in rows_among(connection, wanted, table.c.ref, refs):
            known[CustomerRef(account_id, ref)] = (customer_id, phone_key)
    return known


def _put_receipts(connection: sa.Connection, receipts: Sequence[Receipt]) -> dict[tuple[int, str], int]:
    """Row of each receipt, by account and receipt id."""
    table = schema.consent_receipt
    rows = [
        {
            "account_id": receipt.account_id,
            "receipt_id": receipt.receipt_id,
            "jws": receipt.jws,
            "leaf_hashes": receipt.leaf_hashes,
            "received_at": to_ms(receipt.received_at),
        }
        for receipt in receipts
    ]
    write_all(connection, insert_or_ignore(connection, table), rows)
    where: dict[tuple[int, str], int] = {}
    for receipt in receipts:
        same = (table.c.account_id == receipt.account_id, table.c.receipt_id == receipt.receipt_id)
        row = connection.execute(sa.select(table.c.id).where(*same, table.c.jws == receipt.jws)).scalar_one()
        where[receipt.account_id, receipt.receipt_id] = row
    return where


def _put_sources(
    connection: sa.Connection, facts: Iterable[ConsentFact], receipts: dict[tuple[int, str], int]
) -> dict[tuple[Any, ...], int]:
    """Row of each source, by `source_key`."""
    keys = dict.fromkeys(key for fact in facts if (key := source_key(fact)) is not None)
    first = next_id(connection, schema.consent_source)
    names = ("account_id", "issuer_uscc", "platform", "api_version", "simulated", "request_id", "receipt_id")
    rows = [
        dict(zip(names, key, strict=True)) | {"id": row_id, "receipt_row": receipts.get((key[0], key[-1]))}
        for row_id, key in enumerate(keys, first)
    ]
    write_all(connection, plain_insert(schema.consent_source), rows)
    return {key: row_id for row_id, key in enumerate(keys, first)}


_RANK: Final = ("judged_at", "refused", "fact_id")


def _put_latest(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> None:
    best: dict[int, dict[str, Any]] = {}
    for row in rows:
        candidate = {
            "customer_id": row["customer_id"],
            "judged_at": judged_at(row),
            "refused": int(row["status"] != "confirmed"),
            "fact_id": row["id"],
        }
        known = best.setdefault(row["customer_id"], candidate)
        if known is not candidate and [candidate[r] for r in _RANK] > [known[r] for r in _RANK]:
            best[row["customer_id"]] = candidate
    write_all(connection, _put_if_later(connection.dialect.name), list(best.values()))


@lru_cache
def _put_if_later(dialect: str) -> UpdateBase:
    table = schema.consent_latest
    statement = insert(dialect, table)
    new = sa.tuple_(*(statement.excluded[r] for r in _RANK))
    return statement.on_conflict_do_update(
        index_elements=["customer_id"],
        set_={r: statement.excluded[r] for r in _RANK},
        where=new > sa.tuple_(*(table.c[r] for r in _RANK)),
    )


def receipt_of(row: AnyRow) -> Receipt:
    return Receipt(row.receipt_id, row.account_id, row.jws, row.leaf_hashes, moment_at(row.received_at))
