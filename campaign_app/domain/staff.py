"""Staff numbers that an owner registered, and the test messages that go to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

STAFF_MAX: Final = 5  # of one entity


@dataclass(frozen=True, slots=True)
class StaffNumber:
    """Who answers at a registered number; the number itself is shown masked only."""

    id: int
    entity_uscc: str
    label: str
    masked: str
    added_at: datetime
    added_by: str


class TrialState(StrEnum):
    """`queued` for the worker; `sending` once it was counted; the others are final. `refused`: it never left.

    One that is still `sending` when its job is over is as good as `unknown`: it is never sent again.
    """

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Wish:
    """A test message as somebody asked for it. `press` names the gesture: the same once more is the same message."""

    press: str
    campaign_id: int
    customer_id: int | None
    staff_id: int
    text: str = field(repr=False)
    actor: str


@dataclass(frozen=True, slots=True)
class Trial:
    """A test message and what became of it. `label` and `masked` are the number's as of when it was asked for."""

    id: int
    job_id: int
    campaign_id: int
    customer_id: int | None
    entity_uscc: str
    staff_id: int
    label: str
    masked: str
    text: str = field(repr=False)
    asked_at: datetime
    state: TrialState
    code: str = ""

    @property
    def signature(self) -> str:
        return self.text.partition("】")[0].removeprefix("【")
