"""A sample of `tools/soak_nth.py`: one fault at a time, at every border of a worker."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "soak_nth.py"


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the tool forks its workers")
def test_whatever_fails_everybody_is_reached_once(tmp_path: Path) -> None:
    log = tmp_path / "log"
    ran = subprocess.run(
        [sys.executable, str(TOOL), "--sample", "2", "--log", str(log)], check=False, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr + log.read_text()
    rounds = [json.loads(line) for line in log.read_text().splitlines()]
    assert all(one["fired"] and one["reached"] > 900 for one in rounds), rounds
