"""What the core asks of the outside. Adapters fit these by shape; every store method is one transaction.

The stores of customers are in `ports_people`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from campaign_app.domain.campaign import Noted, Released
from campaign_app.domain.consent import ConsentFact, CustomerRef, Receipt
from campaign_app.domain.customer import Account, Entity, PlatformCustomer
from campaign_app.domain.erasure import ErasureReceipt
from campaign_app.domain.filing import Register
from campaign_app.domain.message import ComplaintClue, DeliveryReport, InboundMessage, Page
from campaign_app.domain.phone import Phone
from campaign_app.domain.platform import Capabilities
from campaign_app.domain.signature import FiledTemplate, Signature


class Clock(Protocol):
    def __call__(self) -> datetime:
        """Now, aware UTC."""
        ...


class PhoneKeys(Protocol):
    """Keyed hashes, so that suppression and duplicates work without a readable number."""

    def of_phone(self, phone: Phone) -> bytes:
        """HMAC-SHA-256 of the E.164 number under a key derived from the workspace key, 32 bytes."""
        ...

    def of_ref(self, ref: CustomerRef) -> bytes:
        """The same over `account_id` and `ref`, in another domain of the hash, 32 bytes."""
        ...


class Secrets(Protocol):
    """Secrets inside the encrypted workspace; values never leave but into a client's constructor."""

    def put(self, name: str, value: str) -> None: ...
    def get(self, name: str) -> str | None: ...
    def delete(self, name: str) -> None: ...
    def connect(self, account: Account, name: str, value: str, noted: Noted) -> None:
        """`put` of an account's that is stored, which is connected by it and noted, in one transaction.

        Its label, options and pinned keys are written too; whose shop it is never changes. Keys that are pinned by then
        and are none of these are kept as retired (`services.pinning`). Whose word counts for it is written only if it
        was not connected before. Raises NotFound, and NotAllowed("account_disconnected") where `account` is connected
        and what is stored no longer is.
        """
        ...

    def disconnect(self, account_id: int, name: str, noted: Noted) -> None:
        """`delete` of an account's, which is disconnected by it and noted, in one transaction."""
        ...


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """What a connection check saw; the entity is the shop's. `clock_skew_seconds` is theirs minus ours.

    `missing`: what the platform's interface could offer and this server does not (fields of `Capabilities`).
    `unverified`: permissions that are needed and that the platform was not, or cannot be, asked for, by its names.
    `parts_left`: what is left of the parts that were bought, None where that is not told.
    """

    ok: bool
    issuer_uscc: str
    issuer_name: str
    api_version: str
    simulated: bool
    clock_skew_seconds: float
    pinned_keys: str
    problem: str = ""
    entity_uscc: str = ""
    entity_name: str = ""
    shop: str = ""
    missing: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    parts_left: int | None = None


@dataclass(frozen=True, slots=True)
class ConsentAnswers:
    """One fact per ref that was asked, whatever happened, and the receipts that prove the proven ones."""

    facts: Mapping[CustomerRef, ConsentFact]
    receipts: tuple[Receipt, ...]


class PlatformClient(Protocol):
    """One connected account. Every method raises RemoteUnavailable (try again) or RemoteRefused (do not).

    What the capabilities do not name is refused as RemoteRefused("not_offered"), but for `consents`, which is total.
    """

    def capabilities(self) -> Capabilities:
        """What this account's server offers; it may have to be asked once."""
        ...

    def check_connection(self) -> ConnectionReport: ...

    def customers(self, cursor: str, updated_since: datetime | None) -> Page[PlatformCustomer]:
        """`cursor` "" starts. A row that breaks the contract is left out and counted as `broken`.

        `redacted` of the page are those whom the platform has erased, or has been asked to: they are erased here too.
        """
        ...

    def consents(self, refs: Sequence[CustomerRef]) -> ConsentAnswers:
        """Total: one fact per ref. A missing, unproven or odd answer is an UNKNOWN fact with the reason as `note`."""
        ...

    def consent_changes(self, cursor: str) -> Page[str]:
        """Refs whose consent changed since the cursor; their facts are then read by `consents`."""
        ...

    def write_opt_out(self, ref: CustomerRef, reason: str, occurred_at: datetime) -> None:
        """Tells the platform that somebody opted out. There is no way to write an opt-in."""
        ...

    def signatures(self) -> tuple[Signature, ...]: ...


