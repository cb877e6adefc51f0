"""Window and worker, two processes of one workspace: what a platform forbade to one, the other does not ask."""

from __future__ import annotations

from multiprocessing import get_context
from pathlib import Path
from typing import Final

import pytest
import requests

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.customer import Entity
from campaign_app.domain.errors import RemoteUnavailable
from campaign_app.domain.platform import Asked
from tests.helpers.sandbox import ANSWER_SECONDS, SandboxProcess

KEY: Final = bytes(range(32))
ENTITY: Final = Entity("91330100MA0MN00023", "安宁百货有限公司")
LIMITED: Final = "accesscontrol.limited-by-api-access-count"
BAN: Final = {"code": 7, "sub_code": LIMITED, "sub_msg": "This ban will last for 600 more seconds"}


def meet_the_ban(folder: Path, account_id: int) -> None:
    with bootstrap.open_app(folder, MemoryKeeper(KEY)) as app, pytest.raises(RemoteUnavailable) as banned:
        app.accounts.test(account_id)
    assert banned.value.retry_after == 601


def test_a_ban_that_one_process_met_is_kept_by_the_other(tmp_path: Path) -> None:
    folder = tmp_path / "ws"
    with SandboxProcess(customers=50) as sandbox, bootstrap.create_app(folder, MemoryKeeper(KEY)) as app:
        typed = sandbox.ready["vendors"]["top"]
        account = app.accounts.connect(Asked("top", typed, ENTITY), actor="test")
        requests.post(f"{sandbox.url}/sandbox/top", json={"fail": [BAN]}, timeout=ANSWER_SECONDS).raise_for_status()
        other = get_context("spawn").Process(target=meet_the_ban, args=(folder, account.id))
        other.start()
        other.join(60)
        assert other.exitcode == 0
        calls = _calls(sandbox)
        with pytest.raises(RemoteUnavailable) as kept:
            app.accounts.test(account.id)
        assert kept.value.code == "throttled"
        assert 500 < (kept.value.retry_after or 0) <= 601
        assert _calls(sandbox) == calls, "nothing was asked"


def _calls(sandbox: SandboxProcess) -> int:
    return int(requests.get(f"{sandbox.url}/sandbox/top", timeout=ANSWER_SECONDS).json()["calls"])
