"""Which customers a file's rows are about: by ref, else by number in any shop of the same entity; else they wait."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.domain.customer import ReadyRows
from campaign_app.storage import schema
from campaign_app.storage.accounts import entity_of
from campaign_app.storage.counting import of_accounts
from campaign_app.storage.customers import accounts_of
from campaign_app.storage.importrows import Merge
from campaign_app.storage.keys import KeyedHashes
from campaign_app.storage.known import ids_of_refs
from campaign_app.storage.lists import rows_among
from campaign_app.storage.numbers import people_of
from campaign_app.storage.prospects import Prospect, of_keys, put
from campaign_app.storage.schema_imports import import_job, import_prospect
from campaign_app.storage.subjects_erased import erased

Person = tuple[int, str | None, bytes | None, str, int]
# their rows are taken back: nobody waits by them
_UNDOING: Final = sa.select(import_job.c.id).where(import_job.c.state == "undoing")
_customer, _prospect = schema.customer.c, import_prospect.c


@dataclass(frozen=True, slots=True)
class RowMatcher:
    """Applies the rows of a part of a file in one transaction."""

    connection: sa.Connection
    hashes: KeyedHashes = field(repr=False)
    import_id: int

    def apply(self, ready: ReadyRows) -> dict[int, str]:
        """Row → changed, unchanged, waiting or consecutive."""
        outcomes, merge, waiting = self._sort(ready)
        merge.save()
        self._wait(ready, waiting)
        return outcomes

    def look(self, ready: ReadyRows) -> dict[int, str]:
        """The same, with nothing written."""
        return self._sort(ready)[0]

    def _sort(self, ready: ReadyRows) -> tuple[dict[int, str], Merge, list[Prospect]]:
        targets, gone = self._targets(ready), self._erased(ready)
        merge = Merge(self.connection)
        merge.load(customer_id for found in targets.values() for customer_id in found)
        outcomes: dict[int, str] = {}
        waiting: list[Prospect] = []
        shop, apart = ready.account_id, ready.consecutive
        columns = zip(ready.row_nos, ready.refs, ready.phone_keys, ready.sealed, ready.texts, strict=True)
        for row_no, ref, key, number, text in columns:
            if ref in gone:
                outcomes[row_no] = "unchanged"
            elif row_no in targets:
                stored = {
                    "import_id": self.import_id,
                    "row_no": row_no,
                    "account_id": shop,
                    "phone_sealed": number,
                    "phone_key": key,
                }
                given = json.loads(text)
                changes = [merge.apply(customer_id, given, stored) for customer_id in targets[row_no]]
                outcomes[row_no] = "changed" if any(changes) else "unchanged"
            else:
                waiting.append((self.import_id, row_no, shop, ref or None, number, key, text, int(row_no in apart)))
        outcomes.update((row[1], "consecutive" if row[7] else "waiting") for row in waiting)
        return outcomes, merge, waiting

    def _erased(self, ready: ReadyRows) -> frozenset[str]:
        """References of whoever was erased: no file brings back what was said of them."""
        return erased(self.connection, self.hashes, ready.account_id, [ref for ref in ready.refs if ref])

    def _targets(self, ready: ReadyRows) -> dict[int, list[int]]:
        """Row → the customers that it is about; rows in a run are about nobody."""
        by_ref = ids_of_refs(self.connection, ready.account_id, [ref for ref in ready.refs if ref])
        rows = list(zip(ready.row_nos, ready.refs, ready.phone_keys, strict=True))
        if ready.consecutive:
            rows = [row for row in rows if row[0] not in ready.consecutive]
        by_phone = self._by_phone(ready.account_id, [key for _, ref, key in rows if key and ref not in by_ref])
        targets = {}
        if by_ref or by_phone:
            for row_no, ref, key in rows:
                met = by_ref.get(ref) if ref else None
                found = by_phone.get(key, []) if met is None else [met]
                if found:
                    targets[row_no] = found
        return targets

    def _by_phone(self, account_id: int, keys: Sequence[bytes]) -> dict[bytes | None, list[int]]:
        found: dict[bytes, list[int]] = {}
        if not keys:
            return {}
        people = people_of(self.connection, keys)
        shops = accounts_of(self.connection, entity_of(self.connection, account_id))
        for key, customer_id in rows_among(self.connection, _of_shops(tuple(shops)), _customer.phone_key, people):
            found.setdefault(people[key], []).append(customer_id)
        return {key: found[people[key]] for key in keys if people[key] in found}

    def _wait(self, ready: ReadyRows, rows: Sequence[Prospect]) -> None:
        """A person who waits already with the same attributes waits once, however often the file is imported."""
        if not rows:
            return
        if (others := self._others_wait()) or ready.share_keys:
            rows = _each_once(rows, self._waiting_already(ready) if others else set())
        keys = ready.waiting
        if len(rows) < len(ready.row_nos):
            waits = {row[1] for row in rows}
            keys = [key for key in keys if key[1] in waits]
        put(self.connection, rows, keys)

    def _others_wait(self) -> bool:
        """Whether another import has left rows: within one file nobody stands twice."""
        others = sa.select(sa.literal(1)).where(
            sa.or_(_prospect.import_id < self.import_id, _prospect.import_id > self.import_id)
        )
        return self.connection.execute(others.limit(1)).first() is not None

    def _waiting_already(self, ready: ReadyRows) -> set[Person]:
        others = of_keys(self.connection, [key for key, _ in ready.waiting], beside=self.import_id)
        going = set(self.connection.execute(_UNDOING).scalars())
        return {_same_person(tuple(other)) for other in others if other.import_id not in going}


@lru_cache
def _of_shops(shops: tuple[int, ...]) -> sa.Select[Any]:
    return sa.select(_customer.phone_key, _customer.id).where(of_accounts(shops))


def _each_once(rows: Iterable[Prospect], known: set[Person]) -> list[Prospect]:
    """The first row of each person who is not known."""
    fresh = {_same_person(row): row for row in reversed(list(rows))}
    return sorted(row for person, row in fresh.items() if person not in known)


def _same_person(row: Prospect) -> Person:
    _, _, account_id, ref, _, phone_key, attributes, consecutive = row
    return account_id, ref, phone_key, attributes, consecutive
