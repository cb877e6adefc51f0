"""Accounts of the platforms that the sandbox simulates by their own interfaces, as a person would connect them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests

from campaign_app.domain.customer import Account
from campaign_app.domain.ports import PlatformClient
from campaign_app.platforms import adapter_for, client_for, write_credentials
from campaign_app.platforms.adapter import Kept, Parts
from campaign_app.services.connecting import host_of
from tests.helpers.connected import clock, no_wait
from tests.helpers.sandbox import ANSWER_SECONDS, SandboxProcess

ENTITY = "91330100MA0MN00023"
ACCOUNT = 3


def account_of(sandbox: SandboxProcess, name: str, **changed: str) -> tuple[Account, str]:
    """The account and its secret; `changed` are other values for its fields."""
    typed = {"base_url": sandbox.url, "oauth_url": f"{sandbox.url}/jd", **sandbox.ready["vendors"][name], **changed}
    offer = adapter_for(name)
    secrets = {each.name: typed[each.name] for each in offer.fields if each.secret and each.name in typed}
    own = ("base_url", "key_id")
    options = {
        each.name: typed[each.name] for each in offer.fields if not each.secret and each.name in typed.keys() - set(own)
    }
    account = Account(
        ACCOUNT, name, "店", typed["base_url"], ENTITY, offer.issuer, offer.issuer_name,
        typed.get("key_id") or host_of(typed["base_url"]), simulated=True, pinned_keys="", options=options,
    )  # fmt: skip
    return account, write_credentials(secrets)


@contextmanager
def connected(
    sandbox: SandboxProcess,
    name: str,
    *,
    kept: Kept | None = None,
    wait: Callable[[float], object] = no_wait,
    **how: Any,
) -> Iterator[Any]:
    """A client as the program makes it."""
    client = client_for(*account_of(sandbox, name, **how), clock, kept=kept, wait=wait)
    try:
        yield client
    finally:
        close = getattr(client, "close", None)
        assert close is not None
        close()


def parts_of(
    sandbox: SandboxProcess,
    name: str,
    *,
    kept: Kept | None = None,
    **changed: str,
) -> Parts:
    typed = {**sandbox.ready["vendors"][name], **changed}
    account, _ = account_of(sandbox, name, **changed)
    secrets = {each.name: typed[each.name] for each in adapter_for(name).fields if each.secret and each.name in typed}
    return Parts(account, secrets, clock, no_wait, kept)


def trouble(sandbox: SandboxProcess, name: str, **order: Any) -> None:
    """Orders the platform's own errors (`error`, `times`), or ends its access token (`expire`)."""
    answer = requests.post(f"{sandbox.url}/sandbox/vendors/{name}", json=order, timeout=ANSWER_SECONDS)
    answer.raise_for_status()


def jd_calls(sandbox: SandboxProcess, pin: str, status: int) -> None:
    """What JD calls somebody from now on: 1 a member, 2 not yet one, 3 lapsed."""
    order = {"pin": pin, "status": status}
    answer = requests.post(f"{sandbox.url}/sandbox/vendors/jd/members", json=order, timeout=ANSWER_SECONDS)
    answer.raise_for_status()


def everybody(client: PlatformClient) -> list[str]:
    found, cursor, more = [], "", True
    while more:
        page = client.customers(cursor, None)
        found += [customer.ref for customer in page.items]
        cursor, more = page.next_cursor, page.more
    return found
