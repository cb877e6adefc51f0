"""Which customers a file's rows are about: by ref, else by number in any shop of the same entity; else they wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import sqlalchemy as sa

from campaign_app.domain.customer import ImportRow
from campaign_app.storage import schema
from campaign_app.storage.accounts import entity_of
from campaign_app.storage.counting import of_accounts
from campaign_app.storage.customers import accounts_of
from campaign_app.storage.importrows import Merge, words_to_text
from campaign_app.storage.keys import WorkspaceKeys
from campaign_app.storage.lists import rows_among
from campaign_app.storage.numbers import people_of
from campaign_app.storage.prospects import Prospect, keys_of, of_keys, put
from campaign_app.storage.schema_imports import import_prospect
from campaign_app.storage.subjects_erased import erased_here

Person = tuple[int, str | None, bytes | None, str, int]
_customer, _prospect = schema.customer.c, import_prospect.c


@dataclass(frozen=True, slots=True)
class RowMatcher:
    """Applies the rows of one chunk in one transaction."""

    connection: sa.Connection
    keys: WorkspaceKeys = field(repr=False)
    import_id: int

    def apply(self, rows: Sequence[ImportRow]) -> dict[int, str]:
        """Row → changed, unchanged, waiting or consecutive."""
        outcomes, merge, waiting = self._sort(rows)
        merge.save()
        self._wait(waiting)
        return outcomes

    def look(self, rows: Sequence[ImportRow]) -> dict[int, str]:
        """The same, with nothing written."""
        return self._sort(rows)[0]

    def _sort(self, rows: Sequence[ImportRow]) -> tuple[dict[int, str], Merge, list[Prospect]]:
        phone_keys = {row.row_no: self.keys.hashes.of_phone(row.phone) for row in rows if row.phone is not None}
        targets, erased = self._targets(rows, phone_keys), self._erased(rows)
        merge = Merge(self.connection)
        merge.load(customer_id for found in targets.values() for customer_id in found)
        outcomes: dict[int, str] = {}
        waiting: list[Prospect] = []
        sealed = self.keys.phones.seal_all([row.phone for row in rows])
        for row, number in zip(rows, sealed, strict=True):
            if (row.account_id, row.ref) in erased:
                outcomes[row.row_no] = "unchanged"
                continue
            key, found = phone_keys.get(row.row_no), targets.get(row.row_no, [])
            if row.consecutive or not found:
                waiting.append(self._prospect(row, number, key))
                outcomes[row.row_no] = "consecutive" if row.consecutive else "waiting"
                continue
            stored = {
                "import_id": self.import_id,
                "row_no": row.row_no,
                "account_id": row.account_id,
                "phone_sealed": number,
                "phone_key": key,
            }
            changes = [merge.apply(customer_id, row.attributes, stored) for customer_id in found]
            outcomes[row.row_no] = "changed" if any(changes) else "unchanged"
        return outcomes, merge, waiting

    def _erased(self, rows: Sequence[ImportRow]) -> set[tuple[int, str]]:
        """By shop and reference who had themselves erased here: no file brings back what was said of them."""
        refs: dict[int, list[str]] = {}
        for row in rows:
            if row.ref:
                refs.setdefault(row.account_id, []).append(row.ref)
        hashes = self.keys.hashes
        return {(shop, ref) for shop, mine in refs.items() for ref in erased_here(self.connection, hashes, shop, mine)}

    def _prospect(self, row: ImportRow, number: bytes | None, key: bytes | None) -> Prospect:
        attributes, apart = words_to_text(row.attributes), int(row.consecutive)
        return self.import_id, row.row_no, row.account_id, row.ref or None, number, key, attributes, apart

    def _targets(self, rows: Sequence[ImportRow], phone_keys: Mapping[int, bytes]) -> dict[int, list[int]]:
        targets: dict[int, list[int]] = {}
        for account_id in {row.account_id for row in rows}:
            mine = [row for row in rows if row.account_id == account_id and not row.consecutive]
            by_ref = self._by_ref(account_id, [row.ref for row in mine if row.ref])
            rest = [phone_keys[r.row_no] for r in mine if r.ref not in by_ref and r.row_no in phone_keys]
            by_phone = self._by_phone(account_id, rest)
            for row in mine:
                key = phone_keys.get(row.row_no)
                found = [by_ref[row.ref]] if row.ref in by_ref else by_phone.get(key, [])
                if found:
                    targets[row.row_no] = found
        return targets

    def _by_ref(self, account_id: int, refs: Sequence[str]) -> dict[str | None, int]:
        wanted = sa.select(_customer.ref, _customer.id).where(_customer.account_id == account_id)
        return {row[0]: row[1] for row in rows_among(self.connection, wanted, _customer.ref, refs)}

    def _by_phone(self, account_id: int, keys: Sequence[bytes]) -> dict[bytes | None, list[int]]:
        found: dict[bytes, list[int]] = {}
        if not keys:
            return {}
        people = people_of(self.connection, keys)
        shops = accounts_of(self.connection, entity_of(self.connection, account_id))
        wanted = sa.select(_customer.phone_key, _customer.id).where(of_accounts(shops))
        for key, customer_id in rows_among(self.connection, wanted, _customer.phone_key, people):
            found.setdefault(people[key], []).append(customer_id)
        return {key: found[people[key]] for key in keys if people[key] in found}

    def _wait(self, rows: Sequence[Prospect]) -> None:
        """A person who waits already with the same attributes waits once, however often the file is imported."""
        if not rows:
            return
        known = self._waiting_already(rows) if self._others_wait() else set()
        fresh = []
        for row in rows:
            person = _same_person(row)
            if person not in known:
                fresh.append(row)
                known.add(person)
        put(self.connection, fresh)

    def _others_wait(self) -> bool:
        """Whether another import has left rows: within one file nobody stands twice."""
        others = sa.select(sa.literal(1)).where(
            sa.or_(_prospect.import_id < self.import_id, _prospect.import_id > self.import_id)
        )
        return self.connection.execute(others.limit(1)).first() is not None

    def _waiting_already(self, rows: Sequence[Prospect]) -> set[Person]:
        return {
            _same_person(tuple(other)) for other in of_keys(self.connection, chain.from_iterable(map(keys_of, rows)))
        }


def _same_person(row: Prospect) -> Person:
    _, _, account_id, ref, _, phone_key, attributes, consecutive = row
    return account_id, ref, phone_key, attributes, consecutive
