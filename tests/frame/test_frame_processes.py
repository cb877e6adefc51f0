"""Child processes are this very program, however it was installed."""

from __future__ import annotations

import errno
import io
import subprocess
import sys
from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import pytest

from campaign_app.processes import hand_over, own_command


def test_from_sources_it_is_a_module() -> None:
    assert own_command("worker") == [sys.executable, "-m", "campaign_app", "worker"]


@pytest.mark.parametrize(
    ("started", "child"),
    [
        ("/usr/lib/campaign-app/campaign-app", "/usr/lib/campaign-app/campaign-app"),
        (
            "/Applications/Yunfa.app/Contents/MacOS/campaign-app-gui",
            "/Applications/Yunfa.app/Contents/MacOS/campaign-app",
        ),
        ("/c/Yunfa/campaign-app-gui.exe", "/c/Yunfa/campaign-app.exe"),
    ],
)
def test_a_frozen_one_starts_the_program_with_streams(
    monkeypatch: pytest.MonkeyPatch, started: str, child: str
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", started)
    assert own_command("worker", "--attached") == [child, "worker", "--attached"]


@pytest.mark.parametrize("number", [errno.EPIPE, errno.EINVAL], ids=["POSIX", "Windows"])
def test_a_worker_that_has_ended_takes_no_key_and_is_no_bug(number: int) -> None:
    """Whoever waits for its first word is told that it has ended."""

    class Ended(io.StringIO):
        def flush(self) -> None:
            raise OSError(number, "The other end is closed")

    worker = SimpleNamespace(stdin=Ended())
    hand_over(cast("subprocess.Popen[str]", worker), bytes(32), timedelta(0))
    assert "clock_offset" in worker.stdin.getvalue()
