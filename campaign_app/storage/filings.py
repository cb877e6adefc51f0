"""Signatures: what accounts reported of them, now and before, and what the merchant keeps of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from campaign_app.domain.campaign import Noted
from campaign_app.domain.errors import NotAllowed
from campaign_app.domain.filing import Check, OwnFiling, Register, accepts
from campaign_app.domain.signature import Signature, SignatureRecord, SignatureReport
from campaign_app.storage import schema
from campaign_app.storage.audit import acting, append_noted
from campaign_app.storage.engine import Database
from campaign_app.storage.lists import write_all
from campaign_app.storage.registers import register_of, signature_in
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema_signatures import signature_own, signature_read
from campaign_app.storage.times import moment_at, to_ms
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
        with self.db.look() as connection:
            return tuple(map(_report, connection.execute(wanted)))

    def register(self, entity_uscc: str) -> Register:
        with self.db.read() as connection:
            return register_of(connection, entity_uscc)

    def put_own(
        self, own: OwnFiling, check: Check, noted: Noted, recorded: tuple[SignatureRecord, Noted] | None = None
    ) -> None:
        values = {
            "entity_uscc": own.entity_uscc,
            "text": own.text,
            "scopes": json.dumps(own.scopes),
            "carriers": json.dumps(own.carriers),
            "valid_until": None if own.valid_until is None else own.valid_until.isoformat(),
            "stated_at": to_ms(own.stated_at),
        }
        with self.db.write() as connection:
            check(register_of(connection, own.entity_uscc))
            if recorded is not None:
                _put_record(connection, *recorded)
            row = values | {"stated_by": acting(connection, own.stated_by)}
            write_all(connection, insert_or_update(connection, signature_own, "entity_uscc", "text"), [row])
            append_noted(connection, noted)

    def take_back_own(self, entity_uscc: str, text: str, noted: Noted) -> None:
        mine = (signature_own.c.entity_uscc == entity_uscc, signature_own.c.text == text)
        with self.db.write() as connection:
            connection.execute(sa.delete(signature_own).where(*mine))
            append_noted(connection, noted)

    def put_record(self, record: SignatureRecord, check: Check = accepts, noted: Noted | None = None) -> None:
        with self.db.write() as connection:
            check(register_of(connection, record.entity_uscc))
            _put_record(connection, record, noted)


def _put_record(connection: sa.Connection, record: SignatureRecord, noted: Noted | None) -> None:
    other = sa.select(_RECORD.c.text).where(_RECORD.c.port == record.port, _RECORD.c.port != "", ~_same(record))
    if (text := connection.execute(other).scalar()) is not None:
        raise NotAllowed("port_taken", "One port carries one signature", port=record.port, text=text)
    values = {
        "entity_uscc": record.entity_uscc,
        "text": record.text,
        "port": record.port,
        "letter_from": record.letter_from,
        "letter_until": None if record.letter_until is None else record.letter_until.isoformat(),
        "note": record.note,
        "scopes": json.dumps(record.scopes),
        "owner_confirmed": int(record.owner_confirmed),
    }
    write_all(connection, insert_or_update(connection, _RECORD, "entity_uscc", "text"), [values])
    append_noted(connection, noted)


def _same(record: SignatureRecord) -> sa.ColumnElement[bool]:
    return sa.and_(_RECORD.c.entity_uscc == record.entity_uscc, _RECORD.c.text == record.text)


def note_read(connection: sa.Connection, account_id: int, read_at: int, *, tells: bool) -> None:
    row = {"account_id": account_id, "read_at": read_at, "tells": int(tells)}
    write_all(connection, insert_or_update(connection, signature_read, "account_id"), [row])


def append_reports(connection: sa.Connection, account_id: int, rows: Iterable[dict[str, Any]], seen_at: int) -> None:
    """Those that say something new, and the end of those that are no longer reported."""
    last = _last_of(connection, account_id)
    now = {row["text"]: {name: row[name] for name in _TOLD} for row in rows}
    changed = [told | {"gone": 0} for text, told in now.items() if last.get(text) != told | {"gone": 0}]
    gone = [told | {"gone": 1} for text, told in last.items() if text not in now and not told["gone"]]
    when = {"account_id": account_id, "seen_at": seen_at}
    write_all(connection, plain_insert(_REPORT), [told | when for told in (*changed, *gone)])


_TOLD: Sequence[str] = (
    "text",
    "owner_uscc",
    "source",
    "status",
    "carrier_filed",
    "scopes",
    "valid_until",
    "port",
    "carriers",
    "owner_name",
    "owner_open",
)


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
        "port": signature.port,
        "carriers": json.dumps(dict(signature.carriers)),
        "owner_name": signature.owner_name,
        "owner_open": int(signature.owner_open),
    }


def _report(row: AnyRow) -> SignatureReport:
    return SignatureReport(row.account_id, signature_in(row), moment_at(row.seen_at), bool(row.gone))
