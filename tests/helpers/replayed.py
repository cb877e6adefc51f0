"""Client and sender of the scripted account, and recipients that the gate made."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from campaign_app.consent import Ask, ConfirmedRecipient, Outgoing, Person, Policy, decide
from campaign_app.domain.consent import Channel, ConsentFact, ConsentMethod, ConsentStatus, CustomerRef, Evidence
from campaign_app.domain.customer import Account
from campaign_app.domain.phone import Phone
from campaign_app.gateways.consent_api import ConsentApiGateway
from campaign_app.platforms.consent_api import ConsentApiPlatform
from campaign_app.transport.receipts import unb64u
from campaign_app.transport.session import SignedSession
from campaign_app.transport.signing import RequestSigner
from tests.helpers.registry import ACCOUNT, CLIENT_SEED, ENTITY, ISSUER, NOW
from tests.helpers.replay import Replay


def session(replay: Replay, account: Account = ACCOUNT) -> SignedSession:
    signer = RequestSigner(account.key_id, unb64u(CLIENT_SEED))
    return SignedSession(account.base_url, signer, lambda: NOW, adapter=replay, wait=lambda _: None)


def platform(replay: Replay, account: Account = ACCOUNT) -> ConsentApiPlatform:
    return ConsentApiPlatform(account, session(replay, account), lambda: NOW)


def gateway(replay: Replay, account: Account = ACCOUNT, purpose: str = "retail") -> ConsentApiGateway:
    return ConsentApiGateway(account, session(replay, account), purpose, lambda: NOW)


def recipient(ref: str, *, account_id: int = ACCOUNT.id, simulated: bool = True) -> ConfirmedRecipient:
    """By the gate: nobody else can make one."""
    fact = ConsentFact(
        CustomerRef(account_id, ref), ConsentStatus.CONFIRMED, NOW, ConsentMethod.DOUBLE_OPT_IN, Channel.SMS,
        frozenset({"retail"}), ENTITY, NOW - timedelta(days=9), checked_at=NOW,
        evidence=Evidence(ISSUER, "consent_api", "1.0", simulated, "q", "r", "{}", 0),
    )  # fmt: skip
    ask = Ask(1, "retail", ENTITY, NOW, NOW, Policy(), simulated_sender=simulated)
    decision = decide(Person(1, 1, fact, phone=Phone("13800000001")), ask)
    assert isinstance(decision, ConfirmedRecipient)
    return decision


def outgoing(ref: str, text: str = "【安宁】上新，退订回T", **facts: Any) -> Outgoing:
    return Outgoing(recipient(ref, **facts), f"w-1-{ref}", text)
