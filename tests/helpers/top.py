"""A client of the simulated Taobao Open Platform in a running sandbox, connected as the program connects it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

import requests

from campaign_app.domain.consent import ConsentFact, CustomerRef
from campaign_app.domain.customer import Account, PlatformCustomer
from campaign_app.platforms import Parts, Shared
from campaign_app.platforms.top.client import TopPlatform
from campaign_app.platforms.top.connecting import client_of
from campaign_app.platforms.top.paging import SEARCH_PAGES
from tests.helpers.connected import clock, no_wait
from tests.helpers.sandbox import SandboxProcess

ID = 5
# fast enough for tests; the simulator has no limit unless it is given one
RATE = "1000"


@dataclass
class TopShop:
    """One shop at the simulator. `kept` is what the workspace would have stored, `stored` how often it was;

    `ahead`: by how much the clients' clock runs ahead.
    """

    sandbox: SandboxProcess
    account: Account
    kept: dict[str, str]
    stored: int = 0
    ahead: timedelta = timedelta(0)
    clients: list[TopPlatform] = field(default_factory=list)
    shared: Shared = field(default_factory=Shared)
    lock: Lock = field(default_factory=Lock)

    def client(self, *, pages: int = SEARCH_PAGES, **options: str) -> TopPlatform:
        """`pages`: how many a query reaches."""
        made = client_of(self.parts(**options), pages=pages)
        self.clients.append(made)
        return made

    def parts(self, **options: str) -> Parts:
        account = replace(self.account, options={**self.account.options, **options})
        return Parts(account, self.kept, self.clock, wait=no_wait, kept=self, shared=self.shared)

    def clock(self) -> datetime:
        return clock() + self.ahead

    # as `adapter.Kept`

    def read(self) -> Mapping[str, str]:
        return self.kept

    @contextmanager
    def claim(self, seen: Mapping[str, str]) -> Iterator[bool]:
        with self.lock:
            yield seen == self.kept

    def replace(self, seen: Mapping[str, str], fresh: Mapping[str, str]) -> bool:
        assert seen == self.kept
        self.kept = dict(fresh)
        self.stored += 1
        return True

    def close(self) -> None:
        while self.clients:
            self.clients.pop().close()
        self.shared = Shared()

    def order(self, **order: Any) -> None:
        """As `sandbox.vendors.top.Order` has them: `per_second`, `ban_seconds`, `fail`, `expire`, `member`, `lift` …"""
        requests.post(f"{self.sandbox.url}/sandbox/top", json=order, timeout=30).raise_for_status()

    def seen(self) -> Mapping[str, int]:
        """calls, bans, refreshed."""
        found: dict[str, int] = requests.get(f"{self.sandbox.url}/sandbox/top", timeout=30).json()
        return found

    def member(self, ref: str, **facts: Any) -> None:
        self.order(member={"shop": "S1", "ref": ref, **facts})


def top_account(sandbox: SandboxProcess) -> tuple[Account, dict[str, str]]:
    """As `Accounts.connect` stores it, and its secrets."""
    typed = dict(sandbox.ready["vendors"]["top"])
    secrets = {name: typed.pop(name) for name in ("app_secret", "session", "refresh_token")}
    account = Account(
        ID, "top", "安宁百货旗舰店", sandbox.url, sandbox.shops[0].entity_uscc, "taobao.com", "淘宝开放平台",
        typed.pop("key_id"), simulated=True, pinned_keys="", options={**typed, "calls_per_second": RATE},
    )  # fmt: skip
    return account, secrets


def connect_top(sandbox: SandboxProcess) -> TopShop:
    return TopShop(sandbox, *top_account(sandbox))


def everybody(client: TopPlatform, cursor: str = "") -> tuple[list[PlatformCustomer], str]:
    """The customers of one sync, and the cursor that it ends with."""
    found: list[PlatformCustomer] = []
    more = True
    while more:
        page = client.customers(cursor, None)
        assert page.broken == 0
        found += page.items
        cursor, more = page.next_cursor, page.more
    return found, cursor


def facts(client: TopPlatform, refs: list[str]) -> dict[str, ConsentFact]:
    asked = [CustomerRef(ID, ref) for ref in refs]
    return {ref.ref: fact for ref, fact in client.consents(asked).facts.items()}


def truth(shop: TopShop, seed: int, customers: int) -> Callable[[str], bool]:
    """Whether the simulator vetoes somebody, computed apart from it."""
    from campaign_app.sandbox.config import SandboxConfig
    from campaign_app.sandbox.platform import Platform
    from campaign_app.sandbox.vendors.top_members import Members

    platform = Platform(SandboxConfig(clock=clock, customers=customers, seed=seed))
    members, first = Members(platform), platform.config.shops[0]

    def vetoed(ref: str) -> bool:
        index = platform.population.index_of(first, ref)
        return index is None or members.of(first, index).vetoed

    return vetoed
