"""Legal entities, connected accounts, their cursors and signatures, and the settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.campaign import Noted
from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.errors import NotAllowed, NotFound, RemoteUnavailable
from campaign_app.domain.filing import Register
from campaign_app.domain.signature import Signature
from campaign_app.services.pinning import pinned_anew
from campaign_app.storage import schema
from campaign_app.storage.audit import append_noted
from campaign_app.storage.engine import Database
from campaign_app.storage.fetching import fetch_first, fetch_value, read_first, read_rows, read_value
from campaign_app.storage.filings import append_reports, note_read, signature_row
from campaign_app.storage.lists import rows_among, write_all
from campaign_app.storage.registers import register_of
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.senders import put_sender, require_not_sent_by
from campaign_app.storage.times import to_ms
from campaign_app.storage.upserts import insert_or_update, plain_insert

# what every batch asks, made once
_more: Final = schema.account_connection.c
_carried: Final = schema.account_sender.c
_ACCOUNTS: Final = sa.select(
    schema.account, _more.options, _more.consent_account_id, _carried.sender_account_id
).select_from(
    schema.account.outerjoin(schema.account_connection, _more.account_id == schema.account.c.id).outerjoin(
        schema.account_sender, _carried.account_id == schema.account.c.id
    )
)
_ACCOUNT: Final = _ACCOUNTS.where(schema.account.c.id == sa.bindparam("which"))
_ALL_ACCOUNTS: Final = _ACCOUNTS.order_by(schema.account.c.id)
_ENTITY: Final = sa.select(schema.entity).where(schema.entity.c.uscc == sa.bindparam("which"))
_ENTITY_OF: Final = sa.select(schema.account.c.entity_uscc).where(schema.account.c.id == sa.bindparam("which"))
_CURSOR: Final = sa.select(schema.stream_cursor.c.cursor).where(
    schema.stream_cursor.c.account_id == sa.bindparam("account"), schema.stream_cursor.c.stream == sa.bindparam("of")
)
_SOURCE: Final = sa.select(_more.consent_account_id).where(_more.account_id == sa.bindparam("which"))
# places in the lists of one consent source mean nothing to another; the sender's streams are not among them
_FORGET_WALKS: Final = sa.delete(schema.stream_cursor).where(
    schema.stream_cursor.c.account_id == sa.bindparam("account"),
    schema.stream_cursor.c.stream.in_(("changes", "customers")),
)
_FORGET_LATEST: Final = sa.delete(schema.consent_latest).where(
    schema.consent_latest.c.customer_id.in_(
        sa.select(schema.customer.c.id).where(schema.customer.c.account_id == sa.bindparam("account"))
    )
)
_SETTINGS: Final = sa.select(schema.setting.c.name, schema.setting.c.value)
_SETTING: Final = sa.select(schema.setting.c.value).where(schema.setting.c.name == sa.bindparam("which"))


def entity_of(connection: sa.Connection, account_id: int) -> str:
    """USCC of the entity that answers for the account; raises NotFound."""
    uscc = fetch_value(connection, _ENTITY_OF, which=account_id)
    if uscc is None:
        raise NotFound("account", "There is no such account", account=account_id)
    return str(uscc)


def cursor_of(connection: sa.Connection, account_id: int, stream: str) -> str:
    return fetch_value(connection, _CURSOR, account=account_id, of=stream) or ""


def require_source(connection: sa.Connection, account: Account) -> None:
    """Raises RemoteUnavailable where the account's consents come from another source by now: ask that one."""
    if fetch_value(connection, _SOURCE, which=account.id) != account.consent_account_id:
        words = "The account's consents come from another source by now"
        raise RemoteUnavailable("source_changed", words, account=account.id)


def put_cursor(
    connection: sa.Connection, account_id: int, stream: str, cursor: str, *, stands: str | None = None
) -> None:
    """Where it is not at `stands` any more, if that is given, somebody else has moved it meanwhile, and it stays."""
    if stands is not None and cursor_of(connection, account_id, stream) != stands:
        return
    row = {"account_id": account_id, "stream": stream, "cursor": cursor}
    write_all(connection, insert_or_update(connection, schema.stream_cursor, "account_id", "stream"), [row])


def put_settings(connection: sa.Connection, values: Mapping[str, Any]) -> None:
    rows = [{"name": name, "value": json.dumps(value, ensure_ascii=False)} for name, value in values.items()]
    write_all(connection, insert_or_update(connection, schema.setting, "name"), rows)


def forget_latest(connection: sa.Connection, account_id: int) -> None:
    """What was said so far is kept, but is nobody's latest word: everybody is asked about again."""
    connection.execute(_FORGET_LATEST, {"account": account_id})


