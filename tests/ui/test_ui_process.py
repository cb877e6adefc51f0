"""The window as a real program: it ends in order, leaves no child behind, and there is one per workspace."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from platformdirs import user_log_path

from campaign_app import bootstrap
from campaign_app.credentials import PassphraseKeeper, Scrypt
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.customer import Entity
from campaign_app.storage import locks
from campaign_app.ui.single import mark_of, name_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc"),
]
SECONDS = 150.0
PHRASE = "一句只有我知道的话"
# what a user would do at the window, from inside: there is nobody to click
PROLOGUE = """
import os
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from campaign_app.ui import app
start, front = app.Application.start, app.Application.bring_to_front
def said(word):
    print(word, flush=True)
def raised(self):
    front(self)
    said("raised")
app.Application.bring_to_front = raised
"""
CLOSE = (
    PROLOGUE
    + """
def close_when_at_work(self):
    self.session.changed.connect(lambda state: state.worker == "running" and self.shell.close())
    start(self)
app.Application.start = close_when_at_work
status = app.main(None, 200)
said([kept for fd in Path("/proc/self/fd").iterdir() if "campaign-app-demo-" in (kept := os.path.realpath(fd))])
sys.exit(status)
"""
)
OPEN = (
    PROLOGUE
    + """
def open_with_passphrase(self):
    def follow(state):
        said(state.phase + " " + state.worker)
        if state.phase == "passphrase":
            QTimer.singleShot(0, lambda: self.session.open(sys.argv[2]))
    self.session.changed.connect(follow)
    start(self)
app.Application.start = open_with_passphrase
sys.exit(app.main(Path(sys.argv[1]), None))
"""
)
# the window's own question before it closes, answered by the name of a button
ANSWER = OPEN.replace(
    "sys.exit(",
    """
from PySide6.QtWidgets import QPushButton
found = app.Closing._found
def answered(self, leaving):
    found(self, leaving)
    if self.dialog is not None:
        said("asked " + ",".join(c.name for c in leaving.campaigns))
        QTimer.singleShot(0, self.dialog.findChild(QPushButton, sys.argv[3]).click)
        if sys.argv[3] != "closing_leave":
            sys.argv[3] = "closing_leave"
            QTimer.singleShot(200, lambda: (said("alive"), self.ask()))
app.Closing._found = answered
sys.exit(""",
)


def children(pid: int) -> set[int]:
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found |= set(map(int, task.read_text().split()))
    return found


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def until(done: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + SECONDS
    while not done():
        assert time.monotonic() < end, f"not in time: {what}"
        time.sleep(0.05)


@contextmanager
def program(*command: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def demo() -> tuple[str, ...]:
    return ("-m", "campaign_app", "demo", "--customers", "200")


def with_both_children(process: subprocess.Popen[str]) -> set[int]:
    """The worker and the sandbox."""
    until(lambda: len(children(process.pid)) == 2 or process.poll() is not None, "two children")
    found = children(process.pid)
    assert len(found) == 2
    return found


def test_a_terminated_demo_ends_in_order_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with program(*demo()) as process:
        left = with_both_children(process)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=SECONDS)
        assert (process.returncode, errors) == (0, "")
        assert not [pid for pid in left if alive(pid)]
    assert list(tmp_path.glob("campaign-app-demo-*")) == []


def test_a_closed_demo_leaves_no_child_and_no_file_open(tmp_path: Path) -> None:
    with program("-c", CLOSE) as process:
        until(lambda: bool(children(process.pid)) or process.poll() is not None, "a child")
        left = children(process.pid)
        printed, errors = process.communicate(timeout=SECONDS)
        assert (process.returncode, errors) == (0, "")
        assert printed == "[]\n"  # Windows would keep a file that is open, and the folder with it
        assert left
        assert not [pid for pid in left if alive(pid)]


def test_worker_and_sandbox_end_by_themselves_when_the_window_is_killed() -> None:
    with program(*demo()) as process:
        left = with_both_children(process)
        process.kill()
        process.communicate(timeout=SECONDS)
        until(lambda: not [pid for pid in left if alive(pid)], "the children's end")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    with bootstrap.create_app(folder, PassphraseKeeper(PHRASE, Scrypt(n=2**10))) as app:
        app.workspace.accounts.add_entity(Entity("91330100MA0MN00023", "安宁百货有限公司"))
        sending = Campaign(0, "双十一会员日", "91330100MA0MN00023", "retail", Filter(), "安宁百货", "您好，拒收请回复R")
        made = app.workspace.campaigns.create(sending)
        app.workspace.campaigns.update(scheduled(made, app.clock), expected=CampaignState.DRAFT)
    return folder


def scheduled(campaign: Campaign, clock: Callable[[], object]) -> Campaign:
    now = clock()
    assert isinstance(now, datetime)
    later = now + timedelta(days=1)
    return replace(campaign, state=CampaignState.SCHEDULED, send_at=later, window_end=later + timedelta(hours=2))


def line_of(process: subprocess.Popen[str], wanted: str) -> None:
    """Reads what it prints until that line comes."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == wanted:
            return
    pytest.fail(f"it ended without {wanted!r}: {process.stderr.read() if process.stderr else ''}")


def test_a_second_start_raises_the_first_window_and_ends(workspace: Path) -> None:
    with program("-c", OPEN, str(workspace), PHRASE) as first:
        line_of(first, "open running")
        with program("-m", "campaign_app", "window", "--workspace", str(workspace)) as second:
            _, errors = second.communicate(timeout=SECONDS)
            assert (second.returncode, errors) == (0, "")
        line_of(first, "raised")
        assert first.poll() is None
        left = children(first.pid)
        first.kill()
        first.communicate(timeout=SECONDS)
    until(lambda: not [pid for pid in left if alive(pid)], "the worker's end")
    assert Path(name_of(workspace)).exists(), "the kill left its socket"
    with program("-c", OPEN, str(workspace), PHRASE) as third:
        line_of(third, "open running")
        third.send_signal(signal.SIGTERM)
        assert third.wait(SECONDS) == 0
    log = user_log_path("campaign_app", appauthor=False) / f"window-{mark_of(workspace)}.log"
    assert log.stat().st_mode & 0o777 == 0o600
    assert PHRASE not in log.read_text("utf-8")


@pytest.mark.parametrize(
    "button",
    ["closing_back", *(pytest.param(each, marks=pytest.mark.long) for each in ("closing_hide", "closing_leave"))],
)
def test_closing_asks_while_something_is_scheduled(workspace: Path, button: str) -> None:
    close = 'state.worker == "running" and self.shell.close()'
    script = ANSWER.replace('said(state.phase + " " + state.worker)', close)
    with program("-c", script, str(workspace), PHRASE, button) as process:
        said, errors = process.communicate(timeout=SECONDS)
    assert (process.returncode, errors) == (0, "")
    asked = ["asked 双十一会员日"]
    assert [line for line in said.splitlines() if line != "raised"] == (
        asked if button == "closing_leave" else [*asked, "alive", *asked]
    )


def test_a_program_of_another_kind_that_uses_the_workspace_is_named(workspace: Path) -> None:
    """A lock without a window: the gate says so instead of waiting for an answer that nobody gives."""
    with locks.lock(workspace, "window"), program("-c", OPEN, str(workspace), PHRASE) as process:
        line_of(process, "failed")
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0
