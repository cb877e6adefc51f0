"""Turns at a sender account: whoever takes them, in whichever process, none lies within another."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from campaign_app.credentials import MemoryKeeper
from campaign_app.storage.workspace import Workspace, create_workspace, open_workspace

NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
KEY = bytes(range(32))
TURNS, SECONDS = 40, 0.25
# takes turns at its own, standing clock and prints when they begin
TAKES = f"""
import json, sys
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from campaign_app.credentials import MemoryKeeper
from campaign_app.storage.workspace import open_workspace

workspace = open_workspace(Path(sys.argv[1]), MemoryKeeper(bytes(range(32))))
now = datetime.fromisoformat({NOW.isoformat()!r})
print(json.dumps([workspace.rates.reserve(7, {SECONDS}, now, 1e6) for _ in range({TURNS})]))
workspace.close()
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create_workspace(tmp_path / "ws", MemoryKeeper(KEY))


def test_turns_follow_one_another_and_an_account_waits_for_no_other(workspace: Workspace) -> None:
    rates = workspace.rates
    assert rates.reserve(1, 2, NOW, 10) == 0
    assert rates.reserve(1, 1, NOW, 10) == pytest.approx(2, abs=0.01)
    assert rates.reserve(2, 1, NOW, 10) == 0
    assert rates.reserve(1, 1, NOW + timedelta(seconds=60), 10) == 0


def test_a_turn_that_is_too_far_away_is_not_taken(workspace: Workspace) -> None:
    rates = workspace.rates
    rates.reserve(1, 20, NOW, 10)
    for _ in range(2):
        assert rates.reserve(1, 20, NOW, 10) == pytest.approx(20, abs=0.01)
    assert rates.reserve(1, 1, NOW, 30) == pytest.approx(20, abs=0.01)


def test_a_clock_that_was_set_back_stops_nobody(workspace: Workspace) -> None:
    rates = workspace.rates
    rates.reserve(1, 2, NOW, 10)
    assert rates.reserve(1, 2, NOW - timedelta(days=1), 10) == 0


def test_two_processes_share_one_rate(workspace: Workspace) -> None:
    command = [sys.executable, "-c", TAKES, str(workspace.folder)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    taken = sorted(begin for process in both for begin in json.loads(process.communicate(timeout=60)[0]))
    assert len(taken) == 2 * TURNS
    gaps = [later - earlier for earlier, later in pairwise(taken)]
    assert min(gaps) >= SECONDS
    assert max(gaps) < SECONDS + 0.01


def test_hosts_whose_clocks_are_an_hour_apart_share_one_rate(tmp_path: Path) -> None:
    from tests.helpers.pg import team_workspace

    with (
        team_workspace(tmp_path / "team", KEY) as team,
        closing(open_workspace(team.folder, MemoryKeeper(KEY))) as other,
    ):
        hosts = ((team.rates, NOW), (other.rates, NOW + timedelta(hours=1)))
        delays = [rates.reserve(7, 20, now, 1e6) for _ in range(3) for rates, now in hosts]
    assert delays[0] == 0
    # each begins behind the one before it, less what went by meanwhile
    assert all(20 * n - 15 < delay <= 20 * n + 1 for n, delay in enumerate(delays))
