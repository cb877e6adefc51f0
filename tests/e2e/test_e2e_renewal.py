"""Window and worker, two processes of one workspace, meet an expired token at the same moment."""

from __future__ import annotations

from collections.abc import Iterator
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Final

import pytest

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.customer import Entity
from campaign_app.domain.platform import Asked
from campaign_app.platforms import read_credentials
from campaign_app.storage.secrets import AccountSecrets
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.vendors import trouble

pytestmark = pytest.mark.slow

KEY: Final = bytes(range(32))
ENTITY: Final = Entity("91330100MA0MN00023", "安宁百货有限公司")
ROUNDS: Final = 6
WAIT_SECONDS: Final = 60
TOKENS: Final = {"top": "session", "jd": "access_token", "pinduoduo": "access_token"}


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


@pytest.mark.parametrize("name", sorted(TOKENS))
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
        assert len({found[TOKENS[name]] for found in seen}) == ROUNDS + 1
        assert app.accounts.test(account.id).ok, "what is stored is what holds"


def _expire(sandbox: SandboxProcess, name: str) -> None:
    if name != "top":
        trouble(sandbox, name, expire=True)
        return
    import requests

    requests.post(f"{sandbox.url}/sandbox/top", json={"expire": True}, timeout=30).raise_for_status()
