"""Shops and customers for tests of the window, in the real store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from campaign_app.bootstrap import App
from campaign_app.domain.consent import (
    Channel,
    ConsentFact,
    ConsentMethod,
    ConsentStatus,
    CustomerRef,
    Evidence,
    Suppression,
    SuppressionKind,
)
from campaign_app.domain.customer import Account, Entity, PlatformCustomer
from campaign_app.domain.phone import Phone

NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
ENTITY, ISSUER = "91330100MA2B00001X", "91110000MA0000009X"


def add_shop(app: App, label: str = "安宁店", key_id: str = "k1") -> int:
    app.workspace.accounts.add_entity(Entity(ENTITY, "安宁百货有限公司"))
    account = Account(0, "consent_api", label, "http://127.0.0.1", ENTITY, ISSUER, "登记处", key_id, True, "{}")
    return app.workspace.accounts.add_account(account).id


def person(number: int, **changed: object) -> PlatformCustomer:
    fields: dict[str, object] = {
        "ref": f"ou-{number:05d}",
        "name": f"王芳{number}",
        "phone": Phone(f"138{number * 7919 % 10**8:08d}"),
        "updated_at": NOW,
        "province": ("浙江", "江苏")[number % 2],
        "city": ("杭州", "南京")[number % 2],
        "spend_cents": number * 100,
        "order_count": number % 5,
        "last_order_at": NOW - timedelta(days=number % 90),
    }
    return PlatformCustomer(**{**fields, **changed})  # type: ignore[arg-type]


def add_people(app: App, account_id: int, count: int, first: int = 0) -> None:
    numbers = range(first, first + count)
    app.workspace.customers.upsert_page(account_id, [person(n) for n in numbers], "x", NOW)


def told(account_id: int, number: int, status: ConsentStatus, minutes: int = 0, note: str = "") -> ConsentFact:
    at = NOW + timedelta(minutes=minutes)
    proof = None if note else Evidence(ISSUER, "consent_api", "1.0", True, "q1", f"rcpt-{minutes}", "{}", 0)
    return ConsentFact(
        CustomerRef(account_id, f"ou-{number:05d}"),
        status,
        at,
        ConsentMethod.EXPLICIT_TOGGLE,
        Channel.SMS,
        frozenset({"retail", "membership"}),
        ENTITY,
        obtained_at=NOW - timedelta(days=30),
        checked_at=at,
        evidence=proof,
        note=note,
    )


def suppress(app: App, account_id: int, number: int, kinds: Sequence[SuppressionKind]) -> None:
    key = app.workspace.phone_keys.of_ref(CustomerRef(account_id, f"ou-{number:05d}"))
    marks = [Suppression(ENTITY, key, kind, NOW + timedelta(minutes=at), "reply", "T") for at, kind in enumerate(kinds)]
    app.workspace.suppressions.add(marks)
