"""A complaint case: who complained of what, when, which message it was about, and how far its handling is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from campaign_app.domain.phone import Phone


class Source(StrEnum):
    """Who handed the complaint on."""

    R12321 = "r12321"
    PLATFORM = "platform"
    CARRIER = "carrier"
    DIRECT = "direct"
    OTHER = "other"


class Way(StrEnum):
    """How it came into the workspace."""

    FEED = "feed"
    FORM = "form"
    FILE = "file"


class CaseState(StrEnum):
    """open (nobody has said yet which message it is about) → matched | unmatched → answered → closed."""

    OPEN = "open"
    MATCHED = "matched"
    UNMATCHED = "unmatched"
    ANSWERED = "answered"
    CLOSED = "closed"


class Unmatched(StrEnum):
    """Why a case has no message."""

    NEVER_SENT = "never_sent"  # the entity never sent anything to this number or reference
    NOT_THEN = "not_then"  # nothing in the days before the complaint
    NOT_OURS = "not_ours"  # a person looked, and says that it is none of these


class Action(StrEnum):
    """What happened to a case, in its history."""

    ENTERED = "entered"
    MATCHED = "matched"
    UNMATCHED = "unmatched"
    OWNED = "owned"
    NOTED = "noted"
    ANSWERED = "answered"
    CLOSED = "closed"
    REOPENED = "reopened"
    PACKED = "packed"


# whose handling has ended; of the others the clock runs
DONE: Final = frozenset({CaseState.ANSWERED, CaseState.CLOSED})
UNANSWERED: Final = frozenset(CaseState) - DONE


@dataclass(frozen=True, slots=True)
class NewCase:
    """What a person or a file says. `number` is the complaint's own, "" for none; one of `phone` and `ref` is there.

    `account_id`: whose customer `ref` is, None where any shop of the entity may know it. `port` and `signature` as the
    complaint quotes them.
    """

    entity_uscc: str
    source: Source
    way: Way
    made_at: datetime
    received_at: datetime
    number: str = ""
    phone: Phone | None = None
    ref: str = ""
    account_id: int | None = None
    text: str = field(default="", repr=False)
    port: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A message that the complaint may be about. `shop` is the account whose customer got it; `fact_id` is the consent

    that justified it.
    `differs`: the complaint quotes another signature than the message had.
    """

    ledger_id: int
    campaign_id: int
    campaign: str
    signature: str
    shop: int
    ref: str
    text: str = field(repr=False)
    sent_at: datetime
    outcome: str
    differs: bool = False
    customer_id: int = 0
    fact_id: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a complaint: `candidates` the newest first, or why there are none."""

    candidates: tuple[Candidate, ...] = ()
    why: Unmatched | None = None

    @property
    def sure(self) -> Candidate | None:
        """The one message that it can be about: another one, or another signature, is for a person to judge."""
        return self.candidates[0] if len(self.candidates) == 1 and not self.candidates[0].differs else None


@dataclass(frozen=True, slots=True)
class Case:
    """`who`: the masked number, else the reference, "" where neither is kept any more.

    `campaign_id`: what the case counts for; of one whose message nobody has told yet (`ledger_id` None) the campaign
    that wrote to this person last. `owner`: "" for nobody.
    """

    id: int
    entity_uscc: str
    source: Source
    way: Way
    state: CaseState
    who: str
    number: str
    made_at: datetime
    received_at: datetime
    entered_at: datetime
    entered_by: str
    account_id: int | None = None
    ref: str = ""
    text: str = field(default="", repr=False)
    port: str = ""
    signature: str = ""
    why: Unmatched | None = None
    owner: str = ""
    campaign_id: int | None = None
    campaign: str = ""
    ledger_id: int | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def accepted(self) -> bool:
        """Whether somebody owns it and knows which message it is about, or that it is about none."""
        return bool(self.owner) and self.state is not CaseState.OPEN


@dataclass(frozen=True, slots=True)
class CaseNote:
    """One entry of a case's history; `text` is what a person wrote, or a code."""

    at: datetime
    by: str
    action: Action
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """Which cases: of some states (none for all), of one number, or whose number, reference or text holds `text`."""

    states: frozenset[CaseState] = frozenset()
    phone_key: bytes | None = field(default=None, repr=False)
    text: str = ""


@dataclass(frozen=True, slots=True)
class Timer:
    """`days` are working days after the day of receipt; `draft`: of a text that never came into force."""

    id: str
    days: int
    law: str
    draft: bool
    verified: bool


@dataclass(frozen=True, slots=True)
class Deadline:
    """`left`: days until it is due, negative once it is over. `guessed`: years whose holidays are not known."""

    timer: Timer
    day: date
    left: int
    guessed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SentCounts:
    """Of a period: messages handed over and complaints made, by campaign; `unchecked` complaints are among these."""

    sent: Mapping[int, int]
    complaints: Mapping[int, int]
    unchecked: Mapping[int, int]
    unmatched: int = 0
