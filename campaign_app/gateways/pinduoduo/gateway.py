"""Sender of a Pinduoduo shop by its own SMS: messages leave as templates, to numbers that Pinduoduo itself sealed.

Pinduoduo shows neither signatures nor templates, so what may be used is what a person typed in, and compared with its
console. It hands out no list of reports or replies. Whoever has no sealed number is no recipient: a plain number never
goes to Pinduoduo, and so no test message either.
"""

from __future__ import annotations

from collections.abc import Sequence

from campaign_app.compliance.filed import Templates
from campaign_app.consent.recipient import Outgoing
from campaign_app.domain.customer import Account
from campaign_app.domain.message import ComplaintClue, DeliveryReport, InboundMessage, Page, SubmitOutcome
from campaign_app.domain.ports import Clock
from campaign_app.gateways.checks import platform_phones_of
from campaign_app.gateways.pinduoduo.looking import Finder
from campaign_app.gateways.pinduoduo.sending import Sender
from campaign_app.gateways.templated import WayOut
from campaign_app.gateways.wordings import Allowed, plain
from campaign_app.jobs.ports import BATCH, GatewayCapabilities, Sent
from campaign_app.transport.pinduoduo.calls import PinduoduoCalls
from campaign_app.transport.pinduoduo.stated import NOTATION, signatures, templates

# how many a request may hold is documented nowhere, nor whom its code blames: each message is a request of its own
NUMBERS_MAX = 1


class PinduoduoGateway:
    """Implements `jobs.ports.Gateway` for one shop and one purpose; threads may share it."""

    def __init__(self, account: Account, calls: PinduoduoCalls, purpose: str, clock: Clock) -> None:
        """Raises SettingsError for templates that cannot be read."""
        self._account, self._calls = account, calls
        allowed = Allowed(signatures(account), Templates(templates(account), NOTATION))
        send = Sender(calls, clock).send
        self._out = WayOut(
            account=account,
            purpose=purpose,
            wordings=lambda texts: plain({text: allowed.wording(text) for text in texts}),
            alike=lambda wording: wording,
            send=send,
            batch_max=BATCH,
            request_max=NUMBERS_MAX,
            numbers=platform_phones_of,
        )
        self._finder = Finder(calls, clock)

    @property
    def capabilities(self) -> GatewayCapabilities:
        return GatewayCapabilities(
            simulated=self._account.simulated,
            needs_phone=False,
            needs_platform_phone=True,
            batch_max=BATCH,
            idempotent=False,
            lookup=True,
            streams=frozenset(),
            hears=False,
            stated=True,
        )

    def submit(self, key: str, messages: Sequence[Outgoing]) -> tuple[SubmitOutcome, ...]:
        """See `sending` for what is left out, and for what is raised."""
        return self._out.submit(key, messages)

    def lookup(self, key: str, sent: Sequence[Sent]) -> tuple[SubmitOutcome, ...]:  # noqa: ARG002 - by message and number
        """Never None: that Pinduoduo finds no message does not say that none was sent."""
        return self._finder.outcomes(sent)

    def reports(self, cursor: str) -> Page[DeliveryReport]:
        return Page((), cursor, more=False)

    def inbound(self, cursor: str) -> Page[InboundMessage]:
        return Page((), cursor, more=False)

    def complaints(self, cursor: str) -> Page[ComplaintClue]:
        return Page((), cursor, more=False)

    def close(self) -> None:
        self._calls.close()
