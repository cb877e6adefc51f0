"""A sender of the sandbox's simulated Pinduoduo, and people whom it reaches by numbers that it sealed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

import requests

from campaign_app.consent import Ask, ConfirmedRecipient, Outgoing, Person, Policy, decide
from campaign_app.gateways import Means, gateway_for
from campaign_app.gateways.pinduoduo.gateway import PinduoduoGateway
from campaign_app.jobs.ports import Sent
from campaign_app.transport.kept import Kept
from tests.helpers.connected import clock, no_wait
from tests.helpers.sandbox import ANSWER_SECONDS, SandboxProcess
from tests.helpers.tencent import SHOP, People
from tests.helpers.vendors import account_of


class SealedPeople(People):
    """As the gate admits them for a sender that goes by sealed numbers."""

    def confirmed(self, now: datetime | None = None) -> list[ConfirmedRecipient]:
        at, entity = now or clock(), self.sandbox.shops[0].entity_uscc
        ask = Ask(1, "retail", entity, at, at, Policy(), needs_platform_phone=True, simulated_sender=True)
        people = [
            Person(number, number, self.facts[one.ref], platform_phone=one.platform_phone)
            for number, one in enumerate(self.customers)
        ]
        return [found for person in people if isinstance(found := decide(person, ask), ConfirmedRecipient)]


def asked_of(messages: Sequence[Outgoing], at: datetime | None = None) -> list[Sent]:
    return [Sent(m.message_id, None, at or clock(), m.recipient.platform_phone) for m in messages]


@contextmanager
def pinduoduo(
    sandbox: SandboxProcess, *, now: Callable[[], datetime] = clock, kept: Kept | None = None, **changed: str
) -> Iterator[PinduoduoGateway]:
    """As it carries the messages of its own shop."""
    account, secret = account_of(sandbox, "pinduoduo", **changed)
    means = Means(wait=no_wait)
    gateway = gateway_for(replace(account, id=SHOP), secret, "retail", now, means, kept=kept)
    assert isinstance(gateway, PinduoduoGateway)
    try:
        yield gateway
    finally:
        gateway.close()


def order(sandbox: SandboxProcess, **wanted: Any) -> None:
    """See `campaign_app.sandbox.vendors.pinduoduo_sms.Order`."""
    answer = requests.post(f"{sandbox.url}/sandbox/vendors/pinduoduo/sms", json=wanted, timeout=ANSWER_SECONDS)
    answer.raise_for_status()


def shown(sandbox: SandboxProcess) -> dict[str, Any]:
    answer = requests.get(f"{sandbox.url}/sandbox/vendors/pinduoduo/sms", timeout=ANSWER_SECONDS)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found
