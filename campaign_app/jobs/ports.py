"""Ports that need sealed recipients: senders and the ledger of what was handed to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from campaign_app.consent.recipient import Outgoing
from campaign_app.consent.staff import StaffMessage, StaffRecipient
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.customer import Account
from campaign_app.domain.message import ComplaintClue, DeliveryReport, InboundMessage, Page, SubmitOutcome
from campaign_app.domain.phone import Phone, PlatformPhone
from campaign_app.domain.staff import Trial, TrialState
from campaign_app.jobs.caps import NO_CAPS, Caps

BATCH = 500
STREAMS = frozenset({"reports", "inbound", "complaints"})


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast a sender account is handed messages, whichever process does it; a long one counts by its parts."""

    account_id: int
    per_second: float

    @property
    def pace(self) -> float:
        """What is really handed over a second: less by what a request that is late may add to the next second."""
        return self.per_second * 0.93


@dataclass(frozen=True, slots=True)
class GatewayCapabilities:
    """What a sender can do."""

    simulated: bool
    needs_phone: bool
    batch_max: int
    # the same key is never accepted twice
    idempotent: bool
    # `Gateway.lookup` tells what became of a submission
    lookup: bool
    # it takes messages; one that does not may still hand in complaints
    submits: bool = True
    # what it hands out of reports, inbound and complaints
    streams: frozenset[str] = STREAMS
    # what people answer to what it sends comes in
    hears: bool = True
    # it hands out no reports: what became of a message has to be looked up
    follow: bool = False
    # it is a `SendsTests`
    test_messages: bool = False
    # None where no limit is known
    rate: Rate | None = None
    # it goes by numbers that its platform sealed, and is given no others
    needs_platform_phone: bool = False
    # the templates that it sends by are a person's word alone (`services.stated`)
    stated: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """A message whose fate is asked for. The numbers are the customer's as known now; None where none is any more."""

    message_id: str
    phone: Phone | None
    claimed_at: datetime
    platform_phone: PlatformPhone | None = None


class Gateway(Protocol):
    """One sender account. Raises RemoteUnavailable, OutcomeUnknown (look the key up) or RemoteRefused."""

    @property
    def capabilities(self) -> GatewayCapabilities: ...

    def submit(self, key: str, messages: Sequence[Outgoing]) -> tuple[SubmitOutcome, ...]:
        """Hands over at most `batch_max` messages under one idempotency key; one outcome per message.

        A message that the answer does not mention is `unknown`. Refuses (RemoteRefused `simulated_fact`) a recipient
        confirmed by a simulated fact when the sender is real.

        A sender that is not idempotent leaves out of its outcomes whom it surely did not take: those may be handed over
        again. So may everybody where it raises anything but OutcomeUnknown.
        """
        ...

    def lookup(self, key: str, sent: Sequence[Sent]) -> tuple[SubmitOutcome, ...] | None:
        """What became of the messages `sent` under this key, or None if the sender has never seen the key.

        A sender that is not idempotent never says None: of a message that it does not find it says nothing.
        """
        ...

    def reports(self, cursor: str) -> Page[DeliveryReport]: ...
    def inbound(self, cursor: str) -> Page[InboundMessage]: ...
    def complaints(self, cursor: str) -> Page[ComplaintClue]: ...


class LooksBack(Protocol):
    """A gateway whose queues hand every row out once; of what was lost on the way (`Page.lost`) it can be asked."""

    def look_back(self, stream: str, phone: Phone, since: datetime) -> tuple[DeliveryReport | InboundMessage, ...]:
        """What a queue (reports, inbound) held for one number since then, whether it was handed out or not.

        Rows have the ids that they have in the queue. Raises RemoteError.
        """
        ...


