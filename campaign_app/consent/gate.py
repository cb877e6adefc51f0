"""The gate: one pure function that says whether a customer may receive this campaign now, and why not.

Precedence: the order of `Reason`. Everything that is not plainly confirmed is refused: unknown, error, missing, new
word, old fact. Sources: 广告法 43, 个人信息保护法 13–16, 消费者权益保护法实施条例 23 (no bundled or default consent),
MIIT 2021-10-25.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from campaign_app.consent.policy import Policy
from campaign_app.consent.recipient import _SEAL, ConfirmedRecipient
from campaign_app.domain.consent import (
    DEFAULT_METHODS,
    EXPLICIT_METHODS,
    Channel,
    ConsentFact,
    ConsentStatus,
    Reason,
    SuppressionKind,
)
from campaign_app.domain.phone import Phone, PlatformPhone


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked about everybody of one campaign. `now` judges the age of facts, `send_at` everything else.

    A sender needs a number, or one that its platform sealed, or none.
    """

    campaign_id: int
    purpose: str
    entity_uscc: str
    send_at: datetime
    now: datetime
    policy: Policy
    channel: Channel = Channel.SMS
    needs_phone: bool = False
    needs_platform_phone: bool = False
    simulated_sender: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of one customer; `sent_last_30_days` counts the messages of the campaign's entity."""

    customer_id: int
    fact_id: int
    fact: ConsentFact | None
    suppressions: Collection[SuppressionKind] = ()
    phone: Phone | None = None
    sent_last_30_days: int = 0
    platform_phone: PlatformPhone | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    customer_id: int
    reason: Reason


Decision = ConfirmedRecipient | Refusal
_Rule = Callable[[ConsentFact, Person, Ask], bool]


def _withdrawn(fact: ConsentFact, person: Person, _: Ask) -> bool:
    marked = SuppressionKind.WITHDRAWN in person.suppressions
    return marked or fact.status is ConsentStatus.WITHDRAWN or fact.withdrawn_at is not None


def _default(fact: ConsentFact, _person: Person, _ask: Ask) -> bool:
    return fact.status is ConsentStatus.DEFAULT or fact.method in DEFAULT_METHODS


def _expired(fact: ConsentFact, _: Person, ask: Ask) -> bool:
    over = fact.expires_at is not None and fact.expires_at <= ask.send_at
    return over or fact.status is ConsentStatus.EXPIRED


def _not_confirmed(fact: ConsentFact, _person: Person, _ask: Ask) -> bool:
    return fact.status is ConsentStatus.CONFIRMED and fact.method not in EXPLICIT_METHODS


def _unknown(fact: ConsentFact, _person: Person, _ask: Ask) -> bool:
    undated = fact.obtained_at is None or fact.checked_at is None
    return fact.status is not ConsentStatus.CONFIRMED or undated


def _future_dated(fact: ConsentFact, _: Person, ask: Ask) -> bool:
    latest = min(ask.now, ask.send_at) + ask.policy.clock_skew
    return any(t is not None and t > latest for t in (fact.obtained_at, fact.checked_at))


def _capped(fact: ConsentFact, person: Person, _: Ask) -> bool:
    return fact.max_per_month is not None and person.sent_last_30_days >= fact.max_per_month


def _stale(fact: ConsentFact, _: Person, ask: Ask) -> bool:
    return fact.checked_at is None or ask.now - fact.checked_at > ask.policy.max_consent_age


_FACT_RULES: Final[tuple[tuple[Reason, _Rule], ...]] = (
    (Reason.NO_RECORD, lambda fact, _, __: fact.status is ConsentStatus.NO_RECORD),
    (Reason.WITHDRAWN, _withdrawn),
    (Reason.DECLINED, lambda fact, _, __: fact.status is ConsentStatus.DECLINED),
    (Reason.PENDING, lambda fact, _, __: fact.status is ConsentStatus.PENDING),
    (Reason.DEFAULT_CONSENT, _default),
    (Reason.EXPIRED, _expired),
    (Reason.NOT_CONFIRMED, _not_confirmed),
    (Reason.UNKNOWN, _unknown),
    (Reason.FUTURE_DATED, _future_dated),
    (Reason.WRONG_CHANNEL, lambda fact, _, ask: fact.channel not in (ask.channel, Channel.ANY)),
    (Reason.WRONG_ENTITY, lambda fact, _, ask: fact.entity_uscc != ask.entity_uscc),
    (Reason.WRONG_PURPOSE, lambda fact, _, ask: ask.purpose not in fact.purposes),
    (Reason.STALE, _stale),
    (Reason.FREQUENCY_CAP, _capped),
)
_SUPPRESSED: Final = (
    (SuppressionKind.COMPLAINT, Reason.SUPPRESSED_COMPLAINT),
    (SuppressionKind.OPT_OUT, Reason.SUPPRESSED_OPT_OUT),
    (SuppressionKind.MINOR, Reason.MINOR),
)


def _lacks_number(person: Person, ask: Ask) -> bool:
    plain = ask.needs_phone and person.phone is None
    return plain or (ask.needs_platform_phone and person.platform_phone is None)


def judge(person: Person, ask: Ask) -> Reason:
    """The first reason in order of precedence, or `ok`. Says nothing about evidence: `decide` does."""
    for kind, reason in _SUPPRESSED:
        if kind in person.suppressions:
            return reason
    if _lacks_number(person, ask):
        return Reason.INVALID_PHONE
    fact = person.fact
    if fact is None:
        return Reason.NO_RECORD
    for reason, holds in _FACT_RULES:
        if holds(fact, person, ask):
            return reason
    return Reason.OK


def decide(person: Person, ask: Ask) -> Decision:
    """A sealed recipient, or the refusal. A fact without evidence of another entity's signature confirms nobody."""
    reason = judge(person, ask)
    fact = person.fact
    if reason is not Reason.OK or fact is None:
        return Refusal(person.customer_id, reason)
    evidence = fact.evidence
    if evidence is None or not evidence.issuer_uscc or evidence.issuer_uscc == ask.entity_uscc:
        return Refusal(person.customer_id, Reason.UNKNOWN)
    if evidence.simulated and not ask.simulated_sender:
        return Refusal(person.customer_id, Reason.UNKNOWN)
    return ConfirmedRecipient(
        campaign_id=ask.campaign_id,
        customer_id=person.customer_id,
        ref=fact.ref,
        fact_id=person.fact_id,
        simulated=evidence.simulated,
        decided_at=ask.now,
        phone=person.phone,
        platform_phone=person.platform_phone,
        seal=_SEAL,
    )
