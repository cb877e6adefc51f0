"""Child processes are this very program, however it was installed."""

from __future__ import annotations

import sys

import pytest

from campaign_app.processes import own_command


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
