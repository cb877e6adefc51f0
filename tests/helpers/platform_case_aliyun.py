"""Aliyun SMS under the fail-closed suite: a sender is asked for nothing about people."""

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
        account, secret = account_of(sandbox, "aliyun")
        refs = (f"c-{number}" for number in range(5))
        yield Running(account, secret, people=0, refused=dict.fromkeys(refs, ConsentStatus.UNKNOWN))


def case() -> PlatformCase:
    return PlatformCase(name="aliyun", start=_start, drifted=renamed("Code"))
