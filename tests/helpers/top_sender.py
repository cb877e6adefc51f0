"""A sender of the sandbox's simulated Taobao Open Platform, as it carries the messages of its own shop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

import requests

from campaign_app.gateways import Means, gateway_for
from campaign_app.gateways.top.gateway import TopGateway
from campaign_app.platforms import write_credentials
from campaign_app.transport.kept import Kept
from tests.helpers.connected import clock, no_wait
from tests.helpers.sandbox import ANSWER_SECONDS, SandboxProcess
from tests.helpers.tencent import SHOP
from tests.helpers.top import top_account


@contextmanager
def top(
    sandbox: SandboxProcess, *, now: Callable[[], datetime] = clock, kept: Kept | None = None, **changed: str
) -> Iterator[TopGateway]:
    account, secrets = top_account(sandbox)
    account = replace(account, id=SHOP, options={**account.options, **changed})
    secret = write_credentials(secrets if kept is None else dict(kept.read()))
    gateway = gateway_for(account, secret, "retail", now, Means(wait=no_wait), kept=kept)
    assert isinstance(gateway, TopGateway)
    try:
        yield gateway
    finally:
        gateway.close()


def order(sandbox: SandboxProcess, **wanted: Any) -> None:
    """See `campaign_app.sandbox.vendors.top_sms.Order`."""
    answer = requests.post(f"{sandbox.url}/sandbox/vendors/top", json=wanted, timeout=ANSWER_SECONDS)
    answer.raise_for_status()


def shown(sandbox: SandboxProcess) -> dict[str, Any]:
    answer = requests.get(f"{sandbox.url}/sandbox/vendors/top", timeout=ANSWER_SECONDS)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found
