"""An account through which nothing can be sent, so that nothing can have come back either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from campaign_app.consent.recipient import Outgoing
from campaign_app.domain.customer import Account
from campaign_app.domain.errors import RemoteRefused
from campaign_app.domain.message import ComplaintClue, DeliveryReport, InboundMessage, Page, SubmitOutcome
from campaign_app.jobs.ports import GatewayCapabilities, Sent

BATCH_MAX = 500


@dataclass(frozen=True, slots=True)
class NoSender:
    """Implements `jobs.ports.Gateway`: screening works, sending is refused."""

    account: Account

    @property
    def capabilities(self) -> GatewayCapabilities:
        return GatewayCapabilities(
            simulated=self.account.simulated, needs_phone=False, batch_max=BATCH_MAX, idempotent=False, lookup=False,
            submits=False, streams=frozenset(),
        )  # fmt: skip

    def submit(self, key: str, messages: Sequence[Outgoing]) -> NoReturn:  # noqa: ARG002 - the port's signature
        raise RemoteRefused("no_sender", "The account has nothing to send with", account_wide=True)

    def lookup(self, key: str, sent: Sequence[Sent]) -> tuple[SubmitOutcome, ...]:  # noqa: ARG002
        """It knows nothing of any message."""
        return ()

    def reports(self, cursor: str) -> Page[DeliveryReport]:
        return Page((), cursor, more=False)

    def inbound(self, cursor: str) -> Page[InboundMessage]:
        return Page((), cursor, more=False)

    def complaints(self, cursor: str) -> Page[ComplaintClue]:
        return Page((), cursor, more=False)
