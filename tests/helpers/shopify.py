"""A client of the simulated Shopify, over HTTP to a running sandbox or straight into the simulator of this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

from campaign_app.domain.consent import ConsentFact, CustomerRef
from campaign_app.domain.customer import Account, PlatformCustomer
from campaign_app.platforms import Parts
from campaign_app.platforms.shopify.client import ShopifyPlatform
from campaign_app.platforms.shopify.connecting import shopify_of
from campaign_app.platforms.shopline.client import ShoplinePlatform, shopline_of
from campaign_app.sandbox import SandboxConfig
from campaign_app.sandbox.config import ENTITY
from campaign_app.sandbox.platform import Platform
from campaign_app.sandbox.vendors.shopify import lasting_token
from campaign_app.sandbox.vendors.shopify.service import Request, Service
from campaign_app.sandbox.vendors.shopify.shelf import domain_of
from tests.helpers.connected import clock, no_wait
from tests.helpers.sandbox import SandboxProcess

ID = 7
START = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)


def account_of(url: str, typed: Mapping[str, str], platform: str = "shopify", **options: str) -> Account:
    """As `Accounts.connect` stores it."""
    return Account(
        ID, platform, "安宁百货", url, ENTITY.uscc, f"{platform}.com", platform, typed["key_id"], simulated=True,
        pinned_keys="", options=options,
    )  # fmt: skip


def everybody(client: ShopifyPlatform, since: datetime | None = None) -> dict[str, PlatformCustomer]:
    found: dict[str, PlatformCustomer] = {}
    cursor, more = "", True
    while more:
        page = client.customers(cursor, since)
        found |= {customer.ref: customer for customer in page.items}
        cursor, more = page.next_cursor, page.more
    return found


def facts(client: ShopifyPlatform, refs: list[str]) -> dict[str, ConsentFact]:
    answers = client.consents([CustomerRef(ID, ref) for ref in refs])
    return {ref.ref: fact for ref, fact in answers.facts.items()}


# --- over HTTP -------------------------------------------------------------------------------------------------------


@dataclass
class ShopifyShop:
    """The first shop of a running sandbox."""

    sandbox: SandboxProcess
    clients: list[ShopifyPlatform] = field(default_factory=list)

    @property
    def typed(self) -> dict[str, str]:
        """The shop's domain and the lasting token of an older app."""
        vendors = self.sandbox.ready["vendors"]
        token = vendors["shopline"]["access_token"]
        return {"key_id": vendors["shopify"]["base_url"].rpartition("/")[2], "access_token": token}

    def client(self, *, wait: Callable[[float], object] | None = no_wait, **changes: Any) -> ShopifyPlatform:
        made = shopify_of(self.parts(wait=wait, **changes))
        self.clients.append(made)
        return made

    def parts(self, *, wait: Callable[[float], object] | None = no_wait, **changes: Any) -> Parts:
        token = changes.pop("access_token", self.typed["access_token"])
        version = changes.pop("api_version", "2026-10")
        account = replace(account_of(self.sandbox.url, self.typed, api_version=version), **changes)
        return Parts(account, {"access_token": token}, clock, wait)

    def shopline(self) -> ShoplinePlatform:
        account = account_of(self.sandbox.url, self.sandbox.ready["vendors"]["shopline"], "shopline")
        made = shopline_of(Parts(account, {"access_token": self.typed["access_token"]}, clock, no_wait))
        self.clients.append(made)
        return made

    def close(self) -> None:
        while self.clients:
            self.clients.pop().close()

    def order(self, **order: Any) -> None:
        """As `sandbox.vendors.shopify.serving.Order` has them."""
        requests.post(f"{self.sandbox.url}/sandbox/shopify", json=order, timeout=30).raise_for_status()

    def seen(self) -> dict[str, Any]:
        found: dict[str, Any] = requests.get(f"{self.sandbox.url}/sandbox/shopify", timeout=30).json()
        return found

    def consent(self, ref: str, **words: Any) -> None:
        self.order(consent={"shop": "S1", "ref": ref, **words})

    def truth(self, ref: str, status: str, **words: Any) -> None:
        self.sandbox.set_consent("S1", f"ou{int(ref):09x}", status, **words)


# --- in this process -------------------------------------------------------------------------------------------------


class Straight(HTTPAdapter):
    """A connection into the simulator."""

    def __init__(self, service: Service) -> None:
        super().__init__()
        self._service = service

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        assert isinstance(request.body, bytes)
        version = parts.path.split("/")[-2]
        token = request.headers.get("X-Shopify-Access-Token", "")
        reply = self._service.respond(Request("shopify", version, token, request.body, "http://127.0.0.1"))
        headers = {"Content-Type": reply.kind, **reply.headers}
        response = HTTPResponse(BytesIO(reply.body), headers=headers, status=reply.status, preload_content=False)
        return self.build_response(request, response)


@dataclass
class Inside:
    """A simulator and its client with one clock that only waiting moves."""

    platform: Platform
    service: Service
    client: ShopifyPlatform
    time: list[datetime]
    waited: list[float]


def inside(*, customers: int = 100, seed: int = 1, version: str = "2026-10", exports: bool = False) -> Inside:
    time, waited = [START], []

    def now() -> datetime:
        return time[0]

    def wait(seconds: float) -> None:
        waited.append(seconds)
        time[0] += timedelta(seconds=seconds)

    config = SandboxConfig(clock=now, customers=customers, seed=seed)
    platform = Platform(config)
    service = Service(platform)
    typed = {"key_id": domain_of(config.shops[0])}
    account = account_of("http://127.0.0.1:9", typed, api_version=version)
    parts = Parts(account, {"access_token": lasting_token(config)}, now, wait)
    adapter: BaseAdapter = Straight(service)

    def lines(url: str) -> Iterator[bytes]:
        shops = service.shops.values()
        key = urlsplit(url).path.rpartition("/")[2].removesuffix(".jsonl")
        for shop in shops:
            if operation := shop.exports.by_key(key):
                for block in shop.exports.lines(operation):
                    yield from block.splitlines(keepends=True)

    client = shopify_of(parts, adapter=adapter, lines=lines, monotonic=lambda: time[0].timestamp())  # noqa: PLW0108 - time moves
    return Inside(platform, service, client, time, waited)
