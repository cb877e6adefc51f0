"""Sender of a Taobao shop by TOP's own SMS: messages leave as approved templates, and nothing comes back.

TOP documents neither a look-up of what became of a batch nor a pull of reports or replies. So what it took stays
accepted, what is not known stays unknown for a person, and nothing leaves until a person has said where replies are
read. It goes by plain numbers that the workspace holds: TOP hands out none, and its `oaid` needs an order each.
"""

from __future__ import annotations

from collections.abc import Sequence

from campaign_app.consent.recipient import Outgoing
from campaign_app.consent.staff import StaffMessage
from campaign_app.domain.customer import Account
from campaign_app.domain.message import ComplaintClue, DeliveryReport, InboundMessage, Page, SubmitOutcome
from campaign_app.domain.ports import Clock
from campaign_app.gateways.rates import batch_of, request_of, spacing
from campaign_app.gateways.templated import WayOut
from campaign_app.gateways.top.planning import NUMBERS_MAX, alike, allowed
from campaign_app.gateways.top.sending import Sender
from campaign_app.gateways.wordings import Wordings, plain
from campaign_app.jobs.ports import BATCH, GatewayCapabilities, Rate, Sent
from campaign_app.transport.top.calls import TopCalls


class TopGateway:
    """Implements `jobs.ports.Gateway` for one shop and one purpose; threads may share it."""

    def __init__(self, account: Account, calls: TopCalls, purpose: str, clock: Clock, rate: Rate | None = None) -> None:
        self._account, self._calls, self._rate = account, calls, rate
        wordings = Wordings(lambda: allowed(calls, account), clock)
        sender, most = Sender(calls, wordings, clock, spacing(rate)), request_of(rate, NUMBERS_MAX)
        self._out = WayOut(account, purpose, lambda texts: plain(wordings.of(texts)), alike, sender.send, BATCH, most)

    @property
    def capabilities(self) -> GatewayCapabilities:
        return GatewayCapabilities(
            simulated=self._account.simulated, needs_phone=True, batch_max=batch_of(self._rate, BATCH),
            idempotent=False, lookup=False, streams=frozenset(), hears=False, test_messages=True, rate=self._rate,
        )  # fmt: skip

    def submit(self, key: str, messages: Sequence[Outgoing]) -> tuple[SubmitOutcome, ...]:
        """See `sending` for what is left out, and for what is raised."""
        return self._out.submit(key, messages)

    def submit_test(self, key: str, message: StaffMessage) -> SubmitOutcome:
        return self._out.submit_test(key, message)

    def lookup(self, key: str, sent: Sequence[Sent]) -> tuple[SubmitOutcome, ...]:  # noqa: ARG002 - the port's
        """TOP offers none."""
        return ()

    def reports(self, cursor: str) -> Page[DeliveryReport]:
        return Page((), cursor, more=False)

    def inbound(self, cursor: str) -> Page[InboundMessage]:
        return Page((), cursor, more=False)

    def complaints(self, cursor: str) -> Page[ComplaintClue]:
        return Page((), cursor, more=False)

    def close(self) -> None:
        self._calls.close()
