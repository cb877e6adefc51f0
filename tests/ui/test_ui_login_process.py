"""A window that is closed in favour of the worker: its own has ended, another one has the lock, and outlives it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_ui_process import ANSWER, SECONDS, alive, program, scheduled, until

from campaign_app import bootstrap
from campaign_app.credentials import KeychainKeeper
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.customer import Entity
from campaign_app.storage import locks
from tests.helpers.at_login import FileRing, System

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc"),
]
ROOT = Path(__file__).resolve().parents[2]
SHOP = Entity("91330100MA0000001X", "安宁百货有限公司")


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> System:
    """Without systemd: nothing but the window itself begins the worker."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return System(tmp_path, monkeypatch)


@pytest.fixture
def workspace(tmp_path: Path, system: System) -> Iterator[Path]:
    folder = tmp_path / "ws"
    with bootstrap.create_app(folder, KeychainKeeper(FileRing())) as app:
        app.workspace.accounts.add_entity(SHOP)
        made = app.workspace.campaigns.create(
            Campaign(0, "双十一会员日", SHOP.uscc, "retail", Filter(), "安宁百货", "您好，拒收请回复R")
        )
        app.workspace.campaigns.update(scheduled(made, app.clock), expected=CampaignState.DRAFT)
    yield folder
    left = locks.holder(folder, "worker")
    if left and left != os.getpid():
        os.kill(left, signal.SIGKILL)


def written(workspace: Path) -> int:
    """The worker's number, 0 where none is written; a signal to 0 would reach this very process."""
    file = workspace / "worker.pid"
    return int((file.read_text("ascii") if file.exists() else "") or 0)


def test_the_worker_takes_over_from_a_window_that_is_closed(workspace: Path, system: System) -> None:
    close = 'state.worker == "running" and (said(str(self.session._worker._process.pid)), self.shell.close())'
    script = ANSWER.replace('said(state.phase + " " + state.worker)', close)
    with program("-c", script, str(workspace), "", "closing_worker") as window:
        said, errors = window.communicate(timeout=SECONDS)
    assert (window.returncode, errors) == (0, "")
    own = next(int(line) for line in said.splitlines() if line.isdigit())
    assert not alive(own), "the window's own worker ended with it"
    assert [Path(each).suffix for each in system.files if "yunfa-worker" in each] == [".desktop"]
    # by what it writes once it has the lock: to try the lock meanwhile might be just when it does
    until(lambda: written(workspace) > 0, "the worker that took over")
    heir = written(workspace)
    assert locks.holder(workspace, "worker") == heir
    assert heir not in (own, window.pid)
    os.kill(heir, signal.SIGTERM)
    until(lambda: not alive(heir), "its end")
