"""Every table of a workspace, read in the order of its keys: copied as it is, summed up the same on any database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.errors import WorkspaceError
from campaign_app.storage import (
    schema,
    schema_cases,
    schema_imports,
    schema_lookback,
    schema_money,
    schema_numbers,
    schema_peaks,
    schema_pushed,
    schema_sending,
    schema_signatures,
    schema_staff,
    schema_workers,
    used,
)
from campaign_app.storage.columns import metadata
from campaign_app.storage.lists import write_tuples
from campaign_app.storage.postgres import copy_in
from campaign_app.storage.rows import AnyRow, AnySelect
from campaign_app.storage.sessions import be_patient
from campaign_app.storage.upserts import plain_insert

# their tables register themselves
__all__ = [
    "schema_cases",
    "schema_imports",
    "schema_lookback",
    "schema_money",
    "schema_numbers",
    "schema_peaks",
    "schema_pushed",
    "schema_sending",
    "schema_signatures",
    "schema_staff",
    "schema_workers",
]

PAGE: Final = 2_000
# rows of `meta` that tell of one database and its machine, and not of the workspace
OWN_MARKS: Final = ("host", "key_check", "moved", "moving", "moving_from", "placed", "placed_in", "timeline")
# those, and what a server knows by its own counter
_OWN: Final = {schema.meta: (schema.meta.c.name, OWN_MARKS), schema.setting: (schema.setting.c.name, (used.USED,))}
# every table is in one of the two: one that nobody decided about is moved nowhere
COPIED: Final = frozenset(
    {
        *("account", "account_connection", "account_price", "account_sender", "audience", "audit", "billed_part"),
        *("campaign", "campaign_budget", "campaign_member", "campaign_stop", "campaign_warning", "complaint"),
        *("complaint_case", "complaint_note"),
        *("consent_fact", "consent_latest", "consent_receipt", "consent_source", "customer", "delivery_report"),
        *("early_report", "entity", "entity_budget", "import_change", "import_job", "import_prospect"),
        *("consent_wording", "lookback_found", "lookback_run", "lookback_task"),
        *("peak_pause", "peak_plan", "peak_word"),
        *("import_refusal", "inbound", "job", "ledger", "ledger_latest", "ledger_outcome", "meta", "number_alias"),
        *("opt_out_outbox", "pushed_part", "pushed_receipt", "pushed_reply", "secret", "setting", "signature"),
        *("signature_own", "signature_port", "signature_read", "signature_record", "signature_report"),
        *("staff_number", "staff_trial", "stream_cursor", "submission", "suppression", "suppression_lift"),
        *("waiting_key", "waiting_recent"),
    }
)
# who was at work on that very database; by then all of them have ended
LEFT: Final = frozenset({"worker"})
_VERSION: Final = "alembic_version"
_CAMPAIGN: Final = schema_sending.campaign.name
Told = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Sum:
    """What a table holds: how many rows, and the SHA-256 of all of them in the order of their keys."""

    rows: int
    sha256: str


def tables() -> Sequence[sa.Table]:
    """Whatever a table refers to comes before it."""
    return metadata.sorted_tables


def copied() -> Sequence[sa.Table]:
    """Of `tables`, in the same order."""
    return [table for table in tables() if table.name in COPIED]


def require_known(connection: sa.Connection) -> None:
    """Raises WorkspaceError unless of every table it is known whether it is copied."""
    found = set(sa.inspect(connection).get_table_names())
    if found != {*COPIED, *LEFT, _VERSION}:
        raise WorkspaceError("damaged", "The workspace's tables are not those of this program")


def count(connection: sa.Connection) -> int:
    return sum(connection.execute(_of(table, sa.func.count())).scalar_one() for table in copied())


def copy_rows(source: sa.Connection, target: sa.Connection, told: Told) -> None:
    """Into tables without rows; `told` gets the number of rows of every page."""
    be_patient(target)
    write = copy_in if target.dialect.name == "postgresql" else _insert
    for table in copied():
        with closing(_told_pages(source, table, told)) as pages:
            write(target, table, pages)
    _set_furthest(target, _furthest(source))


def sums(connection: sa.Connection, told: Told) -> dict[str, Sum]:
    return {table.name: _sum(connection, table, told) for table in copied()}


def readable(value: Any) -> Any:
    """As a server can keep it: a text there holds no NUL."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) and "\0" in value else value


