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


def crowded(times: list[float]) -> float:
    """The share of all seconds, each beginning with a message, that hold more than the rate."""
    return sum(1 for first, at in zip(times, times[RATE:], strict=False) if at - first < 1) / len(times)


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
    # unshared, most seconds hold nearly the double; a process that the machine holds up ends its turn in the next one
    assert crowded(times) < 0.25
    assert (len(times) - 1) / (times[-1] - times[0]) <= RATE
