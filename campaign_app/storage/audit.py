"""The audit chain: each entry holds the SHA-256 of the one before it, over canonical JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from json.encoder import encode_basestring_ascii as _quoted
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.campaign import Noted
from campaign_app.domain.erasure import ErasureReceipt
from campaign_app.domain.errors import WorkspaceError
from campaign_app.domain.ports_evidence import BY_THE_PAGE, DECISIONS, AuditLine, AuditQuery
from campaign_app.domain.team import signed
from campaign_app.storage import schema
from campaign_app.storage.engine import Database
from campaign_app.storage.fetching import fetch_first, read_first, read_rows
from campaign_app.storage.lists import write_tuples
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.times import moment_at, to_ms

START: Final = bytes(32)
ERASED: Final = "customer.erased"
BY_PLATFORM: Final = "platform"  # the actor of an erasure that nobody asked for here
REACH: Final = 5_000  # entries that `touched` looks back over
NEWEST: Final = 500  # entries that `kinds_since` looks at
PAGE: Final = 5_000  # entries that are read at once
_text_of: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode
_COLUMNS: Final = tuple(column.name for column in schema.audit.c)
_INSERT: Final = sa.insert(schema.audit)
_LAST: Final = sa.select(schema.audit.c.id, schema.audit.c.hash).order_by(schema.audit.c.id.desc()).limit(1)
_BEHIND: Final = (
    sa.select(schema.audit.c.id, schema.audit.c.action)
    .where(schema.audit.c.id > sa.bindparam("after"))
    .order_by(schema.audit.c.id.desc())
    .limit(NEWEST)
)
_NEXT: Final = (
    sa.select(schema.audit).where(schema.audit.c.id > sa.bindparam("after")).order_by(schema.audit.c.id).limit(PAGE)
)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry as read back; `hash` covers everything else and `prev_hash`."""

    id: int
    at: datetime
    action: str
    actor: str
    facts: dict[str, str | int | bool | None]
    prev_hash: bytes
    hash: bytes


def entry_hash(number: int, at_ms: int, action: str, actor: str, facts: str, prev_hash: bytes) -> bytes:
    """SHA-256 of the canonical JSON array of an entry; `facts` is its canonical JSON text."""
    # what `json.dumps` with bare separators writes, which makes an encoder for every entry
    words = f"{_quoted(action)},{_quoted(actor)},{_quoted(facts)}"
    return hashlib.sha256(f'[{number},{at_ms},{words},"{prev_hash.hex()}"]'.encode()).digest()


def acting(connection: sa.Connection, actor: str) -> str:
    """`actor` as this connection may name it: a server knows whose it is, and takes nobody else's name."""
    server = connection.dialect.name == "postgresql"
    return signed(connection.engine.url.username or "", actor) if server else actor


def append_entry(
    connection: sa.Connection, action: str, actor: str, at_ms: int, facts: Mapping[str, str | int | bool | None]
) -> None:
    """One entry, in a transaction that holds the write lock. On a server it names the login that writes it."""
    actor = acting(connection, actor)
    number, prev_hash = tuple(fetch_first(connection, _LAST) or (0, START))
    values = (number + 1, at_ms, action, actor, _text_of(facts), prev_hash)
    write_tuples(connection, _INSERT, _COLUMNS, [(*values, entry_hash(*values))])


def append_noted(connection: sa.Connection, noted: Noted | None) -> None:
    """As `append_entry`, of what this very transaction does."""
    if noted is not None:
        append_entry(connection, noted.action, noted.actor, to_ms(noted.at), noted.facts)


