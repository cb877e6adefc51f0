"""Which rows entries of the audit keep a root over, and how: written in the transaction that adds the rows.

An entry says of a kind how many rows there are, the id of the last of them, and their root (`NAME`, `NAME_last`,
`NAME_root`). They begin behind those of the entry before: ids grow under the write lock, so that no row can be put
between two entries. Nothing that is hashed is ever changed, not by an outcome, an erasure or a purge.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.chained import leaves, root
from campaign_app.storage import schema
from campaign_app.storage.audit import append_entry
from campaign_app.storage.fetching import fetch, fetch_value
from campaign_app.storage.lists import rows_among
from campaign_app.storage.rows import AnyRow, AnySelect
from campaign_app.storage.schema_sending import ledger, submission

BEGUN: Final = "chain.begun"  # what an older workspace held already when it got its first root
CLAIMED: Final = "batch.claimed"
FACTS_KEPT: Final = "facts.kept"
ADDED: Final = "suppression.added"
WORKER: Final = "worker"
Told = dict[str, str | int | bool | None]
_ledger, _batch, _fact, _source = ledger.c, submission.c, schema.consent_fact.c, schema.consent_source.c
_mark, _lift, _customer = schema.suppression.c, schema.suppression_lift.c, schema.customer.c

# in the order in which they are written
BATCH: Final = sa.select(
    _batch.id, _batch.campaign_id, _batch.account_id, _batch.key, _batch.first_seq, _batch.last_seq, _batch.claimed_at
)
MESSAGE: Final = sa.select(
    _ledger.id, _ledger.submission_id, _ledger.campaign_id, _ledger.seq, _ledger.customer_id, _ledger.fact_id,
    _ledger.fact_status, _ledger.message_id, _ledger.dedupe_key, _ledger.text,
)  # fmt: skip
SOURCE: Final = sa.select(
    _source.id, _source.account_id, _source.issuer_uscc, _source.platform, _source.api_version, _source.simulated,
    _source.request_id, _source.receipt_id, _source.api_method, _source.receipt_row,
)  # fmt: skip
# and whom it is of
FACT: Final = sa.select(
    _fact.id, _fact.customer_id, _fact.status, _fact.method, _fact.channel, _fact.purposes, _fact.entity_uscc,
    _fact.obtained_at, _fact.expires_at, _fact.withdrawn_at, _fact.max_per_month, _fact.checked_at, _fact.observed_at,
    _fact.source_id, _fact.leaf, _fact.leaf_index, _fact.note, _customer.account_id, _customer.ref,
).join(schema.customer, _customer.id == _fact.customer_id)  # fmt: skip
MARK: Final = sa.select(
    _mark.id, _mark.entity_uscc, _mark.key, _mark.kind, _mark.since, _mark.source, _mark.note, _mark.said_by
)
LIFT: Final = sa.select(
    _lift.id, _lift.entity_uscc, _lift.key, _lift.kind, _lift.granted_at, _lift.fact_id, _lift.reviewer, _lift.at
)


@dataclass(frozen=True, slots=True)
class Rooted:
    """Rows of one kind: `leaf` names it in their hashes, `beside` gives the leaves of what several of them share."""

    leaf: str
    table: sa.Table
    rows: AnySelect
    beside: Callable[[sa.Connection, Sequence[AnyRow]], list[bytes]] = lambda _, __: []

    def behind(self) -> AnySelect:
        """Behind one id, and up to another."""
        number = self.table.c.id
        some = self.rows.where(number > sa.bindparam("after"), number <= sa.bindparam("last"))
        return some.order_by(number).limit(sa.bindparam("most"))

    def root(self, connection: sa.Connection, rows: Sequence[AnyRow]) -> str:
        return root([*leaves(self.leaf, [tuple(row) for row in rows]), *self.beside(connection, rows)]).hex()


def batch_leaves(rows: Sequence[Sequence[Any]]) -> list[bytes]:
    return leaves("batch", rows)


def source_leaves(rows: Sequence[Sequence[Any]]) -> list[bytes]:
    return leaves("source", rows)


def _batches(connection: sa.Connection, rows: Sequence[AnyRow]) -> list[bytes]:
    ids = {row.submission_id for row in rows}
    return batch_leaves(sorted(tuple(row) for row in rows_among(connection, BATCH, _batch.id, ids)))


def _sources(connection: sa.Connection, rows: Sequence[AnyRow]) -> list[bytes]:
    ids = {row.source_id for row in rows if row.source_id is not None}
    found = rows_among(connection, SOURCE, _source.id, ids)
    return source_leaves(sorted((tuple(row) for row in found), key=lambda row: row[0]))


ROOTED: Final[Mapping[str, Rooted]] = {
    "messages": Rooted("message", ledger, MESSAGE, _batches),
    "facts": Rooted("fact", schema.consent_fact, FACT, _sources),
    "marks": Rooted("mark", schema.suppression, MARK),
    "lifts": Rooted("lift", schema.suppression_lift, LIFT),
}


def said(name: str, count: int, last: int, hashes: Sequence[bytes]) -> Told:
    """What an entry tells of `count` rows up to the id `last`."""
    return {name: count, f"{name}_last": last, f"{name}_root": root(hashes).hex()}


def last_id(connection: sa.Connection, name: str) -> int:
    return int(fetch_value(connection, _LAST[name]))


def added_since(connection: sa.Connection, name: str, after: int) -> tuple[Told, Sequence[AnyRow]]:
    """What to tell of the rows that this transaction added behind an id, and the rows; nothing of none."""
    kind = ROOTED[name]
    rows = fetch(connection, _SINCE[name], after=after)
    if not rows:
        return {}, rows
    return said(name, len(rows), rows[-1].id, leaves(kind.leaf, [tuple(row) for row in rows])), rows


def keep_batch(connection: sa.Connection, batch: Sequence[Any], rows: Sequence[Sequence[Any]]) -> None:
    """In the order of `BATCH` and `MESSAGE`."""
    _, campaign_id, account_id, key, _, _, claimed_at = batch
    told: Told = {"campaign": campaign_id, "account": account_id, "batch": key}
    hashes = [*leaves("message", rows), *batch_leaves([batch])]
    append_entry(connection, CLAIMED, WORKER, claimed_at, told | said("messages", len(rows), rows[-1][0], hashes))


def keep_facts(
    connection: sa.Connection, rows: Sequence[Sequence[Any]], sources: Sequence[Sequence[Any]], receipts: int, at: int
) -> None:
    """In the order of `FACT` and `SOURCE`."""
    accounts = {row[-2] for row in rows}
    told: Told = {"account": accounts.pop() if len(accounts) == 1 else None, "receipts": receipts}
    hashes = [*leaves("fact", rows), *source_leaves(sources)]
    append_entry(connection, FACTS_KEPT, WORKER, at, told | said("facts", len(rows), rows[-1][0], hashes))


def begin(connection: sa.Connection, at: int) -> None:
    """Of a workspace that has rows from before there were roots: how many, and up to which id."""
    told: Told = {}
    for name, kind in ROOTED.items():
        told[name] = connection.execute(sa.select(sa.func.count()).select_from(kind.table)).scalar_one()
        told[f"{name}_last"] = last_id(connection, name)
    if any(told.values()):
        append_entry(connection, BEGUN, "program", at, told)


_SINCE: Final = {
    name: kind.rows.where(kind.table.c.id > sa.bindparam("after")).order_by(kind.table.c.id)
    for name, kind in ROOTED.items()
}
_LAST: Final = {name: sa.select(sa.func.coalesce(sa.func.max(kind.table.c.id), 0)) for name, kind in ROOTED.items()}
