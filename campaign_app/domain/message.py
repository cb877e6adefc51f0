"""What became of a message: outcomes of submitting it, and what came back later."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Generic, TypeVar

from campaign_app.domain.phone import Phone

T_co = TypeVar("T_co", covariant=True)
# rejected before anything left: no approved template of the sender gives the text
NO_TEMPLATE: Final = "no_template"


class Outcome(StrEnum):
    """Of one recipient. accepted/rejected/unknown by the sender at submit; withheld by the gate before it was accepted;

    delivered/failed by a later report. `delivered` and `failed` are final; so are `rejected` and `withheld`, unless a
    report says that the message was delivered after all.
    """

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    WITHHELD = "withheld"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Composed:
    """What one person would read; the rules that stop it, and those that warn of it, by the packs of a version.

    `anybodys`: of both those that hold whoever reads it, as of the hour, the signature or the campaign's own words.
    """

    text: str = field(repr=False)
    blocks: frozenset[str] = frozenset()
    warned: frozenset[str] = frozenset()
    rule_packs: str = ""
    anybodys: frozenset[str] = frozenset()

    @property
    def blocked(self) -> bool:
        return bool(self.blocks)


@dataclass(frozen=True, slots=True)
class SubmitOutcome:
    """The sender's answer for one message. `code` is the sender's own word or ours, never personal data.

    `opted_out`: rejected because this person has told the sender, or a carrier, that they want no more. `billed`: the
    parts that the sender says it bills, None where it does not say.
    """

    message_id: str
    outcome: Outcome
    provider_id: str = ""
    code: str = ""
    opted_out: bool = False
    billed: int | None = None


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """`report_id` is unique per account: reports come twice and out of order.

    `message_id` is our own, which finds a message whose answer, and with it the sender's id, never came. So do the key
    of its batch and its number, where a sender gives back no more than these. `billed` as in `SubmitOutcome`.
    """

    report_id: str
    provider_id: str
    outcome: Outcome
    code: str
    reported_at: datetime
    message_id: str = ""
    key: str = ""
    phone: Phone | None = None
    billed: int | None = None


@dataclass(frozen=True, slots=True)
class InboundMessage:
    inbound_id: str
    ref: str
    phone: Phone | None
    text: str = field(repr=False)
    received_at: datetime


@dataclass(frozen=True, slots=True)
class ComplaintClue:
    """A 12321 clue handed over by the platform; `provider_id` of the message where the platform knows it."""

    complaint_id: str
    ref: str
    phone: Phone | None
    provider_id: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Page(Generic[T_co]):
    """One page of a cursor-paged listing. `next_cursor` is to be stored with the items, in one transaction.

    `more` False ends the listing for now; an empty page with `more` True is legal and says nothing. `broken` counts
    rows that broke the contract and were left out. Of customers only: `redacted` are refs of people to be erased, and
    `unreachable` is how many there are besides at most, whom the platform hands out to nobody: they are not known here.
    `lost`: rows before this page may have left a queue that hands them out once, and never have been stored.
    """

    items: tuple[T_co, ...]
    next_cursor: str
    more: bool
    broken: int = 0
    redacted: tuple[str, ...] = ()
    lost: bool = False
    unreachable: int = 0
