"""A platform that does not say whose shop it is, an SMS provider and a registry of consents, all answered at will."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from campaign_app import bootstrap
from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.errors import AppError, SettingsError
from campaign_app.domain.platform import Asked, Capabilities, ConnectField, Offer
from campaign_app.domain.ports import ConnectionReport
from campaign_app.services.accounts import Accounts

ENTITY = Entity("91330100MA0MN00023", "安宁百货有限公司")
OTHER = Entity("91330100MA0MN00036", "安宁数科有限公司")
REGISTRY = "91310000MA0MN0001J"
SAID = ConnectionReport(
    ok=True, issuer_uscc="", issuer_name="", api_version="2026-10", simulated=True, clock_skew_seconds=0.0,
    pinned_keys="",
)  # fmt: skip


OFFERED, CARRIES = Capabilities(customers=True, consent_lookup=True), Capabilities(messages=True)
TALKS = Capabilities(customers=True, messages=True, by_choice=True, no_replies=True, no_reports=True)


@dataclass(frozen=True)
class Market:
    """A platform with consents of its own, which does not know its shops' legal entities."""

    name: str = "market"
    issuer: str = "market.example"
    issuer_name: str = "集市"
    capabilities: Capabilities = OFFERED
    fields: tuple[ConnectField, ...] = (
        ConnectField("base_url", default="https://api.market.example/"),
        ConnectField("version", default="2"),
        ConnectField("remark", required=False),
        ConnectField("authorised_until", required=False),
        ConnectField("token", secret=True),
        ConnectField("refresh_token", secret=True, required=False),
    )


@dataclass(frozen=True)
class Carrier(Market):
    """An SMS provider: it knows no people."""

    name: str = "sms"
    capabilities: Capabilities = CARRIES


@dataclass(frozen=True)
class Registry(Market):
    name: str = "consent_api"
    issuer: str = ""
    issuer_name: str = ""
    fields: tuple[ConnectField, ...] = (
        ConnectField("base_url"),
        ConnectField("key_id"),
        ConnectField("private_key", secret=True),
    )


NAMED = {"talks": Market("talks", capabilities=TALKS), "mute": Market("mute", capabilities=Capabilities())}


class Both:
    def names(self) -> tuple[str, ...]:
        return ("consent_api", "market", "sms", "broken")

    def offer(self, name: str) -> Offer:
        if name == "broken":
            raise SettingsError("broken_adapter", "The platform's package cannot be loaded")
        return {"market": Market(), "sms": Carrier(), **NAMED}.get(name, Registry())


class Remote:
    """Answers every connection check with `report`."""

    def __init__(self) -> None:
        self.report = SAID
        self.seen: list[tuple[Account, str]] = []

    def __call__(self, account: Account, secret: str) -> Remote:
        self.seen.append((account, secret))
        return self

    def check_connection(self) -> ConnectionReport:
        return self.report


def accounts_of(app: bootstrap.App, remote: Remote) -> Accounts:
    workspace = app.workspace
    return Accounts(
        store=workspace.accounts, secrets=workspace.secrets, clock=app.clock,
        make_client=remote, offers=Both(),
    )  # fmt: skip


def asked(entity: Entity | None = ENTITY, source: int | None = None, **values: str) -> Asked:
    return Asked("market", {"token": "geheim", **values}, entity, source)


def registry(accounts: Accounts, remote: Remote, entity: Entity = ENTITY, key: str = "k") -> Account:
    before, remote.report = (
        remote.report,
        replace(
            SAID,
            issuer_uscc=REGISTRY,
            issuer_name="登记处",
            entity_uscc=entity.uscc,
            entity_name=entity.name,
            shop="登记",
        ),
    )
    values = {"base_url": f"https://{entity.uscc}.example", "key_id": key, "private_key": "s"}
    try:
        return accounts.connect(Asked("consent_api", values), actor="王")
    finally:
        remote.report = before


def code_of(act: object) -> str:
    with pytest.raises(AppError) as caught:
        act()
    return caught.value.code
