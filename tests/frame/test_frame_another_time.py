"""`tools/another_time.py`, by which the tests are run as on other days."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.helpers.nth_shim import POSSIBLE

TOOL = Path(__file__).resolve().parents[2] / "tools" / "another_time.py"
ASKED = "import subprocess, sys, time; print(time.time(), flush=True); subprocess.run(['date', '+%s'], check=True)"


@pytest.mark.skipif(not POSSIBLE, reason="it needs a C compiler, on Linux")
def test_a_command_and_what_it_starts_run_at_that_time() -> None:
    at = "2027-02-06T08:05+08:00"
    command = [sys.executable, str(TOOL), at, sys.executable, "-c", ASKED]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    passed = [float(each) - datetime.fromisoformat(at).timestamp() for each in said]
    assert len(passed) == 2
    assert all(-2 < each < timedelta(minutes=5).total_seconds() for each in passed), passed


@pytest.mark.skipif(not POSSIBLE, reason="it needs a C compiler, on Linux")
def test_its_status_is_the_commands() -> None:
    command = [sys.executable, str(TOOL), "2027-02-06T08:05+08:00", sys.executable, "-c", "raise SystemExit(7)"]
    assert subprocess.run(command, check=False).returncode == 7


def test_a_time_without_its_offset_is_none() -> None:
    command = [sys.executable, str(TOOL), "2027-02-06T08:05", sys.executable, "-c", ""]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, "with its offset" in ended.stderr) == (2, True)