@runtime_checkable
class DividedClient(Protocol):
    """A client behind which several systems stand, each of which wants to be told of opt-outs for itself."""

    def opt_out_places(self) -> tuple[PlatformClient, ...]: ...


@runtime_checkable
class Prepaid(Protocol):
    """A client of a provider that says what is left of the parts bought there."""

    def parts_left(self) -> int | None:
        """None where the answer does not tell. Raises as a PlatformClient does."""
        ...


@runtime_checkable
class TemplateLookup(Protocol):
    """What a client besides has whose platform has `Capabilities.templates`."""

    def template(self, code: str) -> FiledTemplate:
        """What the platform says of one template; of one that it does not know everything is "unknown". Raises as a

        PlatformClient does.
        """
        ...


@runtime_checkable
class TemplateList(Protocol):
    """What a client besides has whose platform lists the templates of the account."""

    def templates(self) -> tuple[FiledTemplate, ...]:
        """Every one, whatever its state. Raises as a PlatformClient does."""
        ...


class AccountStore(Protocol):
    def add_entity(self, entity: Entity) -> None: ...
    def change_entity(
        self, uscc: str, change: Callable[[Entity], Entity], noted: Callable[[Entity], Noted] | None = None
    ) -> Entity:
        """To what `change` makes of it, while nobody else changes it; the result is `noted`. Raises NotFound."""
        ...

    def entities(self) -> tuple[Entity, ...]: ...
    def entity(self, uscc: str) -> Entity: ...
    def add_account(self, account: Account) -> Account:
        """Stores it (`id` 0 is ignored) and returns it with its id. One account per base URL and key id."""
        ...

    def account(self, account_id: int) -> Account:
        """Raises NotFound."""
        ...

    def accounts(self) -> tuple[Account, ...]: ...
    def take_consents_from(self, account_id: int, consent_account_id: int | None, noted: Noted | None = None) -> None:
        """With another one its customers and changes are read from the start, no fact of the former one is the latest

        any more, and opt-outs that nobody took wait again.
        """
        ...

    def set_sender(self, account_id: int, sender_account_id: int | None, noted: Noted | None = None) -> None:
        """Which account at an SMS provider carries its messages; raises NotAllowed while a batch of it is open."""
        ...

    def pin_keys(self, account_id: int, seen: str, keys: str, noted: Noted | None = None) -> bool:
        """Pins `keys`; False, and nothing is, where others than `seen` are pinned by now."""
        ...

    def cursor(self, account_id: int, stream: str) -> str:
        """Stored cursor of one stream (customers, changes, reports, inbound, complaints), "" at the start."""
        ...

    def put_signatures(self, account_id: int, signatures: Sequence[Signature] | None, seen_at: datetime) -> None:
        """None of an account that has no list of signatures."""
        ...

    def register(self, entity_uscc: str) -> Register:
        """All that is known of the signatures of an entity."""
        ...

    def set_setting(self, name: str, value: Any) -> None: ...
    def setting(self, name: str, default: Any) -> Any: ...
    def settings(self, names: Sequence[str]) -> dict[str, Any]:
        """Those that are stored, read at one moment."""
        ...

    def change_setting(self, name: str, change: Callable[[Any], Any]) -> None:
        """To what `change` makes of what is stored (None of nothing), while nobody else changes it; may raise."""
        ...

    def change_settings(
        self,
        names: Sequence[str],
        change: Callable[[Mapping[str, Any]], tuple[Mapping[str, Any], Sequence[Noted]]],
    ) -> None:
        """`change` is told those that are stored while nobody else changes them; what it gives is put there instead,

        with the entries of the audit that tell of it. Where it raises, all stays.
        """
        ...

    def take_setting(self, name: str, holding: Collection[str]) -> bool:
        """Empties a setting that is a list with all of these, and says so; else leaves it: somebody else was first."""
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """Work for the worker process. `progress` of `total` steps; `result` is a small JSON object when it ended."""

    id: int
    kind: str
    args: Mapping[str, Any]
    state: str  # queued, running, done, failed, cancelled
    progress: int = 0
    total: int = 0
    error: str = ""
    result: Mapping[str, Any] | None = None
    queued_at: datetime | None = None
    asked_by: str = ""  # the login that put it down, as the server knows it; "" where there is none


