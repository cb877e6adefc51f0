"""What the core asks of the stores of customers: who they are, what they agreed to, what files added to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Noted
from campaign_app.domain.consent import Backlog, ConsentFact, LocalOptOut, Receipt, Suppression
from campaign_app.domain.customer import (
    Account,
    ChunkCounts,
    Customer,
    ImportGlance,
    ImportReport,
    ImportRow,
    PlatformCustomer,
    Reading,
    ReadyRows,
)
from campaign_app.domain.erasure import Stored
from campaign_app.domain.people import PeopleQuery
from campaign_app.domain.phone import Phone


class CustomerStore(Protocol):
    def upsert_page(
        self,
        account_id: int,
        customers: Sequence[PlatformCustomer],
        cursor: str,
        seen_at: datetime,
        redacted: Sequence[str] = (),
        stands: str | None = None,
    ) -> Stored | None:
        """Stores a synced page and the cursor of stream `customers`, matches waiting import rows by phone key, and

        suppresses minors and who withdrew for the account's entity. Of `redacted` refs
        everything is erased but the proof of what was agreed and sent; each leaves a receipt in the audit and is never
        reached again.

        Where the stored cursor is not `stands` any more nothing is stored: None.
        """
        ...

    def count(self, audience: Filter, entity_uscc: str, now: datetime) -> int:
        """Customers of the entity's connected shops; of "" those of every shop, as the table of customers has them."""
        ...

    def values(self, field: str, entity_uscc: str, limit: int) -> tuple[str, ...]:
        """What those whom `count` counts have in `province`, `city` or `tag`, the most frequent first."""
        ...

    def total(self) -> int: ...
    def anybody(self) -> bool: ...
    def some(
        self, audience: Filter, entity_uscc: str, now: datetime, limit: int, name: str = ""
    ) -> tuple[Customer, ...]:
        """The first `limit` customers that `count` counts, by id; only those with `name` as a part of their name."""
        ...

    def by_ids(self, ids: Sequence[int], *, phones: bool = True) -> dict[int, Customer]:
        """Without `phones` no number is unsealed: `phone` is None for everybody."""
        ...

    def ids_of_numbers(self, account_id: int, phone_keys: Sequence[bytes]) -> tuple[int, ...]:
        """The account's customers who have one of these numbers."""
        ...

    def ids_of_refs(self, account_id: int, refs: Sequence[str]) -> dict[str, int]: ...


class ReadingStore(Protocol):
    """What texts may say of people, page by page; `after` is the `place` of the last one seen, -1 starts."""

    def of_audience(
        self, audience: Filter, entity_uscc: str, now: datetime, after: int, limit: int
    ) -> tuple[Reading, ...]:
        """Of those that `CustomerStore.count` counts."""
        ...

    def of_members(self, campaign_id: int, after: int, limit: int) -> tuple[Reading, ...]:
        """Of the members of a screened campaign who may receive it; who was erased since is left out."""
        ...


class PeopleStore(Protocol):
    """Customers in the order of their ids, for tables of any length."""

    def anchors(self, query: PeopleQuery, every: int) -> tuple[int, tuple[int, ...]]:
        """How many customers match, and the id of the first, of the one `every` later, and so on."""
        ...

    def ids(self, query: PeopleQuery, first: int, limit: int) -> tuple[int, ...]:
        """The next `limit` of those that match, from the id `first` on."""
        ...

    def ordered(self, query: PeopleQuery, order: str, limit: int, *, descending: bool) -> Sequence[int]:
        """The first `limit` of those that match, by one of `domain.people.ORDERS`; equals by id.

        Whoever has nothing there comes last either way.
        """
        ...

    def provinces(self) -> tuple[str, ...]:
        """Every province that a customer has, sorted."""
        ...


class FactStore(Protocol):
    def append(
        self, facts: Sequence[ConsentFact], receipts: Sequence[Receipt], *, asked: Account | None = None
    ) -> dict[int, tuple[int, ConsentFact]]:
        """Appends facts of known customers with their receipts (unknown refs are skipped); returns their latest facts.

        The latest fact of a customer is the one with the greatest `checked_at` (facts without one are judged by
        `observed_at`): an older answer that arrives later is kept but does not become the latest. A fact that says
        withdrawn also leaves a `withdrawn` suppression mark (key of ref, and of phone where known); one that says that
        the platform erased its person (`redacted`) erases them here, as `CustomerStore.upsert_page` does.

        `asked`: the account as it was before its client was asked. Raises RemoteUnavailable("source_changed"), and
        appends nothing, where its consents come from another source by now.
        """
        ...

    def append_changes(
        self,
        asked: Account,
        facts: Sequence[ConsentFact],
        receipts: Sequence[Receipt],
        stands: str,
        cursor: str,
        *,
        read_at: datetime | None = None,
        unseen_at: datetime | None = None,
    ) -> bool:
        """`append` and the cursor of stream `changes`, in one transaction. Raises as `append`.

        `read_at`: when the list was asked for, where it was read to its end and nobody may have changed unseen.
        `unseen_at`: when it had been answered, where a row of it could not be read.

        False, and nothing is stored, where the stored cursor is not `stands` any more.
        """
        ...

    def begin_anew(self, asked: Account, stands: str, cursor: str) -> None:
        """Moves stream `changes` from `stands` to `cursor`, with a gap between them that nobody can read any more.

        The account's facts are kept and are nobody's latest from then on: everybody is asked about again. Does nothing
        where the stored cursor is not `stands` any more. Raises as `append`.
        """
        ...

    def begin_changes(self, asked: Account, cursor: str) -> None:
        """Sets the cursor of stream `changes` if nothing was read of this account yet, no change and no proven fact.

        Raises as `append`.
        """
        ...

    def unread(self, account_id: int) -> bool:
        """Whether `begin_changes` would set the cursor."""
        ...

    def latest(
        self, customer_ids: Sequence[int], *, checked_since: datetime | None = None
    ) -> dict[int, tuple[int, ConsentFact]]:
        """customer id → (fact id, latest fact); customers without any fact are absent.

        With `checked_since` those whose latest fact was checked before it, or nobody knows when, are absent too.
        """
        ...

    def confirmed(self, by: Mapping[int, int]) -> frozenset[int]:
        """Of customers, each with the id of the fact that confirmed them, those whose latest fact says the same."""
        ...

    def history(self, customer_id: int) -> tuple[tuple[int, ConsentFact], ...]:
        """Every fact of one customer, oldest first."""
        ...


