"""What holds of an entity's signatures now, as every batch asks it, and whose a port is."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any, Final

import sqlalchemy as sa

from campaign_app import settings
from campaign_app.domain.errors import NotAllowed
from campaign_app.domain.filing import Holder, OwnFiling, Register, Way, port_of
from campaign_app.domain.signature import Signature, SignatureRecord, SignatureReport
from campaign_app.storage import schema
from campaign_app.storage.fetching import fetch, fetch_first, fetch_value
from campaign_app.storage.lists import write_all
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema_sending import campaign
from campaign_app.storage.schema_signatures import signature_own, signature_port, signature_read
from campaign_app.storage.times import moment_at
from campaign_app.storage.upserts import plain_insert

_AGE: Final = "max_signature_age_hours"
_account, _record = schema.account, schema.signature_record
_sender, _more = schema.account_sender, schema.account_connection
_carried: Final = _more.alias("carried")
_which: Final[sa.BindParameter[Any]] = sa.bindparam("which")
_CONNECTED: Final = (_account.c.entity_uscc == _which, _account.c.state == "connected")
# what every batch asks, made once
_REPORTS: Final = (
    sa.select(schema.signature)
    .join(_account, _account.c.id == schema.signature.c.account_id)
    .where(*_CONNECTED)
    .order_by(schema.signature.c.seen_at.desc(), schema.signature.c.account_id)
)
_carrier: Final = sa.func.coalesce(_sender.c.sender_account_id, _more.c.consent_account_id, _account.c.id)
_WAYS: Final = (
    sa.select(
        _account.c.id, _carrier.label("carrier"), _more.c.consent_account_id, signature_read, _carried.c.options
    )
    .outerjoin(_sender, _sender.c.account_id == _account.c.id)
    .outerjoin(_more, _more.c.account_id == _account.c.id)
    .outerjoin(_carried, _carried.c.account_id == _carrier)
    .outerjoin(signature_read, signature_read.c.account_id == _carrier)
    .where(*_CONNECTED)
    .order_by(_account.c.id)
)  # fmt: skip
_RECORDS: Final = sa.select(_record).where(_record.c.entity_uscc == _which)
_OWN: Final = sa.select(signature_own).where(signature_own.c.entity_uscc == _which)
_NAME: Final = sa.select(schema.entity.c.name).where(schema.entity.c.uscc == _which)
_MAX_AGE: Final = sa.select(schema.setting.c.value).where(schema.setting.c.name == _AGE)
_HOLDERS: Final = tuple(
    sa.select(table.c.entity_uscc, table.c.text).where(table.c.port == _which) for table in (_record, signature_port)
)
_sent_by: Final = sa.select(_sender.c.sender_account_id).where(_sender.c.account_id == _which).scalar_subquery()
_OPTIONS: Final = sa.select(_more.c.options).where(_more.c.account_id == sa.func.coalesce(_sent_by, _which))
_SIGNED: Final = sa.select(campaign.c.entity_uscc, campaign.c.signature).where(campaign.c.id == _which)


def register_of(connection: sa.Connection, entity_uscc: str) -> Register:
    """What its connected accounts tell now, and what the merchant keeps and states beside."""
    reports = [
        SignatureReport(row.account_id, signature_in(row), moment_at(row.seen_at))
        for row in fetch(connection, _REPORTS, which=entity_uscc)
    ]
    ways = tuple(map(_way, fetch(connection, _WAYS, which=entity_uscc)))
    ports = {way.port for way in ways}
    return Register(
        entity_uscc=entity_uscc,
        entity_name=fetch_value(connection, _NAME, which=entity_uscc) or "",
        max_age=_max_age(connection),
        reports=tuple(reports),
        ways=ways,
        records={row.text: _record_in(row) for row in fetch(connection, _RECORDS, which=entity_uscc)},
        own={row.text: _own_in(row) for row in fetch(connection, _OWN, which=entity_uscc)},
        holders={port: holder for port in ports if (holder := _holder_of(connection, port)) is not None},
    )


def signed_by(connection: sa.Connection, campaign_id: int) -> Holder:
    ((uscc, text),) = fetch(connection, _SIGNED, which=campaign_id)
    return uscc, text


def hold_port(connection: sa.Connection, signed: Holder, account_id: int, at: int) -> None:
    """The port that carries the account's messages becomes this signature's.

    Raises NotAllowed("port_taken") where it is another one's.
    """
    port = port_of(json.loads(fetch_value(connection, _OPTIONS, which=account_id) or "{}"))
    if not port:
        return
    holder = _holder_of(connection, port)
    if holder is None:
        row = {"port": port, "entity_uscc": signed[0], "text": signed[1], "since": at}
        write_all(connection, plain_insert(signature_port), [row])
    elif holder != signed:
        raise NotAllowed("port_taken", "One port carries one signature", port=port, text=holder[1])


def _holder_of(connection: sa.Connection, port: str) -> Holder | None:
    """The signature that it is registered for, else the first that left over it."""
    found = (fetch_first(connection, wanted, which=port) for wanted in _HOLDERS if port)
    return next(((row.entity_uscc, row.text) for row in found if row is not None), None)


def _max_age(connection: sa.Connection) -> timedelta:
    stored = fetch_value(connection, _MAX_AGE)
    hours = settings.Settings().max_signature_age_hours if stored is None else settings.parse(_AGE, json.loads(stored))
    assert isinstance(hours, int)
    return timedelta(hours=hours)


def _way(row: AnyRow) -> Way:
    # of an account that was never asked nobody knows that it cannot tell
    tells, read_at = row.tells != 0, None if row.read_at is None else moment_at(row.read_at)
    port = port_of(json.loads(row.options or "{}"))
    return Way(row.id, row.carrier, row.consent_account_id, tells, port, read_at)


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


def _record_in(row: AnyRow) -> SignatureRecord:
    return SignatureRecord(
        entity_uscc=row.entity_uscc,
        text=row.text,
        port=row.port,
        letter_from=row.letter_from,
        letter_until=_day(row.letter_until),
        note=row.note,
        scopes=_words(row.scopes),
        owner_confirmed=bool(row.owner_confirmed),
    )


def _own_in(row: AnyRow) -> OwnFiling:
    return OwnFiling(
        row.entity_uscc, row.text, _words(row.scopes), _words(row.carriers), moment_at(row.stated_at), row.stated_by,
        _day(row.valid_until),
    )  # fmt: skip


def _words(written: str) -> tuple[str, ...]:
    return tuple(json.loads(written))


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)
