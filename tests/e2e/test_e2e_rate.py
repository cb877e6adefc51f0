"""Two processes send by one account at once: together no more than its rate."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from tests.helpers.aliyun_shop import BODY, Workspace, aliyun_shop
from tests.helpers.sandbox import SandboxProcess

RATE = 100
PROCESSES = 2


def sending(shop: Workspace, campaign_id: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.helpers.sending_process", str(shop.app.workspace.folder), str(campaign_id)]
    started = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def most_within(seconds: float, times: list[float]) -> int:
    """In any so many seconds, whenever they begin."""
    most, first = 0, 0
    for last, at in enumerate(times):
        while times[first] <= at - seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


@pytest.mark.slow
def test_two_processes_share_the_rate_of_the_account(tmp_path: Path) -> None:
    with (
        SandboxProcess(customers=800, seed=5, delay=600) as sandbox,
        aliyun_shop(tmp_path / "ws", sandbox, rate=str(RATE)) as shop,
    ):
        shop.app.workspace.accounts.set_settings({"house_cap_per_week": 0, "house_cap_per_month": 0})
        campaigns = [shop.campaign(f"{{name}}{BODY}").id for _ in range(PROCESSES)]
        ready = sum(shop.app.workspace.campaigns.funnel(one)["ok"] for one in campaigns)
        both = [sending(shop, one) for one in campaigns]
        for each in both:
            assert each.stdin is not None
            each.stdin.write("go\n")
            each.stdin.flush()
        ended = [each.communicate(timeout=60)[0] for each in both]
        assert ended == ["end\n"] * PROCESSES
        rows = list(sandbox.ledger_rows())
        assert sandbox.ledger()["unconfirmed"] == 0
    times = sorted(datetime.fromisoformat(row["accepted_at"]).timestamp() for row in rows)
    assert len(times) > 0.9 * ready  # the simulated provider turns a few numbers away
    assert most_within(3, times) <= 3 * RATE
    # of single seconds: what left in its time arrives together where the machine was held up; unshared it is the double
    assert most_within(1, times) <= 1.5 * RATE