def encoded(row: Sequence[Any]) -> bytes:
    """No two rows are written alike: each value with its kind and its length."""
    return b"".join(map(_encoded, row))


def _encoded(value: Any) -> bytes:
    if value is None:
        return b"-"
    if isinstance(value, int):
        return b"i%d;" % value
    if isinstance(value, str):
        text = readable(value).encode()
        return b"t%d:%b" % (len(text), text)
    if isinstance(value, bytes):
        return b"b%d:%b" % (len(value), value)
    raise WorkspaceError("damaged", "A table holds a value of another kind", kind=type(value).__name__)


def _insert(target: sa.Connection, table: sa.Table, pages: Iterable[Sequence[tuple[Any, ...]]]) -> None:
    for page in pages:
        write_tuples(target, plain_insert(table), tuple(table.columns.keys()), page)


def _told_pages(source: sa.Connection, table: sa.Table, told: Told) -> Generator[Sequence[tuple[Any, ...]], None, None]:
    with closing(_pages(source, table)) as pages:
        for page in pages:
            yield [tuple(map(readable, row)) for row in page]
            told(len(page))


def _sum(connection: sa.Connection, table: sa.Table, told: Told) -> Sum:
    digest = hashlib.sha256(encoded((table.name, *table.columns.keys())))
    rows = 0
    with closing(_pages(connection, table)) as pages:
        for page in pages:
            digest.update(b"".join(map(encoded, page)))
            rows += len(page)
            told(len(page))
    return Sum(rows, digest.hexdigest())


def _pages(connection: sa.Connection, table: sa.Table) -> Generator[Sequence[AnyRow], None, None]:
    """Streamed: a page is all that is in memory."""
    wanted = _of(table, *table.columns).order_by(*table.primary_key.columns)
    with connection.execute(wanted, execution_options={"yield_per": PAGE}) as found:
        yield from found.partitions()


def _of(table: sa.Table, *what: sa.ColumnElement[Any]) -> AnySelect:
    wanted: AnySelect = sa.select(*what).select_from(table)
    if table in _OWN:
        name, own = _OWN[table]
        return wanted.where(name.notin_(own))
    return wanted


def _furthest(connection: sa.Connection) -> Mapping[str, int]:
    """The last id that each table gave away, where it must not be used twice though its row is gone."""
    if connection.dialect.name == "sqlite":
        numbered = connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence")
        return {**{row.name: row.seq for row in numbered}, _CAMPAIGN: used.used_id(connection)}
    found = {}
    for table, sequence in _sequences(connection):
        last = connection.exec_driver_sql("SELECT pg_sequence_last_value(%s::regclass)", (sequence,)).scalar()
        found[table.name] = last or 0
    return found


def _set_furthest(connection: sa.Connection, furthest: Mapping[str, int]) -> None:
    if connection.dialect.name == "sqlite":
        for table in tables():
            if table.dialect_options["sqlite"]["autoincrement"]:
                _set_counter(connection, table.name, max(furthest.get(table.name, 0), _last_id(connection, table)))
        used.keep_id(connection, furthest[_CAMPAIGN])
        return
    for table, sequence in _sequences(connection):
        if last := max(furthest.get(table.name, 0), _last_id(connection, table)):
            connection.exec_driver_sql("SELECT setval(%s::regclass, %s)", (sequence, last))


def _set_counter(connection: sa.Connection, name: str, last: int) -> None:
    connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (name,))
    connection.exec_driver_sql("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (name, last))


def _last_id(connection: sa.Connection, table: sa.Table) -> int:
    return connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0


def _sequences(connection: sa.Connection) -> Iterator[tuple[sa.Table, str]]:
    """Of the tables that number their rows."""
    for table in tables():
        if "id" in table.c:
            named = sa.select(sa.func.pg_get_serial_sequence(table.name, "id"))
            if sequence := connection.execute(named).scalar():
                yield table, sequence
