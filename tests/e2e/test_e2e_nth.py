"""A sample of `tools/soak_nth.py`: one fault at a time at every border of a worker, and of the machine under it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.nth_faults import KINDS
from tests.helpers.nth_shim import POSSIBLE

TOOL = Path(__file__).parents[2] / "tools" / "soak_nth.py"
RAISED = ("write", "commit", "commit_done", "call", "call_done")
KILLED = ("kill_write", "kill_commit_done", "kill_call_done")
MACHINE = ("disk_write", "fsync", "clock_back")
Rounds = dict[str, dict[str, Any]]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the tool forks its workers"),
]


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> Rounds:
    """One of every kind, each at another place of its campaign."""
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


@pytest.mark.skipif(not POSSIBLE, reason="no C compiler for the library that makes a disk and a clock fail")
def test_whatever_disk_or_clock_does_everybody_is_reached_once(rounds: Rounds) -> None:
    for kind in MACHINE:
        one = rounds[kind]
        assert (one["state"], one["broken"]) == ("done", []), one
        assert one["reached"] > 100
