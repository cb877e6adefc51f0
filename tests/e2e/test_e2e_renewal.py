"""Window and worker, two processes of one workspace, meet an expired token at the same moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from threading import Event
from typing import Final

import pytest

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.customer import Entity
from campaign_app.domain.errors import RemoteUnavailable
from campaign_app.domain.platform import Asked
from campaign_app.domain.ports import Clock
from campaign_app.platforms import client_of, read_credentials
from campaign_app.storage.secrets import LEASE, AccountSecrets
from tests.helpers.connected import no_wait
from tests.helpers.raw_server import raw_server
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.vendors import trouble

pytestmark = pytest.mark.slow

KEY: Final = bytes(range(32))
ENTITY: Final = Entity("91330100MA0MN00023", "安宁百货有限公司")
ROUNDS: Final = 6
WAIT_SECONDS: Final = 60
# Shopify's comes by the application's own secret, which is not used up; the others' by a refresh token
TOKENS: Final = {"top": "session", "jd": "access_token", "pinduoduo": "access_token", "shopify": "granted_token"}


@pytest.fixture
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=50) as running:
        yield running


def ask_at_once(folder: Path, account_id: int, together: Barrier) -> None:
    """One of the two processes: asks at every barrier. A refresh token that was spent twice is refused by either."""
    with bootstrap.open_app(folder, MemoryKeeper(KEY)) as app:
        for _ in range(ROUNDS):
            together.wait(WAIT_SECONDS)
            assert app.accounts.test(account_id).ok
            together.wait(WAIT_SECONDS)


# the others are renewed as these are
@pytest.mark.parametrize(
    "name",
    [each if each in ("jd", "shopify") else pytest.param(each, marks=pytest.mark.long) for each in sorted(TOKENS)],
)
def test_a_refresh_token_is_spent_by_one_of_them_and_both_go_on(
    tmp_path: Path, sandbox: SandboxProcess, name: str
) -> None:
    folder, spawn = tmp_path / "ws", get_context("spawn")
    typed = {"base_url": sandbox.url, "oauth_url": f"{sandbox.url}/jd", **sandbox.ready["vendors"][name]}
    with bootstrap.create_app(folder, MemoryKeeper(KEY)) as app:
        account = app.accounts.connect(Asked(name, typed, ENTITY), actor="test")
        secrets, together = AccountSecrets(app.workspace.secrets), spawn.Barrier(3)
        both = [spawn.Process(target=ask_at_once, args=(folder, account.id, together)) for _ in range(2)]
        for process in both:
            process.start()
        seen = [read_credentials(secrets.get(account.id))]
        for _ in range(ROUNDS):
            _expire(sandbox, name)
            together.wait(WAIT_SECONDS)
            together.wait(WAIT_SECONDS)
            seen.append(read_credentials(secrets.get(account.id)))
        for process in both:
            process.join(WAIT_SECONDS)
        assert [process.exitcode for process in both] == [0, 0]
        assert len({found.get(TOKENS[name]) for found in seen}) == ROUNDS + 1
        assert app.accounts.test(account.id).ok, "what is stored is what holds"


def _expire(sandbox: SandboxProcess, name: str) -> None:
    if name in ("jd", "pinduoduo"):
        trouble(sandbox, name, expire=True)
        return
    import requests

    requests.post(f"{sandbox.url}/sandbox/{name}", json={"expire": True}, timeout=30).raise_for_status()


def ask_once(folder: Path, account_id: int) -> None:
    with bootstrap.open_app(folder, MemoryKeeper(KEY)) as app:
        app.accounts.test(account_id)


def test_a_process_that_is_killed_while_it_is_granted_a_token_leaves_the_account_whole(
    tmp_path: Path, sandbox: SandboxProcess
) -> None:
    folder, typed = tmp_path / "ws", sandbox.ready["vendors"]["shopify"]
    arrived = Event()

    def hold(_: object, done: Event) -> None:
        arrived.set()
        done.wait()

    with bootstrap.create_app(folder, MemoryKeeper(KEY)) as app, raw_server(hold) as silent:
        asked = Asked("shopify", {**typed, "base_url": f"{silent.url}/shopify/sandbox-s1.myshopify.com"}, ENTITY)
        report = app.accounts.check(Asked("shopify", typed, ENTITY))
        account = app.accounts.keep(report, asked, actor="test")
        secrets, accounts = AccountSecrets(app.workspace.secrets), app.workspace.accounts
        process = get_context("spawn").Process(target=ask_once, args=(folder, account.id))
        process.start()
        assert arrived.wait(WAIT_SECONDS)
        process.kill()
        process.join(WAIT_SECONDS)
        account = replace(account, base_url=typed["base_url"])
        assert read_credentials(secrets.get(account.id)) == {"client_secret": typed["client_secret"]}

        def ask(clock: Clock) -> bool:
            stored = secrets.get(account.id)
            client = client_of(account, stored, clock, secrets=secrets, account_of=accounts.account, wait=no_wait)
            return bool(client.customers("", None).items)

        with pytest.raises(RemoteUnavailable) as info:
            ask(app.clock)
        assert info.value.code == "renewing", "the dead process may still be at it, for all that is known"
        assert ask(lambda: app.clock() + LEASE)
        assert read_credentials(secrets.get(account.id))["granted_token"]