@dataclass(frozen=True, slots=True)
class SqlAccounts:
    """Implements `domain.ports.AccountStore`."""

    db: Database

    def add_entity(self, entity: Entity) -> None:
        with self.db.write() as connection:
            _put_entity(connection, entity)

    def change_entity(
        self, uscc: str, change: Callable[[Entity], Entity], noted: Callable[[Entity], Noted] | None = None
    ) -> Entity:
        with self.db.write() as connection:
            changed = change(_entity(fetch_first(connection, _ENTITY, which=uscc), uscc))
            _put_entity(connection, changed)
            append_noted(connection, None if noted is None else noted(changed))
        return changed

    def entity(self, uscc: str) -> Entity:
        return _entity(read_first(self.db, _ENTITY, which=uscc), uscc)

    def entities(self) -> tuple[Entity, ...]:
        with self.db.look() as connection:
            rows = connection.execute(sa.select(schema.entity).order_by(schema.entity.c.uscc)).all()
        return tuple(_entity(row, row.uscc) for row in rows)

    def add_account(self, account: Account) -> Account:
        """Raises NotAllowed `account_exists`, or `own_issuer` where the shop's entity would confirm its own list."""
        if account.issuer_uscc == account.entity_uscc:
            raise NotAllowed("own_issuer", "An entity cannot confirm its own list", uscc=account.entity_uscc)
        table = schema.account
        values = {c.name: getattr(account, c.name) for c in table.c if c.name != "id"}
        values["simulated"] = int(account.simulated)
        with self.db.write() as connection:
            there = sa.select(table.c.id).where(table.c.base_url == account.base_url, table.c.key_id == account.key_id)
            if (known := connection.execute(there).scalar()) is not None:
                raise NotAllowed("account_exists", "This account is already connected", account=known)
            new_id = connection.execute(sa.insert(table).values(values)).inserted_primary_key
            assert new_id is not None
            if account.options or account.consent_account_id is not None:
                _put_connection(connection, new_id[0], account)
            if account.sender_account_id is not None:
                put_sender(connection, new_id[0], account.sender_account_id)
        return self.account(new_id[0])

    def account(self, account_id: int) -> Account:
        return _account(read_first(self.db, _ACCOUNT, which=account_id), account_id)

    def accounts(self) -> tuple[Account, ...]:
        return tuple(_account(row, row.id) for row in read_rows(self.db, _ALL_ACCOUNTS))

    def set_sender(self, account_id: int, sender_account_id: int | None, noted: Noted | None = None) -> None:
        with self.db.write() as connection:
            entity_of(connection, account_id)
            put_sender(connection, account_id, sender_account_id)
            append_noted(connection, noted)

    def take_consents_from(self, account_id: int, consent_account_id: int | None, noted: Noted | None = None) -> None:
        with self.db.write() as connection:
            known = _stored(connection, account_id)
            _put_source(connection, account_id, consent_account_id)
            _put_connection(connection, account_id, replace(known, consent_account_id=consent_account_id))
            append_noted(connection, noted)

    def pin_keys(self, account_id: int, seen: str, keys: str, noted: Noted | None = None) -> bool:
        table = schema.account
        with self.db.write() as connection:
            pinned = sa.update(table).where(table.c.id == account_id, table.c.pinned_keys == seen)
            if not connection.execute(pinned.values(pinned_keys=keys)).rowcount:
                return False
            append_noted(connection, noted)
            return True

    def cursor(self, account_id: int, stream: str) -> str:
        return read_value(self.db, _CURSOR, account=account_id, of=stream) or ""

    def put_signatures(self, account_id: int, signatures: Sequence[Signature] | None, seen_at: datetime) -> None:
        """Replaces what this account reported before; what changed stays in the history."""
        table = schema.signature
        rows = {s.text: signature_row(account_id, s, to_ms(seen_at)) for s in signatures or ()}
        with self.db.write() as connection:
            connection.execute(sa.delete(table).where(table.c.account_id == account_id))
            write_all(connection, plain_insert(table), list(rows.values()))
            append_reports(connection, account_id, rows.values(), to_ms(seen_at))
            note_read(connection, account_id, to_ms(seen_at), tells=signatures is not None)

    def register(self, entity_uscc: str) -> Register:
        with self.db.read() as connection:
            return register_of(connection, entity_uscc)

    def set_setting(self, name: str, value: Any) -> None:
        self.set_settings({name: value})

    def set_settings(self, values: Mapping[str, Any]) -> None:
        with self.db.write() as connection:
            put_settings(connection, values)

    def change_settings(
        self,
        names: Sequence[str],
        change: Callable[[Mapping[str, Any]], tuple[Mapping[str, Any], Sequence[Noted]]],
    ) -> None:
        with self.db.write() as connection:
            values, noted = change(_settings(connection, names))
            put_settings(connection, values)
            for each in noted:
                append_noted(connection, each)

    def setting(self, name: str, default: Any) -> Any:
        value = read_value(self.db, _SETTING, which=name)
        return default if value is None else json.loads(value)

    def change_setting(self, name: str, change: Callable[[Any], Any]) -> None:
        with self.db.write() as connection:
            value = connection.execute(_SETTING, {"which": name}).scalar()
            put_settings(connection, {name: change(None if value is None else json.loads(value))})

    def take_setting(self, name: str, holding: Collection[str]) -> bool:
        with self.db.write() as connection:
            value = connection.execute(_SETTING, {"which": name}).scalar()
            if not set(holding) <= set(json.loads(value or "null") or ()):
                return False
            write_all(
                connection, insert_or_update(connection, schema.setting, "name"), [{"name": name, "value": "null"}]
            )
        return True

    def settings(self, names: Sequence[str]) -> dict[str, Any]:
        with self.db.look() as connection:
            return _settings(connection, names)


