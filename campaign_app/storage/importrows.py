"""Merging imported rows into customers: what a row changed is kept beside it, so that it can be taken back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.storage import schema
from campaign_app.storage.importready import keys_of_numbers, keys_of_refs
from campaign_app.storage.known import ids_of_refs
from campaign_app.storage.lists import rows_among, write_all
from campaign_app.storage.numbers import people_of
from campaign_app.storage.prospects import forget, of_keys
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema_imports import import_change, import_prospect
from campaign_app.storage.upserts import plain_insert

Attributes = dict[str, str]
_customer = schema.customer.c
_ATTRIBUTES: Final = sa.select(_customer.id, _customer.attributes)
_encode: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode  # made once: rows come by the million
_PUT_ATTRIBUTES: Final = (
    sa.update(schema.customer)
    .where(schema.customer.c.id == sa.bindparam("which"))
    .values(attributes=sa.bindparam("new"))
)


def to_text(values: Mapping[str, Any]) -> str:
    return _encode(dict(values))


@dataclass(slots=True)
class Merge:
    """Rows being merged in one transaction; two rows of one customer build on one another."""

    connection: sa.Connection
    now: dict[int, Attributes] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)
    changes: list[dict[str, Any]] = field(default_factory=list)

    def load(self, customer_ids: Iterable[int]) -> None:
        for customer_id, attributes in rows_among(self.connection, _ATTRIBUTES, _customer.id, customer_ids):
            self.now[customer_id] = json.loads(attributes)

    def apply(self, customer_id: int, attributes: Mapping[str, str], row: Mapping[str, Any]) -> bool:
        """Merges, and remembers the former values with `row` (import, row, sealed phone). Says if anything changed."""
        current = self.now[customer_id]
        before = {name: current.get(name) for name in attributes}
        changed = before != dict(attributes)
        if changed:
            current.update(attributes)
            self.touched.add(customer_id)
        written = {"customer_id": customer_id, "before": to_text(before), "after": to_text(attributes)}
        self.changes.append({**row, **written})
        return changed

    def take_back(self, customer_id: int, before: str, after: str) -> bool:
        """Restores each value that is still the one the row gave. Says if the row had changed anything."""
        current = self.now[customer_id]
        former, given = json.loads(before), json.loads(after)
        for name, value in given.items():
            if current.get(name) != value or former[name] == value:
                continue
            self.touched.add(customer_id)
            if former[name] is None:
                del current[name]
            else:
                current[name] = former[name]
        return bool(former != given)

    def save(self) -> None:
        rows = [{"which": each, "new": to_text(self.now[each])} for each in sorted(self.touched)]
        write_all(self.connection, _PUT_ATTRIBUTES, rows, apart=True)
        write_all(self.connection, plain_insert(import_change), self.changes)


def join_waiting(
    connection: sa.Connection, account_id: int, synced: Mapping[str, bytes | None], shops: Sequence[int]
) -> int:
    """Gives rows that waited for these customers (ref → phone key) of a shop to them; says how many."""
    if connection.execute(sa.select(import_prospect.c.row_no).limit(1)).first() is None:
        return 0
    people = people_of(connection, (key for key in synced.values() if key is not None))
    by_person = {people[key]: ref for ref, key in synced.items() if key is not None}
    met: list[tuple[AnyRow, str]] = []
    keys = [*keys_of_refs((account_id, ref) for ref in synced), *keys_of_numbers(people)]
    for row in of_keys(connection, keys):
        if row.consecutive:
            continue
        if row.account_id == account_id and row.ref in synced:
            met.append((row, row.ref))
        elif row.account_id in shops and row.phone_key in people:
            met.append((row, by_person[people[row.phone_key]]))
    if met:
        _give(connection, account_id, met)
    return len(met)


def _give(connection: sa.Connection, account_id: int, met: Sequence[tuple[AnyRow, str]]) -> None:
    """Each row to the customer with the ref beside it."""
    ids = ids_of_refs(connection, account_id, [ref for _, ref in met])
    merge = Merge(connection)
    merge.load(ids.values())
    for prospect, ref in sorted(met, key=lambda each: (each[0].import_id, each[0].row_no)):
        row = {
            "import_id": prospect.import_id,
            "row_no": prospect.row_no,
            "account_id": prospect.account_id,
            "phone_sealed": prospect.phone_sealed,
            "phone_key": prospect.phone_key,
        }
        merge.apply(ids[ref], json.loads(prospect.attributes), row)
    merge.save()
    forget(connection, [row for row, _ in met])
