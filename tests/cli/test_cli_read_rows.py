"""`read-rows`: only a worker starts it."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from campaign_app.processes import own_command

_CAUGHT: Any = {"capture_output": True, "text": True, "timeout": 20}


@pytest.mark.parametrize("said", ["", "hello\n", "{}\n", '{"plan": {}, "keys": []}\n'])
def test_whoever_starts_it_by_hand_is_told(said: str) -> None:
    done = subprocess.run(own_command("read-rows"), check=False, input=said, **_CAUGHT)
    assert (done.returncode, done.stdout) == (2, "")
    assert "不能单独使用" in done.stderr
    listed = subprocess.run(own_command("--help"), check=False, **_CAUGHT)
    assert "read-rows" not in listed.stdout


def test_it_ends_without_a_word_where_windows_tells_it_that_the_worker_has_ended() -> None:
    trouble = "import errno; from campaign_app import reading; from campaign_app.cli.read_rows import read_rows"
    raising = "def serve(*_): raise OSError(errno.EINVAL, 'Invalid argument')"
    script = f"{trouble}\n{raising}\nreading.serve = serve\nread_rows()"
    done = subprocess.run([sys.executable, "-c", script], check=False, **_CAUGHT)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