@dataclass(frozen=True, slots=True)
class SqlAuditLog:
    """Implements `domain.ports.AuditLog`."""

    db: Database

    def record(self, action: str, *, actor: str, at: datetime, **facts: str | int | bool | None) -> None:
        with self.db.write() as connection:
            append_entry(connection, action, actor, to_ms(at), facts)

    @contextmanager
    def recording(self, action: str, *, actor: str, at: datetime) -> Iterator[None]:
        """The entry stands only where what is done in it was done; raises before that where nothing can be written."""
        with self.db.write() as connection:
            append_entry(connection, action, actor, to_ms(at), {})
            yield

    def entries(self, *, before: int | None = None, limit: int = 100) -> tuple[AuditEntry, ...]:
        """The newest first, or those older than `before`."""
        table = schema.audit
        wanted = sa.select(table).order_by(table.c.id.desc()).limit(limit)
        if before is not None:
            wanted = wanted.where(table.c.id < before)
        with self.db.look() as connection:
            return tuple(_entry(row) for row in connection.execute(wanted))

    def touched(self, kind: str) -> dict[int, datetime]:
        table = schema.audit
        wanted = sa.select(table.c.at, table.c.facts).where(table.c.action.startswith(f"{kind}.", autoescape=True))
        newest: dict[int, datetime] = {}
        with self.db.look() as connection:
            for at, facts in connection.execute(wanted.order_by(table.c.id.desc()).limit(REACH)):
                if (number := _facts(facts).get(kind)) is not None:
                    newest.setdefault(number, moment_at(at))
        return newest

    def kinds_since(self, number: int | None) -> tuple[int, frozenset[str]]:
        """Windows ask now and again: of many entries the last ones are enough to know what was done."""
        if number is None:
            last = read_first(self.db, _LAST)
            return 0 if last is None else last.id, frozenset()
        rows = read_rows(self.db, _BEHIND, after=number)
        return rows[0].id if rows else number, frozenset(row.action.partition(".")[0] for row in rows)

    def erasures(self, account_id: int, limit: int, *, before: int | None = None) -> tuple[ErasureReceipt, ...]:
        table = schema.audit
        wanted = sa.select(table).where(table.c.action == ERASED).order_by(table.c.id.desc())
        if before is not None:
            wanted = wanted.where(table.c.id < before)
        found: list[ErasureReceipt] = []
        with self.db.look() as connection:
            for row in connection.execute(wanted):
                if len(found) == limit:
                    break
                told = json.loads(row.facts)
                if told["account"] == account_id:
                    at, digest = moment_at(row.at), row.hash.hex()
                    # of a team's workspace the actor has its login before it
                    by = "" if row.actor.rpartition("/")[2] == BY_PLATFORM else row.actor
                    kept = told["ref_hmac"], told["file_rows"], digest
                    found.append(ErasureReceipt(row.id, at, account_id, *kept, by))
        return tuple(found)

    def head(self) -> tuple[int, bytes]:
        """Number and hash of the last entry, to be kept outside; 0 and zeros for an empty chain."""
        newest = self.entries(limit=1)
        return (newest[0].id, newest[0].hash) if newest else (0, START)

    def verify(self, tick: Callable[[float], object] = lambda _: None) -> int:
        """Number of entries; raises WorkspaceError `damaged` if one was changed, removed or put in.

        `tick` is told how far it is (0 to 1) and may raise to cancel.
        """
        number = 0
        with self.db.read() as connection:
            total = count_entries(connection)
            for number, _ in enumerate(checked_rows(connection), 1):
                if number % PAGE == 0:
                    tick(min(1.0, number / total))
        return number

    def find(self, query: AuditQuery, newest: int, offset: int, limit: int) -> tuple[AuditLine, ...]:
        table = schema.audit
        wanted = sa.select(table).where(table.c.id <= newest, *_matching(query)).order_by(table.c.id.desc())
        with self.db.look() as connection:
            rows = connection.execute(wanted.offset(offset).limit(limit)).all()
        return tuple(
            AuditLine(row.id, moment_at(row.at), row.action, row.actor, _facts(row.facts), row.hash) for row in rows
        )

    def count(self, query: AuditQuery) -> tuple[int, int]:
        table = schema.audit
        wanted = sa.select(sa.func.count()).select_from(table).where(*_matching(query))
        with self.db.read() as connection:
            newest = connection.execute(sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0))).scalar_one()
            return connection.execute(wanted).scalar_one(), newest


def count_entries(connection: sa.Connection) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(schema.audit)).scalar_one())


def checked_rows(connection: sa.Connection) -> Iterator[AnyRow]:
    """Every entry from the first on, each once it is known to follow from those before it.

    Raises WorkspaceError `damaged`.
    """
    prev_hash, number = START, 0
    while rows := connection.execute(_NEXT, {"after": number}).all():
        for row in rows:
            number += 1
            row_id, at, action, actor, facts, before, found = row
            if (row_id, before, found) != (number, prev_hash, entry_hash(number, at, action, actor, facts, prev_hash)):
                raise WorkspaceError("damaged", "The audit chain is broken", entry=number)
            prev_hash = found
            yield row


def _matching(query: AuditQuery) -> list[sa.ColumnElement[bool]]:
    """Facts are canonical JSON: a campaign's number stands between its name and a comma or the end."""
    action, facts, actor = schema.audit.c.action, schema.audit.c.facts, schema.audit.c.actor
    found: list[sa.ColumnElement[bool]] = []
    if query.kind == DECISIONS:
        found += [~action.startswith(f"{kind}.", autoescape=True) for kind in BY_THE_PAGE]
    elif query.kind:
        found.append(sa.or_(action == query.kind, action.startswith(f"{query.kind}.", autoescape=True)))
    if query.campaign_id is not None:
        named = f'"campaign":{query.campaign_id}'
        found.append(sa.or_(*(facts.contains(named + end, autoescape=True) for end in (",", "}"))))
    if text := query.text.strip():
        # facts are kept as ASCII
        written = json.dumps(text)[1:-1]
        columns = ((action, text), (actor, text), (facts, written))
        said = [column.contains(wanted, autoescape=True) for column, wanted in columns]
        by = [sa.or_(actor == part, actor.endswith(f"/{part}", autoescape=True)) for part in sorted(query.parts)]
        found.append(sa.or_(*said, *by, action.in_(sorted(query.actions))))
    return found


def _facts(text: str) -> dict[str, Any]:
    """What is no object was not written by this program; it is shown as it is, and keeps nobody from the rest."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) else {"unreadable": text}


def _entry(row: AnyRow) -> AuditEntry:
    return AuditEntry(row.id, moment_at(row.at), row.action, row.actor, _facts(row.facts), row.prev_hash, row.hash)
