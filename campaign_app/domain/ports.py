"""What the core asks of the outside. Adapters fit these by shape; every store method is one transaction.

The stores of customers are in `ports_people`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from campaign_app.domain.campaign import Campaign, CampaignState, Noted, Stopped, Warned
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
    def entities(self) -> tuple[Entity, ...]: ...
    def entity(self, uscc: str) -> Entity: ...
    def add_account(self, account: Account) -> Account:
        """Stores it (`id` 0 is ignored) and returns it with its id. One account per base URL and key id."""
        ...

    def account(self, account_id: int) -> Account:
        """Raises NotFound."""
        ...

    def accounts(self) -> tuple[Account, ...]: ...
    def set_account_state(self, account_id: int, state: str) -> None:
        """Once connected, opt-outs that nobody took wait again: its own, and those of shops whose consents it knows."""
        ...

    def set_connection(self, account: Account) -> None:
        """Writes its label, options, consent account and pinned keys; whose shop it is never changes.

        With another consent account its customers and changes are read from the start, no fact of the former one is
        the latest any more, and opt-outs wait as above.
        """
        ...

    def take_consents_from(self, account_id: int, consent_account_id: int | None) -> None:
        """As `set_connection` would, and nothing else of the account."""
        ...

    def set_sender(self, account_id: int, sender_account_id: int | None) -> None:
        """Which account at an SMS provider carries its messages; raises NotAllowed while a batch of it is open."""
        ...

    def pin_keys(self, account_id: int, seen: str, keys: str) -> bool:
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
    def set_settings(self, values: Mapping[str, Any]) -> None:
        """All of them or none."""
        ...

    def setting(self, name: str, default: Any) -> Any: ...


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


class JobStore(Protocol):
    def enqueue(self, kind: str, args: Mapping[str, Any], at: datetime) -> Job: ...
    def job(self, job_id: int) -> Job: ...
    def open_jobs(self) -> tuple[Job, ...]:
        """Queued and running ones, oldest first."""
        ...

    def ended_jobs(self, limit: int, *, kind: str | None = None) -> tuple[Job, ...]:
        """The last that ended, newest first, as far as they are not long ago; of one kind, or all but the polling."""
        ...

    def set_state(
        self, job_id: int, state: str, *, error: str = "", result: Mapping[str, Any] | None = None
    ) -> None: ...
    def set_progress(self, job_id: int, progress: int, total: int) -> None: ...
    def ended(self, before: datetime, limit: int, *, kind: str | None = None) -> tuple[int, ...]:
        """The oldest jobs that have ended, queued before that time, of one kind or of any; the newest job never is."""
        ...

    def forget(self, job_ids: Sequence[int]) -> None:
        """Removes jobs that have ended."""
        ...


class CampaignStore(Protocol):
    def create(self, campaign: Campaign, noted: Noted | None = None) -> Campaign: ...
    def campaign(self, campaign_id: int) -> Campaign: ...
    def campaigns(self, states: Collection[CampaignState] | None = None) -> tuple[Campaign, ...]:
        """All, or those in one of `states`; newest first."""
        ...

    def update(self, campaign: Campaign, *, expected: CampaignState, noted: Noted | None = None) -> None:
        """Writes every field; raises NotAllowed("campaign_state") if the stored state is not `expected`."""
        ...

    def update_confirmed(
        self, campaign: Campaign, rules: Collection[str], *, expected: CampaignState, noted: Noted
    ) -> None:
        """`update`, and that its actor confirmed the warnings of these rules, in one transaction."""
        ...

    def close_unknown(self, campaign: Campaign, *, expected: CampaignState, noted: Noted) -> int:
        """`update`, and nobody asks any more what became of its open messages, in one transaction.

        They stay unknown unless a report still comes; returns how many they are, which is noted as well.
        """
        ...

    def add_warnings(self, campaign_id: int, found: Mapping[str, int]) -> None:
        """Rule → a customer whose text it warns of; a rule that is known already stays as it is."""
        ...

    def warnings(self, campaign_id: int) -> dict[str, Warned]:
        """By rule: what the last screening found, and what was confirmed since. `snapshot` begins anew."""
        ...

    def delete(self, campaign_id: int, states: Collection[CampaignState], noted: Noted | None = None) -> None:
        """Removes a campaign and its members; raises NotAllowed: `campaign_state` unless it is in one of `states`,

        `already_submitted` once anything of it was claimed.
        """
        ...

    def snapshot(self, campaign_id: int, now: datetime) -> int:
        """Freezes the audience into (campaign, seq, customer), seq from 0 without gaps, ordered by account and

        customer, in one transaction; replaces an earlier snapshot unless something was already submitted.
        Returns its size.
        """
        ...

    def members(self, campaign_id: int, first: int, last: int) -> tuple[tuple[int, int], ...]:
        """(seq, customer id) with first ≤ seq < last."""
        ...

    def begin(self, campaign: Campaign, at: datetime, stopped: Noted | None = None) -> str:
        """A scheduled campaign is sent from now on, and what it will cost is set aside, in one transaction.

        Where a budget does not allow that it waits for a person instead, with the note `budget`, and `stopped` is
        noted; returns why (`domain.money.objection`). Raises NotAllowed("campaign_state") if it is not scheduled.
        """
        ...

    def set_reasons(
        self,
        campaign_id: int,
        reasons: Mapping[int, tuple[str, int | None]],
        parts: Mapping[int, int] | None = None,
        stopped: Mapping[int, Stopped] | None = None,
    ) -> None:
        """seq → (reason, fact id) of the screening, and in how many parts the message of that member leaves.

        `stopped`: the rules that keep a member's text back; those of an earlier screening of these seqs are forgotten.
        """
        ...

    def keep_stopped(self, campaign_id: int, stopped: Mapping[int, Stopped]) -> None:
        """The same of a batch that is about to leave; says nothing of a member whose reason is another."""
        ...

    def mark_duplicates(self, campaign_id: int) -> int:
        """Of the members that are ok and share a phone key keeps the first, sets the others to duplicate_number."""
        ...

    def funnel(self, campaign_id: int) -> dict[str, int]:
        """reason → members; sums to the snapshot's size. A member not screened yet counts as `unscreened`."""
        ...

    def fallen(self, campaign_id: int) -> dict[str, int]:
        """reason → members that were ok when they were screened and were refused when their batch was to leave."""
        ...

    def members_by_reason(
        self, campaign_id: int, reason: str, after_seq: int, limit: int
    ) -> tuple[tuple[int, int, int | None], ...]:
        """(seq, customer id, fact id) of the next `limit` members, seq > after_seq, that have this reason.

        Reasons are the keys of `funnel`; `after_seq` -1 starts.
        """
        ...

    def ok_members(self, campaign_id: int, after_seq: int, limit: int) -> tuple[tuple[int, int], ...]:
        """(seq, customer id) of the next `limit` members, seq > after_seq, that are ok and not in the ledger yet."""
        ...

    def sent_since(
        self,
        entity_uscc: str,
        customer_ids: Sequence[int],
        since: datetime,
        *,
        but: int = 0,
        keys: Mapping[int, bytes] | None = None,
    ) -> dict[int, int]:
        """How many messages of this entity each customer (by phone key where known) was sent; absent means none.

        Messages of the campaign `but` are left out: a claimed row of its own must not count against its person. Whoever
        has the customers at hand gives their `keys` (of phone where known, else of ref), which are read otherwise.
        """
        ...


