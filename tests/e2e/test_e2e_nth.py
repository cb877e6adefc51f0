"""A sample of `tools/soak_nth.py`: one fault at a time at every border of a worker, and of the machine under it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from campaign_app.domain.campaign import CampaignState
from campaign_app.storage.integrity import check_integrity
from tests.helpers.lengths import ALL
from tests.helpers.merchant import open_merchant
from tests.helpers.nth_faults import KINDS
from tests.helpers.nth_shim import POSSIBLE, Machine, compiled
from tests.helpers.sandbox import SandboxProcess

ENDED = (CampaignState.DONE, CampaignState.WAITING)
TOOL = Path(__file__).parents[2] / "tools" / "soak_nth.py"
RAISED = ("write", "commit", "commit_done", "call", "call_done") if ALL else ("write", "commit_done", "call")
KILLED = ("kill_write", "kill_commit_done", "kill_call_done") if ALL else ("kill_commit_done", "kill_call_done")
MACHINE = ("disk_write", "fsync", "clock_back") if ALL else ("disk_write", "fsync")
Rounds = dict[str, dict[str, Any]]

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the tool forks its workers"),
]


needs_compiler = pytest.mark.skipif(not POSSIBLE, reason="no C compiler for the library by which disk and clock fail")


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> Rounds:
    """One of each kind, at another place of its campaign than the others."""
    log = tmp_path_factory.mktemp("nth") / "log"
    kinds = ",".join((*RAISED, *KILLED, *(MACHINE if POSSIBLE else ())))
    size = ("--customers", "300", "--batch", "100", "--sample", "1")
    command = [sys.executable, str(TOOL), "--kinds", kinds, *size, "--log", str(log)]
    ran = subprocess.run(command, check=False, capture_output=True, text=True)
    assert ran.returncode == 0, f"{ran.stdout} {ran.stderr} {log.read_text()}"
    return {line["kind"]: line for line in map(json.loads, log.read_text().splitlines())}


def test_whatever_write_commit_or_call_fails_everybody_is_reached_once(rounds: Rounds) -> None:
    for kind in (*RAISED, *KILLED):
        one = rounds[kind]
        assert (one["state"], one["broken"]) == ("done", []), one
        assert one["reached"] > 100
        assert (-9 in one["ends"]) is kind.startswith("kill"), one
    assert {KINDS[kind].border for kind in (*RAISED, *KILLED)} == {"write", "commit", "call"}


@needs_compiler
def test_whatever_disk_or_clock_does_everybody_is_reached_once(rounds: Rounds) -> None:
    for kind in MACHINE:
        one = rounds[kind]
        assert (one["state"], one["broken"]) == ("done", []), one
        assert one["reached"] > 100


@needs_compiler
@pytest.mark.long
def test_the_workers_own_command_on_a_failing_disk(tmp_path: Path) -> None:
    with SandboxProcess(customers=300, seed=3) as sandbox, closing(Machine(tmp_path)) as machine:
        merchant = open_merchant(tmp_path / "ws", sandbox, batch_size=40)
        merchant.start_worker()
        merchant.connect()
        merchant.kill_worker()
        failing = machine.environment(merchant.folder, "fsync", 40)
        merchant.environment = {**failing, "LD_PRELOAD": str(compiled(tmp_path))}
        merchant.start_worker()
        merchant.environment = {}  # of whatever comes after that one
        campaign = merchant.new_campaign().id

        def ended() -> bool:
            merchant.keep_worker()
            return merchant.go_on(campaign) in ENDED

        merchant.until(ended, 300)
        assert machine.fired
        assert merchant.worker is not None
        merchant.worker.terminate()
        merchant.stop_worker()
        results, ledger = merchant.app.campaigns.results(campaign), sandbox.ledger()
        assert results.campaign.state is CampaignState.DONE
        assert (ledger["doubled"], ledger["unconfirmed"]) == (0, 0)
        assert set(Counter(row["message_id"] for row in sandbox.ledger_rows()).values()) == {1}
        assert results.counts["submitted"] + results.counts["withheld"] == results.funnel["ok"] > 0
        assert results.counts["accepted"] == ledger["accepted"]
        check_integrity(merchant.app.workspace)
        merchant.app.close()