class SuppressionStore(Protocol):
    def add(self, suppressions: Sequence[Suppression]) -> None:
        """Adds what is not there yet (unique by entity, key, kind)."""
        ...

    def active(self, entity_uscc: str, keys: Sequence[bytes]) -> dict[bytes, frozenset[Suppression]]:
        """Suppressions not lifted, by key."""
        ...

    def of_customers(self, ids: Sequence[int]) -> dict[int, frozenset[Suppression]]:
        """Customer id → suppressions not lifted, by ref and by phone, for the entity of the customer's account.

        Customers without any are absent.
        """
        ...

    def lift(
        self, suppressions: Sequence[Suppression], *, customer_id: int, fact_id: int, reviewer: str, at: datetime
    ) -> None:
        """Lifts opt_out or withdrawn marks for a later grant that a reviewer confirmed, all or none; in the audit.

        Raises NotAllowed for complaint and minor, for a fact that is not confirmed or was obtained before `since`;
        `lift_nothing` where somebody has lifted all of them.
        """
        ...


class OptOutStore(Protocol):
    """Opt-outs said here, until their platforms know of them. They are put down with the mark that they leave."""

    def add(self, customer_id: int, since: datetime, reason: str, note: str, by: str = "") -> None:
        """Marks the customer by ref and number, and puts down what the shops of the entity have yet to be told.

        With its entry in the audit, as below.
        """
        ...

    def add_numbers(self, phones: Sequence[Phone], said: Suppression) -> int:
        """The same for numbers, whether anybody has them or not; `said` is what is put down, its key aside.

        How many of them were not suppressed so before. Each call is an entry of the audit.
        """
        ...

    def waiting(self, account_id: int, limit: int, *, after: LocalOptOut | None = None) -> tuple[LocalOptOut, ...]:
        """The oldest first, from behind `after` on."""
        ...

    def accounts_waiting(self) -> frozenset[int]: ...
    def settle(self, told: Sequence[LocalOptOut], state: str, at: datetime, *, code: str = "") -> None:
        """`state`: told, refused or untellable. One that was said anew in the meantime goes on waiting."""
        ...

    def took(self, account_id: int, limit: int) -> tuple[timedelta, ...]:
        """How long it took until the platform took them, of the newest that it took."""
        ...

    def backlog(self) -> dict[int, Backlog]:
        """By account; accounts without any are absent."""
        ...


class AudienceStore(Protocol):
    """Saved segments; a name keeps the filter that was saved last. `noted` is written with the change, or neither."""

    def save(self, name: str, audience: Filter, at: datetime, noted: Noted | None = None) -> None: ...
    def all(self) -> dict[str, Filter]:
        """By name, in the order of names."""
        ...

    def rename(self, name: str, to: str, noted: Noted | None = None) -> None:
        """Raises NotFound, and SettingsError("segment_taken") where another segment is called so."""
        ...

    def delete(self, name: str, noted: Noted | None = None) -> None: ...


class ImportStore(Protocol):
    """Files that describe customers further: attributes, never consent. A step may be repeated: nothing doubles."""

    def begin(self, file_name: str, file_sha256: str, rows_total: int, at: datetime) -> int:
        """Import id; a running import of the same file is continued under its id."""
        ...

    def classify(self, rows: Sequence[ImportRow]) -> ChunkCounts:
        """What `apply_chunk` would answer to these rows in a new import; writes nothing."""
        ...

    def apply_chunk(self, import_id: int, rows: Sequence[ImportRow]) -> ChunkCounts:
        """Of rows for one shop."""
        ...

    def apply_ready(self, import_id: int, rows: ReadyRows) -> ChunkCounts: ...
    def refuse(self, import_id: int, refusals: Sequence[tuple[int, str, str]]) -> None:
        """Keeps (row, code, field) of rows that are left out."""
        ...

    def finish(self, import_id: int, counts: Mapping[str, int], noted: Noted | None = None) -> None:
        """Noted where it had not ended, or with other counts: of two who end it, or of one who does so twice, once."""
        ...

    def undo(self, import_id: int, noted: Callable[[ChunkCounts], Noted] | None = None) -> ChunkCounts:
        """Gives attributes their former values (unless changed since), forgets waiting rows; says how many of each.

        That is noted as it ends, once.
        """
        ...

    def report(self, import_id: int, limit: int) -> ImportReport: ...

    def imports(self, limit: int) -> tuple[ImportGlance, ...]:
        """The last imports, newest first."""
        ...
