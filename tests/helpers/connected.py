"""A client and a sender of a running sandbox, connected as the program connects them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from campaign_app.consent import Ask, ConfirmedRecipient, Outgoing, Person, Policy, decide
from campaign_app.domain.consent import ConsentFact, CustomerRef
from campaign_app.domain.customer import Account, PlatformCustomer
from campaign_app.domain.ports import Clock
from campaign_app.gateways import Means, gateway_for
from campaign_app.gateways.consent_api import ConsentApiGateway
from campaign_app.platforms import client_for
from campaign_app.platforms.consent_api import ConsentApiPlatform
from tests.helpers.sandbox import SandboxProcess


def clock() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


def no_wait(_: float) -> None:
    """The sandbox asks for seconds and does not insist."""


@dataclass(frozen=True)
class Connected:
    """One shop of a sandbox; `close` gives the connections back."""

    account: Account
    platform: ConsentApiPlatform
    gateway: ConsentApiGateway

    def close(self) -> None:
        self.platform.close()
        self.gateway.close()

    def everybody(self) -> list[PlatformCustomer]:
        found, cursor, more = [], "", True
        while more:
            page = self.platform.customers(cursor, None)
            found += page.items
            cursor, more = page.next_cursor, page.more
        return found

    def facts(self, refs: Sequence[str]) -> dict[str, ConsentFact]:
        asked = [CustomerRef(self.account.id, ref) for ref in refs]
        return {ref.ref: fact for ref, fact in self.platform.consents(asked).facts.items()}

    def outgoing(self, count: int, purpose: str = "retail") -> list[Outgoing]:
        """Messages to the first people whom the gate lets through."""
        facts = self.facts([customer.ref for customer in self.everybody()])
        now, batch = clock(), []
        for at, fact in enumerate(facts.values()):
            ask = Ask(1, purpose, self.account.entity_uscc, now, now, Policy(), simulated_sender=True)
            decision = decide(Person(at, at, fact), ask)
            if isinstance(decision, ConfirmedRecipient):
                batch.append(Outgoing(decision, f"m-{at}", "【安宁百货】上新，退订回T"))
        return batch[:count]


def connect(sandbox: SandboxProcess, shop: int = 0, clock: Clock = clock) -> Connected:
    said = sandbox.shops[shop]
    asked = Account(0, "consent_api", said.name, sandbox.url, "", "", "", said.key_id, simulated=False, pinned_keys="")
    client = client_for(asked, said.private_key, clock)
    report = client.check_connection()
    client.close()
    assert report.ok, report
    account = replace(
        asked, id=shop + 1, entity_uscc=report.entity_uscc, issuer_uscc=report.issuer_uscc,
        issuer_name=report.issuer_name, simulated=report.simulated, pinned_keys=report.pinned_keys,
    )  # fmt: skip
    return Connected(
        account,
        client_for(account, said.private_key, clock, wait=no_wait),
        gateway_for(account, said.private_key, "retail", clock, Means(wait=no_wait)),
    )
