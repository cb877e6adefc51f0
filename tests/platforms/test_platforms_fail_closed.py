"""The nine rules of `docs/adapters.md`, asked of every adapter of ours: see `campaign_app.conformance.adapters`."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from campaign_app.conformance.adapters import Check, PlatformCase, checks, hold
from campaign_app.conformance.adapters.asked import calls
from campaign_app.conformance.adapters.behind import Behind, Started, starting
from campaign_app.conformance.adapters.tampering import Tampering
from campaign_app.domain.errors import RemoteRefused
from campaign_app.platforms import client_for
from campaign_app.platforms.adapter import OWN
from tests.helpers.certificates import self_signed
from tests.helpers.connected import clock, no_wait
from tests.helpers.platform_cases import cases
from tests.helpers.raw_server import RawServer, raw_server

pytestmark = pytest.mark.keeps_threads
CASES = cases()


@pytest.fixture(scope="module")
def started() -> Iterator[Started]:
    with starting() as start:
        yield start


@pytest.mark.parametrize(
    ("case", "check"),
    [pytest.param(case, check, id=f"{case.name}: {check}") for case in CASES for check in checks(case)],
)
def test_an_adapter_keeps_to_the_rules(case: PlatformCase, check: Check, started: Started) -> None:
    hold(case, started(case), check, clock=clock)


def _never_reached(_: socket.socket, __: threading.Event) -> None:
    """Nobody shakes hands with a server that nobody vouches for."""


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawServer]:
    with raw_server(_never_reached, self_signed(tmp_path_factory.mktemp("tls"))) as server:
        yield server


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES if case.http])
def test_a_certificate_that_nobody_vouches_for_is_told_nothing(
    case: PlatformCase, started: Started, stranger: RawServer
) -> None:
    running = started(case)
    path = re.sub(r"^https?://[^/]+", "", running.account.base_url)
    account = replace(running.account, base_url=stranger.url + path)
    client = client_for(account, running.secret, clock, wait=no_wait)
    behind = Behind(case, running, Tampering(stranger.url), client, clock)
    try:
        behind.asks_in_vain(behind.refs())
        for name, ask in calls(behind).items():
            with pytest.raises(RemoteRefused) as info:
                ask()
            assert (name, info.value.code, info.value.account_wide) == (name, "tls", True)
    finally:
        if close := getattr(client, "close", None):
            close()
    assert stranger.asked == []


def test_every_adapter_of_ours_is_held_to_the_rules() -> None:
    assert {case.name for case in CASES} == set(OWN)
    rules = {check.rule for case in CASES for check in checks(case)}
    assert rules == set(range(10)), "no rule is left out"
