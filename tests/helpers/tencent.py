"""A sender of the sandbox's simulated Tencent, and people of the sandbox whom the gate confirms, with their numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import requests

from campaign_app.consent import Ask, ConfirmedRecipient, Outgoing, Person, Policy, decide
from campaign_app.domain.customer import PlatformCustomer
from campaign_app.gateways import Means, gateway_for
from campaign_app.gateways.tencent.gateway import TencentGateway
from campaign_app.jobs.ports import Sent
from tests.helpers.connected import clock, connect, no_wait
from tests.helpers.sandbox import ANSWER_SECONDS, SandboxProcess
from tests.helpers.vendors import account_of

SHOP = 1
PLAIN = "【安宁百货】上新，退订回T"


@dataclass
class People:
    """Customers of a sandbox's first shop who have a number, and their facts."""

    sandbox: SandboxProcess
    customers: list[PlatformCustomer]
    facts: dict[str, Any]
    made: int = 0

    @classmethod
    def of(cls, sandbox: SandboxProcess) -> People:
        shop = connect(sandbox)
        try:
            customers = [customer for customer in shop.everybody() if customer.phone is not None]
            return cls(sandbox, customers, shop.facts([customer.ref for customer in customers]))
        finally:
            shop.close()

    def confirmed(self, now: datetime | None = None) -> list[ConfirmedRecipient]:
        at = now or clock()
        entity = self.sandbox.shops[0].entity_uscc
        ask = Ask(1, "retail", entity, at, at, Policy(), needs_phone=True, simulated_sender=True)
        people = [
            Person(number, number, self.facts[customer.ref], phone=customer.phone)
            for number, customer in enumerate(self.customers)
        ]
        return [found for person in people if isinstance(found := decide(person, ask), ConfirmedRecipient)]

    def numberless(self) -> ConfirmedRecipient:
        """Somebody confirmed of whom the gate was told no number."""
        person, at = self.confirmed()[0], clock()
        ask = Ask(1, "retail", self.sandbox.shops[0].entity_uscc, at, at, Policy(), simulated_sender=True)
        found = decide(Person(person.customer_id, person.fact_id, self.facts[person.ref.ref]), ask)
        assert isinstance(found, ConfirmedRecipient)
        return found

    def messages(
        self, count: int, text: Callable[[int], str] | str = PLAIN, *, now: datetime | None = None
    ) -> list[Outgoing]:
        """To the next people, so that nobody gets one twice."""
        self.made += count
        chosen = self.confirmed(now)[self.made - count : self.made]
        assert len(chosen) == count
        return [
            Outgoing(person, f"w-{self.made}-{n}", text if isinstance(text, str) else text(n))
            for n, person in enumerate(chosen)
        ]


def sent_of(messages: Sequence[Outgoing], at: datetime | None = None) -> list[Sent]:
    return [Sent(message.message_id, message.recipient.phone, at or clock()) for message in messages]


@contextmanager
def tencent(
    sandbox: SandboxProcess, *, now: Callable[[], datetime] = clock, **changed: str
) -> Iterator[TencentGateway]:
    """As it carries the messages of the sandbox's first shop."""
    account, secret = account_of(sandbox, "tencent", **changed)
    gateway = gateway_for(replace(account, id=SHOP), secret, "retail", now, Means(wait=no_wait))
    assert isinstance(gateway, TencentGateway)
    try:
        yield gateway
    finally:
        gateway.close()


def order(sandbox: SandboxProcess, **wanted: Any) -> None:
    """See `campaign_app.sandbox.vendors.tencent.Order`."""
    answer = requests.post(f"{sandbox.url}/sandbox/vendors/tencent", json=wanted, timeout=ANSWER_SECONDS)
    answer.raise_for_status()


def shown(sandbox: SandboxProcess) -> dict[str, Any]:
    answer = requests.get(f"{sandbox.url}/sandbox/vendors/tencent", timeout=ANSWER_SECONDS)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def drained(page_of: Callable[[str], Any], cursor: str = "") -> tuple[list[Any], str]:
    """Every row of a queue, and the cursor behind it."""
    found, more = [], True
    while more:
        page = page_of(cursor)
        found += page.items
        cursor, more = page.next_cursor, page.more
    return found, cursor