class JobStore(Protocol):
    def enqueue(self, kind: str, args: Mapping[str, Any], at: datetime) -> Job:
        """The job, or the one of that kind with those arguments that is open already: two would do the same twice."""
        ...

    def job(self, job_id: int) -> Job: ...
    def open_jobs(self) -> tuple[Job, ...]:
        """Queued and running ones, oldest first."""
        ...

    def newest(self) -> int:
        """The number of the job that was put down last, 0 where there is none."""
        ...

    def put_down_since(self, job_id: int) -> tuple[Job, ...]:
        """The jobs behind that one, in whatever state; of many the newest. Oldest first."""
        ...

    def ended_jobs(self, limit: int, *, kind: str | None = None) -> tuple[Job, ...]:
        """The last that ended, newest first, as far as they are not long ago; of one kind, or all but the polling."""
        ...

    def set_state(
        self,
        job_id: int,
        state: str,
        *,
        error: str = "",
        result: Mapping[str, Any] | None = None,
        released: Released | None = None,
    ) -> None:
        """A job that has ended stays as it ended. `released` with it is its campaign, or neither is.

        Not where the job had ended before, and not where somebody else took the campaign out of that state.
        """
        ...

    def set_progress(self, job_id: int, progress: int, total: int) -> None: ...
    def ended(self, before: datetime, limit: int, *, kind: str | None = None) -> tuple[int, ...]:
        """The oldest jobs that have ended, queued before that time, of one kind or of any; the newest job never is."""
        ...

    def forget(self, job_ids: Sequence[int]) -> None:
        """Removes jobs that have ended."""
        ...


class InboxStore(Protocol):
    """`stands`: the cursor that a page follows. Of several who read a list at once a slow one stores its page behind a

    quick one: its rows count, and the cursor stays where it is by then. Back at the former place it would say of what
    was pulled since, and is not stored yet, that it waits.
    """

    def store_reports(
        self, account_id: int, page: Page[DeliveryReport], at: datetime, *, stands: str | None = None
    ) -> int:
        """Appends outcomes for known provider ids once each, with the cursor; returns how many were new."""
        ...

    def store_inbound(
        self,
        account_id: int,
        page: Page[InboundMessage],
        opt_outs: Sequence[str],
        at: datetime,
        *,
        stands: str | None = None,
    ) -> int:
        """Stores replies once each with the cursor, and suppresses the senders of the inbound ids in `opt_outs`."""
        ...

    def texts_sent(
        self, account_id: int, messages: Sequence[InboundMessage], since: datetime
    ) -> Mapping[str, tuple[str, ...]]:
        """By inbound id what the entity sent to each reply's sender since then; whoever got nothing is not there."""
        ...

    def store_complaints(
        self, account_id: int, page: Page[ComplaintClue], at: datetime, *, stands: str | None = None
    ) -> int:
        """The same for complaints: each one suppresses its person for the entity as `complaint`."""
        ...

    def complaints(self, campaign_id: int) -> int: ...
    def written_to(self, account_id: int, since: datetime, after: int) -> tuple[int, tuple[Phone, ...]] | None:
        """The first batch behind batch `after` that this account was handed since then, and its people's numbers.

        None behind the last one. A batch that it carried for a shop is one of its own.
        """
        ...

    def counts(self, campaign_id: int) -> dict[str, int]:
        """Keys: submitted, accepted, rejected, unknown, withheld, delivered, failed, replies, opt_outs, complaints."""
        ...

    def tallies(self, campaign_ids: Collection[int]) -> Mapping[int, Mapping[str, int]]:
        """`counts` of each, of a thousand in hardly more time than of one."""
        ...

    def submitted(self, campaign_id: int) -> int:
        """That of `counts` alone, which every batch may ask for."""
        ...

    def any_accepted(self, campaign_id: int) -> bool:
        """Whether a sender took any message of the campaign, whatever became of it since."""
        ...


class AuditLog(Protocol):
    def record(self, action: str, *, actor: str, at: datetime, **facts: str | int | bool | None) -> None:
        """Appends one entry to the hash chain. Facts hold ids and counts, never personal data."""
        ...

    def touched(self, kind: str) -> dict[int, datetime]:
        """Id of a campaign, account, … → the time of its newest entry, as far back as the last entries reach.

        `kind` is the word before the point in their actions, and the fact that holds the id.
        """
        ...

    def kinds_since(self, number: int | None) -> tuple[int, frozenset[str]]:
        """The number of the last entry, and of those behind `number` (None: of none) the words before the point."""
        ...

    def erasures(self, account_id: int, limit: int, *, before: int | None = None) -> tuple[ErasureReceipt, ...]:
        """Of the people whom the account's platform had erased, the newest first, or those of older entries."""
        ...