def _settings(connection: sa.Connection, names: Sequence[str]) -> dict[str, Any]:
    rows = rows_among(connection, _SETTINGS, schema.setting.c.name, names)
    return {name: json.loads(value) for name, value in rows}


def _put_entity(connection: sa.Connection, entity: Entity) -> None:
    connection.execute(
        insert_or_update(connection, schema.entity, "uscc"),
        {
            "uscc": entity.uscc,
            "name": entity.name,
            "kind": entity.kind,
            "licences": json.dumps(entity.licences, ensure_ascii=False),
        },
    )


def _entity(row: AnyRow | None, uscc: str) -> Entity:
    if row is None:
        raise NotFound("entity", "There is no such entity", uscc=uscc)
    return Entity(row.uscc, row.name, row.kind, tuple(json.loads(row.licences)))


def put_state(connection: sa.Connection, account_id: int, state: str) -> None:
    """Once connected, opt-outs that nobody took wait again: its own, and those of shops whose consents it knows."""
    table = schema.account
    entity_of(connection, account_id)
    connection.execute(sa.update(table).where(table.c.id == account_id).values(state=state))
    if state == "connected":
        # it may be the one that answers for other shops, and takes what they have to tell
        whose = sa.select(_more.account_id).where(_more.consent_account_id == account_id)
        _tell_again(connection, [account_id, *connection.execute(whose).scalars()])


def put_connected(connection: sa.Connection, account: Account) -> None:
    """Connects a known one; raises as `Secrets.connect` does. Of one that is connected it stays whose word counts: that

    has a choice of its own (`take_consents_from`), which somebody may have made meanwhile.
    """
    table, known = schema.account, _stored(connection, account.id)
    if account.state == "connected" != known.state:
        raise NotAllowed("account_disconnected", "The account was disconnected meanwhile", account=account.id)
    source = known.consent_account_id if known.state == "connected" else account.consent_account_id
    values = {"label": account.label, "pinned_keys": pinned_anew(known.pinned_keys, account.pinned_keys)}
    connection.execute(sa.update(table).where(table.c.id == account.id).values(values))
    _put_source(connection, account.id, source)
    _put_connection(connection, account.id, replace(account, consent_account_id=source))
    put_state(connection, account.id, "connected")


def _stored(connection: sa.Connection, account_id: int) -> Account:
    return _account(connection.execute(_ACCOUNT, {"which": account_id}).first(), account_id)


def _account(row: AnyRow | None, account_id: int) -> Account:
    if row is None:
        raise NotFound("account", "There is no such account", account=account_id)
    fields = row._asdict()
    return Account(**{**fields, "simulated": bool(fields["simulated"]), "options": json.loads(row.options or "{}")})


def _put_source(connection: sa.Connection, account_id: int, consent_account_id: int | None) -> None:
    if connection.execute(_SOURCE, {"which": account_id}).scalar() != consent_account_id:
        require_not_sent_by(connection, account_id)
        connection.execute(_FORGET_WALKS, {"account": account_id})
        forget_latest(connection, account_id)
        _tell_again(connection, [account_id])


def _put_connection(connection: sa.Connection, account_id: int, account: Account) -> None:
    connection.execute(
        insert_or_update(connection, schema.account_connection, "account_id"),
        {
            "account_id": account_id,
            "options": json.dumps(dict(sorted(account.options.items())), ensure_ascii=False),
            "consent_account_id": account.consent_account_id,
        },
    )


def _tell_again(connection: sa.Connection, account_ids: Sequence[int]) -> None:
    """What nobody took before waits again: whoever answers now may take it."""
    table = schema.opt_out_outbox
    given_up = (table.c.account_id.in_(account_ids), table.c.state.in_(("refused", "untellable")))
    connection.execute(sa.update(table).where(*given_up).values(state="waiting", code="", settled_at=None))
