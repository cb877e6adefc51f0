"""Signatures: what accounts reported of them, now and before, and what the merchant keeps of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from campaign_app.domain.errors import NotAllowed
from campaign_app.domain.signature import Signature, SignatureRecord, SignatureReport, filed_for, filing_told
from campaign_app.storage import schema
from campaign_app.storage.engine import Database
from campaign_app.storage.lists import write_all
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.times import moment_at
from campaign_app.storage.upserts import insert_or_update, plain_insert

_REPORT, _RECORD = schema.signature_report, schema.signature_record


@dataclass(frozen=True, slots=True)
class SqlFilings:
    """Implements `services.filings.FilingStore`."""

    db: Database

    def reports(self, entity_uscc: str) -> tuple[SignatureReport, ...]:
        """Everything that accounts of this entity ever reported, the newest first."""
        table, account = _REPORT, schema.account
        wanted = (
            sa.select(table)
            .join(account, account.c.id == table.c.account_id)
            .where(account.c.entity_uscc == entity_uscc)
            .order_by(table.c.id.desc())
        )
        with self.db.read() as connection:
            return tuple(map(_report, connection.execute(wanted)))

    def records(self) -> tuple[SignatureRecord, ...]:
        with self.db.read() as connection:
            return tuple(map(_record, connection.execute(sa.select(_RECORD))))

    def put_record(self, record: SignatureRecord) -> None:
        """Raises NotAllowed("port_taken") if the port carries another signature, with its text."""
        values = {
            "entity_uscc": record.entity_uscc,
            "text": record.text,
            "port": record.port,
            "letter_from": record.letter_from,
            "letter_until": None if record.letter_until is None else record.letter_until.isoformat(),
            "note": record.note,
            "scopes": json.dumps(record.scopes),
        }
        with self.db.write() as connection:
            other = sa.select(_RECORD.c.text).where(_RECORD.c.port == record.port, _RECORD.c.port != "", ~_same(record))
            if (text := connection.execute(other).scalar()) is not None:
                raise NotAllowed("port_taken", "One port carries one signature", port=record.port, text=text)
            write_all(connection, insert_or_update(connection, _RECORD, "entity_uscc", "text"), [values])


def _same(record: SignatureRecord) -> sa.ColumnElement[bool]:
    return sa.and_(_RECORD.c.entity_uscc == record.entity_uscc, _RECORD.c.text == record.text)


def newest_signatures(connection: sa.Connection, entity_uscc: str, text: str | None = None) -> dict[str, Signature]:
    """As accounts of this entity last reported them, by text. None holds longer than the letter that allows it.

    What one may carry is the merchant's own filing where the account does not tell.
    """
    table, account = schema.signature, schema.account
    record = sa.and_(_RECORD.c.entity_uscc == account.c.entity_uscc, _RECORD.c.text == table.c.text)
    wanted = (
        sa.select(table, _RECORD.c.letter_until, _RECORD.c.scopes.label("own"))
        .join(account, account.c.id == table.c.account_id)
        .outerjoin(_RECORD, record)
        .where(account.c.entity_uscc == entity_uscc, *([] if text is None else [table.c.text == text]))
        .order_by(table.c.seen_at, table.c.account_id.desc())
    )
    rows = connection.execute(wanted).all()
    told: dict[str, list[Signature]] = {}  # the newest first
    for row in rows:
        told.setdefault(row.text, []).insert(0, signature_in(row))
    found: dict[str, Signature] = {}
    for row in rows:
        every = told[row.text]
        filed = filed_for(filing_told(every[0], every), _scopes(row.own), {s for one in every for s in one.scopes})
        found[row.text] = _under_letter(filed, _day(row.letter_until))
    return found


def _under_letter(signature: Signature, letter_until: date | None) -> Signature:
    ends = [day for day in (signature.valid_until, letter_until) if day is not None]
    return replace(signature, valid_until=min(ends, default=None))


def append_reports(connection: sa.Connection, account_id: int, rows: Iterable[dict[str, Any]], seen_at: int) -> None:
    """Those that say something new, and the end of those that are no longer reported."""
    last = _last_of(connection, account_id)
    now = {row["text"]: {name: row[name] for name in _TOLD} for row in rows}
    changed = [told | {"gone": 0} for text, told in now.items() if last.get(text) != told | {"gone": 0}]
    gone = [told | {"gone": 1} for text, told in last.items() if text not in now and not told["gone"]]
    when = {"account_id": account_id, "seen_at": seen_at}
    write_all(connection, plain_insert(_REPORT), [told | when for told in (*changed, *gone)])


_TOLD: Sequence[str] = ("text", "owner_uscc", "source", "status", "carrier_filed", "scopes", "valid_until")


def _last_of(connection: sa.Connection, account_id: int) -> dict[str, dict[str, Any]]:
    newest = sa.select(sa.func.max(_REPORT.c.id)).where(_REPORT.c.account_id == account_id).group_by(_REPORT.c.text)
    found = connection.execute(sa.select(_REPORT).where(_REPORT.c.id.in_(newest)))
    return {row.text: {name: getattr(row, name) for name in (*_TOLD, "gone")} for row in found}


def signature_row(account_id: int, signature: Signature, seen_at: int) -> dict[str, Any]:
    return {
        "account_id": account_id,
        "text": signature.text,
        "owner_uscc": signature.owner_uscc,
        "source": signature.source,
        "status": signature.status,
        "carrier_filed": None if signature.carrier_filed is None else int(signature.carrier_filed),
        "scopes": json.dumps(signature.scopes, ensure_ascii=False),
        "valid_until": None if signature.valid_until is None else signature.valid_until.isoformat(),
        "seen_at": seen_at,
    }


def signature_in(row: AnyRow) -> Signature:
    return Signature(
        text=row.text,
        owner_uscc=row.owner_uscc,
        source=row.source,
        status=row.status,
        carrier_filed=None if row.carrier_filed is None else bool(row.carrier_filed),
        scopes=tuple(json.loads(row.scopes)),
        valid_until=_day(row.valid_until),
    )


def _report(row: AnyRow) -> SignatureReport:
    return SignatureReport(row.account_id, signature_in(row), moment_at(row.seen_at), bool(row.gone))


def _record(row: AnyRow) -> SignatureRecord:
    return SignatureRecord(
        row.entity_uscc, row.text, row.port, row.letter_from, _day(row.letter_until), row.note, _scopes(row.scopes)
    )


def _scopes(written: str | None) -> tuple[str, ...]:
    return () if written is None else tuple(json.loads(written))


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)