class SendsTests(Protocol):
    """A gateway that writes to staff numbers, too; one that does not has no way to do it."""

    def submit_test(self, key: str, message: StaffMessage) -> SubmitOutcome:
        """Hands one test message over, once. It is in no list of reports that is asked for.

        Raises TypeError for anything but a StaffMessage, OutcomeUnknown where it may have been taken, another
        RemoteError where it surely was not.
        """
        ...


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One claimed message; `fact_id` is the confirmed fact that justified it."""

    id: int
    campaign_id: int
    seq: int
    customer_id: int
    fact_id: int
    message_id: str
    text: str = field(repr=False)


class AwaitingRow(NamedTuple):
    """A message whose end is not known."""

    id: int
    submission_id: int
    key: str
    customer_id: int
    message_id: str
    claimed_at: datetime


@dataclass(frozen=True, slots=True)
class Submission:
    """A batch claimed under one idempotency key.

    `settled` when every row has an outcome other than unknown, or when a person closed the campaign's unknown ones.
    """

    id: int
    campaign_id: int
    account_id: int
    key: str
    first_seq: int
    last_seq: int
    claimed_at: datetime
    settled: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """A message about to be claimed. `dedupe_key` (HMAC of phone, else of ref) is unique within a campaign, and so is

    the person whom it is a key of.
    """

    seq: int
    outgoing: Outgoing
    dedupe_key: bytes = field(repr=False)


class Rates(Protocol):
    """Turns at the sender accounts; every process of the workspace takes its own here."""

    def reserve(self, account_id: int, seconds: float, at: datetime, longest: float) -> float:
        """Takes the next turn, so long, in one transaction: in how many seconds it begins.

        Where that is more than `longest`, none is taken.
        """
        ...


class Ledger(Protocol):
    """Rows and outcomes are appended, never changed. Every method is one transaction."""

    def submission_at(self, campaign_id: int, first_seq: int) -> Submission | None: ...
    def furthest_claim(self, campaign_id: int) -> datetime | None:
        """When the batch was claimed that reaches furthest in the campaign: the newest, but where it went back."""
        ...

    def claim(
        self,
        decided: Campaign,
        account: Account,
        key: str,
        claims: Sequence[Claim],
        refusals: Mapping[int, tuple[str, int | None]],
        span: tuple[int, int],
        at: datetime,
        caps: Caps = NO_CAPS,
    ) -> Submission | None:
        """Writes the rows as sending, before anything is submitted, and the reasons of those left out.

        `span` is the range of seqs that this batch decides, both ends included; `refusals` is seq → (reason, fact id).

        None, and nothing written, when the campaign is not in state `sending`, or was approved anew since `decided` was
        read: text and people are those of an approval that does not hold any more.

        Claims whose `dedupe_key` the campaign already has become `duplicate_number`, those of people whom other
        campaigns of the entity wrote to often enough by now `frequency_cap`, `house_cap` or `provider_cap`
        (`jobs.caps`); a fact that is not this customer's confirmed one is refused by the database (IntegrityError).
        With no claims left nothing but the refusals is written and None is returned; the caller tells the two apart by
        the campaign's state.

        `account`: as it was before its people were asked about. Raises RemoteUnavailable("sender_changed"), and
        nothing is written, where another one carries its messages by now: what that one needs was never looked at.
        And "source_changed" where another one says by now who agreed: it was never asked.

        Raises BudgetSpent, and nothing is written, where a campaign under a budget would cost more than was set aside
        when it began: a customer's text may have grown, or a price.
        """
        ...

    def rows(self, submission_id: int) -> tuple[LedgerRow, ...]: ...
    def message_ids(self, submission_id: int) -> frozenset[str]: ...
    def open_rows(self, submission_id: int) -> tuple[LedgerRow, ...]:
        """Rows with no outcome yet or whose latest outcome is `unknown`."""
        ...

    def awaiting(self, account_id: int, after: int, since: datetime, limit: int) -> tuple[AwaitingRow, ...]:
        """Messages of this account, claimed since then, that may still come to something: accepted, unknown or open.

        The next `limit` by ledger id, above `after`.
        """
        ...

    def settle(self, submission_id: int, outcomes: Sequence[SubmitOutcome], at: datetime) -> bool:
        """Appends outcomes by message id; idempotent: the same outcome twice is one row. A final one stays.

        Says whether every row of the submission now has an outcome other than `unknown`.
        """
        ...

    def answered(self, submission_id: int) -> bool:
        """Whether the sender ever said anything of a message of this submission, be it that it does not know."""
        ...

    def doubled(self, submission_id: int) -> frozenset[str]:
        """The open messages of a batch whose person, as is known by now, has another one in the campaign."""
        ...

    def renumbered(self, submission_id: int) -> frozenset[str]:
        """The messages of a batch whose customer has no number or another person's by now than that of their claim."""
        ...

    def unsettled(self, campaign_id: int) -> tuple[Submission, ...]: ...
    def decided_until(self, campaign_id: int) -> int:
        """The last seq before whatever is open or was never claimed, -1 for none: where sending may go on."""
        ...

    def undecided(self, campaign_id: int) -> int:
        """Members that are ok in the screening and have neither a ledger row nor a later reason."""
        ...


class Trials(Protocol):
    """The store of test messages. Every method is one transaction."""

    def trial(self, trial_id: int) -> Trial: ...
    def claim(self, trial_id: int, account_id: int, *, cap: int, at: datetime) -> StaffRecipient | None:
        """Counts a queued one and gives its recipient; None for any other, and for one that is refused here.

        The port of `account_id`, by which it leaves, is its signature's from then on: raises NotAllowed("port_taken").
        """
        ...

    def settle(
        self, trial_id: int, state: TrialState, *, at: datetime, code: str = "", provider_id: str = ""
    ) -> None: ...
