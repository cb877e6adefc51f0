"""The seal: a `ConfirmedRecipient` is made by the gate and by nobody else, and senders take nothing else."""

from __future__ import annotations

from dataclasses import InitVar, dataclass, field
from datetime import datetime

from campaign_app.domain.consent import CustomerRef
from campaign_app.domain.phone import Phone, PlatformPhone

_SEAL = object()


@dataclass(frozen=True, slots=True)
class ConfirmedRecipient:
    """Somebody whom the gate confirmed for one campaign at `decided_at`; raises TypeError if made elsewhere."""

    campaign_id: int
    customer_id: int
    ref: CustomerRef
    fact_id: int
    simulated: bool
    decided_at: datetime
    phone: Phone | None = field(default=None)
    platform_phone: PlatformPhone | None = field(default=None)
    seal: InitVar[object] = None

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("only consent.gate.decide makes a ConfirmedRecipient")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One rendered message to one confirmed person. `message_id` is unique in the workspace and at the sender.

    `until`: no phone may show it later than that, however long a gateway keeps it.
    """

    recipient: ConfirmedRecipient
    message_id: str
    text: str = field(repr=False)
    until: datetime | None = None
