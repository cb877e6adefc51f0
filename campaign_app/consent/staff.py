"""The other seal: a `StaffRecipient` is a number that the owner registered, and a test message goes to nobody else.

Neither kind of recipient passes for the other: a staff number was never confirmed by a platform, and a customer is
never written to as a test.
"""

from __future__ import annotations

from dataclasses import InitVar, dataclass, field
from datetime import datetime

from campaign_app.domain.phone import Phone

_SEAL = object()


@dataclass(frozen=True, slots=True)
class StaffRecipient:
    """A registered number that may get one test message now; raises TypeError if made elsewhere."""

    entity_uscc: str
    staff_id: int
    phone: Phone
    decided_at: datetime
    seal: InitVar[object] = None

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("only consent.staff.admit_staff makes a StaffRecipient")


@dataclass(frozen=True, slots=True)
class StaffMessage:
    """One test message. `message_id` is unique in the workspace and at the sender, and never a campaign's.

    `until` as in `Outgoing`.
    """

    recipient: StaffRecipient
    message_id: str
    text: str = field(repr=False)
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class StaffAsk:
    """All that is looked at: how the number is registered by now, if it is, and what the entity sent today.

    `suppressed`: whoever answers at the number wants nothing from this entity. `cap` is of all the entity's numbers.
    """

    entity_uscc: str
    staff_id: int
    phone: Phone | None
    suppressed: bool
    sent_today: int
    cap: int
    now: datetime


def admit_staff(ask: StaffAsk) -> StaffRecipient | str:
    """The recipient, or the code of why there is none. The store calls it inside the transaction that counts."""
    if ask.phone is None:
        return "not_registered"
    if ask.suppressed:
        return "staff_suppressed"
    if ask.sent_today >= ask.cap:
        return "test_cap"
    return StaffRecipient(ask.entity_uscc, ask.staff_id, ask.phone, ask.now, seal=_SEAL)
