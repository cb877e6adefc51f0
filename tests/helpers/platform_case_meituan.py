"""Meituan under the fail-closed suite: it is asked for nothing but the connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from campaign_app.conformance.adapters import PlatformCase, Running, renamed
from campaign_app.domain.consent import ConsentStatus
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.vendors import account_of


@contextmanager
def _start() -> Iterator[Running]:
    with SandboxProcess(customers=50) as sandbox:
        account, secret = account_of(sandbox, "meituan")
        shops = (f"m-{number}" for number in range(5))
        yield Running(account, secret, people=0, refused=dict.fromkeys(shops, ConsentStatus.UNKNOWN))


def case() -> PlatformCase:
    return PlatformCase(name="meituan", start=_start, drifted=renamed("code"))
