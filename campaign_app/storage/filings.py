"""Signatures: what accounts reported of them, now and before, and what the merchant keeps of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import sqlalchemy as sa

from campaign_app import settings
from campaign_app.domain.errors import NotAllowed
from campaign_app.domain.filing import Holder, OwnFiling, Register, Way, port_of
from campaign_app.domain.signature import Signature, SignatureRecord, SignatureReport
from campaign_app.storage import schema
from campaign_app.storage import schema_sending as campaigns
from campaign_app.storage.engine import Database
from campaign_app.storage.lists import write_all
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema_signatures import signature_own, signature_port, signature_read
from campaign_app.storage.times import moment_at, to_ms
from campaign_app.storage.upserts import insert_or_update, plain_insert

_REPORT, _RECORD = schema.signature_report, schema.signature_record
_AGE: Final = "max_signature_age_hours"


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

    def register(self, entity_uscc: str) -> Register:
        with self.db.read() as connection:
            return register_of(connection, entity_uscc)

    def put_own(self, own: OwnFiling) -> None:
        values = {
            "entity_uscc": own.entity_uscc,
            "text": own.text,
            "scopes": json.dumps(own.scopes),
            "carriers": json.dumps(own.carriers),
            "valid_until": None if own.valid_until is None else own.valid_until.isoformat(),
            "stated_at": to_ms(own.stated_at),
            "stated_by": own.stated_by,
        }
        with self.db.write() as connection:
            write_all(connection, insert_or_update(connection, signature_own, "entity_uscc", "text"), [values])

    def take_back_own(self, entity_uscc: str, text: str) -> None:
        mine = (signature_own.c.entity_uscc == entity_uscc, signature_own.c.text == text)
        with self.db.write() as connection:
            connection.execute(sa.delete(signature_own).where(*mine))

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
            "owner_confirmed": int(record.owner_confirmed),
        }
        with self.db.write() as connection:
            other = sa.select(_RECORD.c.text).where(_RECORD.c.port == record.port, _RECORD.c.port != "", ~_same(record))
            if (text := connection.execute(other).scalar()) is not None:
                raise NotAllowed("port_taken", "One port carries one signature", port=record.port, text=text)
            write_all(connection, insert_or_update(connection, _RECORD, "entity_uscc", "text"), [values])


def _same(record: SignatureRecord) -> sa.ColumnElement[bool]:
    return sa.and_(_RECORD.c.entity_uscc == record.entity_uscc, _RECORD.c.text == record.text)


def register_of(connection: sa.Connection, entity_uscc: str) -> Register:
    """What its connected accounts tell now, and what the merchant keeps and states beside."""
    table, account = schema.signature, schema.account
    wanted = (
        sa.select(table)
        .join(account, account.c.id == table.c.account_id)
        .where(account.c.entity_uscc == entity_uscc, account.c.state == "connected")
        .order_by(table.c.seen_at.desc(), table.c.account_id)
    )
    reports = tuple(
        SignatureReport(r.account_id, signature_in(r), moment_at(r.seen_at)) for r in connection.execute(wanted)
    )
    records = connection.execute(sa.select(_RECORD).where(_RECORD.c.entity_uscc == entity_uscc))
    own = connection.execute(sa.select(signature_own).where(signature_own.c.entity_uscc == entity_uscc))
    ways = _ways(connection, entity_uscc)
    name = connection.execute(sa.select(schema.entity.c.name).where(schema.entity.c.uscc == entity_uscc)).scalar()
    return Register(
        entity_uscc,
        name or "",
        _max_age(connection),
        reports,
        ways,
        {row.text: _record(row) for row in records},
        {row.text: _own(row) for row in own},
        {way.port: holder for way in ways if (holder := holder_of(connection, way.port)) is not None},
    )


def _max_age(connection: sa.Connection) -> timedelta:
    stored = connection.execute(sa.select(schema.setting.c.value).where(schema.setting.c.name == _AGE)).scalar()
    hours = settings.Settings().max_signature_age_hours if stored is None else settings.parse(_AGE, json.loads(stored))
    assert isinstance(hours, int)
    return timedelta(hours=hours)


def _ways(connection: sa.Connection, entity_uscc: str) -> tuple[Way, ...]:
    """Of its connected accounts; of those that only serve another one, none while there is another one."""
    account, sender, more = schema.account, schema.account_sender, schema.account_connection
    carried = more.alias("carried")
    carrier = sa.func.coalesce(sender.c.sender_account_id, more.c.consent_account_id, account.c.id)
    wanted = (
        sa.select(account.c.id, carrier.label("carrier"), more.c.consent_account_id, signature_read, carried.c.options)
        .outerjoin(sender, sender.c.account_id == account.c.id)
        .outerjoin(more, more.c.account_id == account.c.id)
        .outerjoin(carried, carried.c.account_id == carrier)
        .outerjoin(signature_read, signature_read.c.account_id == carrier)
        .where(account.c.entity_uscc == entity_uscc, account.c.state == "connected")
        .order_by(account.c.id)
    )
    ways = [_way(row) for row in connection.execute(wanted)]
    serving = {served for way in ways for served in (way.carrier, way.source) if served != way.shop}
    return tuple(way for way in ways if way.shop not in serving) or tuple(ways)


def _way(row: AnyRow) -> Way:
    # of an account that was never asked nobody knows that it cannot tell
    tells, read_at = row.tells != 0, None if row.read_at is None else moment_at(row.read_at)
    port = port_of(json.loads(row.options or "{}"))
    return Way(row.id, row.carrier, row.consent_account_id, tells, port, read_at)


def holder_of(connection: sa.Connection, port: str) -> Holder | None:
    """Whose port it is: the signature that it is registered for, else the first that left over it."""
    if not port:
        return None
    for table in (_RECORD, signature_port):
        row = connection.execute(sa.select(table.c.entity_uscc, table.c.text).where(table.c.port == port)).first()
        if row is not None:
            return row.entity_uscc, row.text
    return None


def hold_port(connection: sa.Connection, campaign_id: int, account_id: int, at: int) -> None:
    """The port that carries the account's messages becomes the signature's of this campaign.

    Raises NotAllowed("port_taken") where it is another one's.
    """
    campaign, sender, more = campaigns.campaign, schema.account_sender, schema.account_connection
    carrier = sa.select(sender.c.sender_account_id).where(sender.c.account_id == account_id).scalar_subquery()
    options = sa.select(more.c.options).where(more.c.account_id == sa.func.coalesce(carrier, account_id))
    port = port_of(json.loads(connection.execute(options).scalar() or "{}"))
    if not port:
        return
    wanted = sa.select(campaign.c.entity_uscc, campaign.c.signature).where(campaign.c.id == campaign_id)
    mine = tuple(connection.execute(wanted).one())
    holder = holder_of(connection, port)
    if holder is None:
        row = {"port": port, "entity_uscc": mine[0], "text": mine[1], "since": at}
        write_all(connection, plain_insert(signature_port), [row])
    elif holder != mine:
        raise NotAllowed("port_taken", "One port carries one signature", port=port, text=holder[1])


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


def signature_in(row: AnyRow) -> Signature:
    return Signature(
        text=row.text,
        owner_uscc=row.owner_uscc,
        source=row.source,
        status=row.status,
        carrier_filed=None if row.carrier_filed is None else bool(row.carrier_filed),
        scopes=tuple(json.loads(row.scopes)),
        valid_until=_day(row.valid_until),
        carriers=tuple(json.loads(row.carriers).items()),
        port=row.port,
        owner_name=row.owner_name,
        owner_open=bool(row.owner_open),
    )


def _report(row: AnyRow) -> SignatureReport:
    return SignatureReport(row.account_id, signature_in(row), moment_at(row.seen_at), bool(row.gone))


def _record(row: AnyRow) -> SignatureRecord:
    return SignatureRecord(
        row.entity_uscc, row.text, row.port, row.letter_from, _day(row.letter_until), row.note, _words(row.scopes),
        bool(row.owner_confirmed),
    )  # fmt: skip


def _own(row: AnyRow) -> OwnFiling:
    return OwnFiling(
        row.entity_uscc, row.text, _words(row.scopes), _words(row.carriers), moment_at(row.stated_at), row.stated_by,
        _day(row.valid_until),
    )  # fmt: skip


def _words(written: str) -> tuple[str, ...]:
    return tuple(json.loads(written))


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)
