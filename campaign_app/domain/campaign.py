"""A campaign, its state and what was approved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from campaign_app.domain.audience import Filter
from campaign_app.domain.copies import NOTES


class CampaignState(StrEnum):
    """draft → screened → approved → scheduled → sending ⇄ paused → done; waiting needs a person.

    A cancelled one that had begun is cancelling until it is known what became of every message handed over.
    """

    DRAFT = "draft"
    SCREENING = "screening"
    SCREENED = "screened"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    WAITING = "waiting"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    DONE = "done"


# why one waits whose time a person took back
NEW_TIME = "new_time"
# a batch may leave only in this state; asked inside every batch
SENDABLE_STATES = frozenset({CampaignState.SENDING})
UNAPPROVED = frozenset({CampaignState.DRAFT, CampaignState.SCREENED})
# while nothing was handed over, which one that waits may have done
EDITABLE = UNAPPROVED | {CampaignState.APPROVED, CampaignState.SCHEDULED, CampaignState.WAITING}


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is to be sent to whom, and how far that is."""

    id: int
    name: str
    entity_uscc: str
    purpose: str
    audience: Filter
    # without 【】
    signature: str = ""
    # the text without 【signature】; variables are `{name}`
    body: str = ""
    state: CampaignState = CampaignState.DRAFT
    # a stable code that says why it waits or is paused (e.g. `account_refused`, `window_over`)
    state_note: str = ""
    # None means as soon as approved
    send_at: datetime | None = None
    # no message leaves after it
    window_end: datetime | None = None
    # see `covered`
    approved_hash: str = ""
    approved_by: str = ""
    approved_at: datetime | None = None
    rule_packs: str = ""
    snapshot_size: int = 0
    # how many of its complaints somebody knew of who let it go on
    complaints_seen: int = 0
    # who changed last what an approval covers (`team.Person.name`), "" where that was not put down
    edited_by: str = ""

    def covered(self, *beside: str) -> str:
        """SHA-256 over what a person sees and approves: text, signature, audience, entity, purpose, size."""
        told = (
            self.body, self.signature, self.audience.to_json(), self.entity_uscc, self.purpose, self.snapshot_size,
            *beside,
        )  # fmt: skip
        return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    def voided(self, state: CampaignState) -> Campaign:
        """In a state before the approval: whatever was approved or planned does not hold any more."""
        return replace(
            self, state=state, state_note="", send_at=None, window_end=None, approved_hash="", approved_by="",
            approved_at=None,
        )  # fmt: skip

    @property
    def is_stuck(self) -> bool:
        """Whether its cancelling met trouble; it is tried again, but perhaps only a person can end it."""
        return self.state is CampaignState.CANCELLING and self.state_note not in ("", "by_user")

    @property
    def came_with_copy(self) -> bool:
        """Whether it was put aside because the workspace is a copy, and no person has let it go on."""
        return self.state is CampaignState.PAUSED and self.state_note in NOTES

    def paused_early(self, now: datetime) -> bool:
        """Whether its time has not come: going on only plans it again."""
        return self.state is CampaignState.PAUSED and self.send_at is not None and self.send_at > now

    def may_be_replanned(self, now: datetime) -> bool:
        """Whether it is planned for later, or was, and a person paused it; nothing else that paused it is passed by."""
        paused = self.paused_early(now) and self.state_note == "by_user"
        return paused or self.state is CampaignState.SCHEDULED

    @property
    def may_be_closed(self) -> bool:
        """Whether it has messages of which the program cannot find out what became."""
        ended = self.state in (CampaignState.WAITING, CampaignState.CANCELLED)
        return self.is_stuck or (ended and self.state_note == "unknown_outcomes")


@dataclass(frozen=True, slots=True)
class Stopped:
    """The rules that keep one person's text back, and the version of the packs they were asked in."""

    rules: tuple[str, ...]
    rule_packs: str


@dataclass(frozen=True, slots=True)
class Noted:
    """An entry of the audit that is written with what it tells of, or neither is; the campaign's id is added to it."""

    action: str
    actor: str
    at: datetime
    facts: Mapping[str, str | int | bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Released:
    """A campaign that leaves the state which is `expected` as its job ends, with a note for a person."""

    campaign_id: int
    state: CampaignState
    note: str
    expected: CampaignState
    noted: Noted | None = None


@dataclass(frozen=True, slots=True)
class Warned:
    """A rule that warned of a campaign's texts: of whose first, where known, and who confirmed it ("" until then)."""

    rule_id: str
    customer_id: int | None
    confirmed_by: str = ""
    confirmed_at: datetime | None = None
