"""A shop of the sandbox whose messages the simulated Aliyun carries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import requests

from campaign_app.consent import Ask, ConfirmedRecipient, Outgoing, Person, Policy, decide
from campaign_app.domain.customer import Account
from campaign_app.gateways.aliyun.gateway import AliyunGateway
from campaign_app.jobs.ports import Sent
from campaign_app.transport.aliyun import AcsKey, AcsSigner, AliyunCalls
from campaign_app.transport.session import Limits, SignedSession
from tests.helpers.connected import clock, connect, no_wait
from tests.helpers.sandbox import ANSWER_SECONDS, SandboxProcess
from tests.helpers.vendors import account_of

TEXT: Final = "【安宁百货】上新，退订回T"
SOON: Final = Limits(connect=5.0, read=1.0)


@dataclass
class Carried:
    """Confirmed people with their numbers, and a gateway that writes to them."""

    sandbox: SandboxProcess
    account: Account
    people: list[ConfirmedRecipient]
    secret: str

    def gateway(self, now: Callable[[], datetime] = clock, purpose: str = "retail", **account: Any) -> AliyunGateway:
        mine = replace(self.account, **account)
        session = SignedSession(
            mine.base_url, AcsSigner(AcsKey(mine.key_id, self.secret)), now, wait=no_wait, limits=SOON
        )
        return AliyunGateway(mine, AliyunCalls(session), purpose, now)

    def batch(self, count: int, text: str = TEXT, prefix: str = "m") -> list[Outgoing]:
        return [Outgoing(who, f"{prefix}-{at}", text) for at, who in enumerate(self.people[:count])]

    def shown(self) -> dict[str, Any]:
        answer = requests.get(f"{self.sandbox.url}/sandbox/vendors/aliyun", timeout=ANSWER_SECONDS)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def sent(self, key: str) -> list[dict[str, str]]:
        return [row for row in self.shown()["sent"] if row["out_id"] == key]


def carried(sandbox: SandboxProcess, *, at: datetime | None = None) -> Carried:
    """`at`: when the gate decided, by default now."""
    shop = connect(sandbox)
    customers = shop.everybody()
    facts = shop.facts([customer.ref for customer in customers])
    shop.close()
    now = at or clock()
    ask = Ask(1, "retail", shop.account.entity_uscc, now, now, Policy(), needs_phone=True, simulated_sender=True)
    decided = [decide(Person(n, n, facts[c.ref], (), c.phone), ask) for n, c in enumerate(customers)]
    people = {who.phone: who for who in decided if isinstance(who, ConfirmedRecipient)}
    account, _ = account_of(sandbox, "aliyun")
    secret = sandbox.ready["vendors"]["aliyun"]["access_key_secret"]
    return Carried(sandbox, replace(account, id=shop.account.id), list(people.values()), secret)


def asked_for(batch: Sequence[Outgoing], at: datetime | None = None) -> tuple[Sent, ...]:
    return tuple(Sent(m.message_id, m.recipient.phone, at or clock()) for m in batch)
