"""A shop whose messages another account carries: what its own platform has to tell is read from there still.

What the sender has to tell is asked of the sender account, once for all its shops.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from campaign_app.consent.recipient import Outgoing
from campaign_app.consent.staff import StaffMessage
from campaign_app.domain.errors import RemoteRefused
from campaign_app.domain.message import ComplaintClue, DeliveryReport, InboundMessage, Page, SubmitOutcome
from campaign_app.jobs.ports import Gateway, GatewayCapabilities, SendsTests, Sent


class CarriedGateway:
    """Implements `jobs.ports.Gateway`."""

    def __init__(self, own: Gateway, sender: Gateway) -> None:
        self._own, self._sender = own, sender

    @property
    def capabilities(self) -> GatewayCapabilities:
        return replace(self._sender.capabilities, streams=self._own.capabilities.streams)

    def submit(self, key: str, messages: Sequence[Outgoing]) -> tuple[SubmitOutcome, ...]:
        return self._sender.submit(key, messages)

    def submit_test(self, key: str, message: StaffMessage) -> SubmitOutcome:
        if not self._sender.capabilities.test_messages:
            raise RemoteRefused("no_test_messages", "The sender takes no test messages")
        return cast("SendsTests", self._sender).submit_test(key, message)

    def lookup(self, key: str, sent: Sequence[Sent]) -> tuple[SubmitOutcome, ...] | None:
        return self._sender.lookup(key, sent)

    def reports(self, cursor: str) -> Page[DeliveryReport]:
        return self._own.reports(cursor)

    def inbound(self, cursor: str) -> Page[InboundMessage]:
        return self._own.inbound(cursor)

    def complaints(self, cursor: str) -> Page[ComplaintClue]:
        return self._own.complaints(cursor)

    def close(self) -> None:
        for each in (self._own, self._sender):
            close = getattr(each, "close", None)
            if close is not None:
                close()