class InboxStore(Protocol):
    def store_reports(self, account_id: int, page: Page[DeliveryReport], at: datetime) -> int:
        """Appends outcomes for known provider ids once each, with the cursor; returns how many were new."""
        ...

    def store_inbound(self, account_id: int, page: Page[InboundMessage], opt_outs: Sequence[str], at: datetime) -> int:
        """Stores replies once each with the cursor, and suppresses the senders of the inbound ids in `opt_outs`."""
        ...

    def texts_sent(
        self, account_id: int, messages: Sequence[InboundMessage], since: datetime
    ) -> Mapping[str, tuple[str, ...]]:
        """By inbound id what the entity sent to each reply's sender since then; whoever got nothing is not there."""
        ...

    def store_complaints(self, account_id: int, page: Page[ComplaintClue], at: datetime) -> int:
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


class AuditLog(Protocol):
    def record(self, action: str, *, actor: str, at: datetime, **facts: str | int | bool | None) -> None:
        """Appends one entry to the hash chain. Facts hold ids and counts, never personal data."""
        ...

    def touched(self, kind: str) -> dict[int, datetime]:
        """Id of a campaign, account, … → the time of its newest entry, as far back as the last entries reach.

        `kind` is the word before the point in their actions, and the fact that holds the id.
        """
        ...

    def erasures(self, account_id: int, limit: int) -> tuple[ErasureReceipt, ...]:
        """Of the people whom the account's platform had erased, the newest first."""
        ...
