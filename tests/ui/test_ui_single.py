"""One window per workspace, with real sockets; what was left by a kill or by somebody else is in nobody's way."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PySide6.QtCore import QDir
from pytestqt.qtbot import QtBot

from campaign_app.ui.single import Single, claim, name_of, raise_other

SOCKET = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from campaign_app.ui.single import Single
app = QCoreApplication([])
single = Single(Path(sys.argv[1]))
print("listening", flush=True)
app.exec()
"""
CONNECT = """
import os, socket, sys
os.setuid(65534)
try:
    socket.socket(socket.AF_UNIX).connect(sys.argv[1])
except PermissionError:
    print("refused")
"""
posix = pytest.mark.skipif(os.name != "posix", reason="sockets are files on POSIX only")


@pytest.fixture(params=["runtime", "temporary"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace's folder; its socket lies in the user's runtime folder, or where there is none."""
    if request.param == "temporary":
        monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    return tmp_path / "workspace"


@pytest.fixture
def first(folder: Path, qtbot: QtBot) -> Iterator[Single]:
    made = claim(folder)
    assert made is not None
    yield made
    made.close()


def socket_of(folder: Path) -> Path:
    name = name_of(folder)
    return Path(name) if Path(name).is_absolute() else Path(QDir.tempPath()) / name


def elsewhere(folder: Path) -> bool:
    """As another program would ask; this thread has to answer meanwhile."""
    return raise_other(folder)


def test_a_later_start_is_noticed(first: Single, folder: Path, qtbot: QtBot) -> None:
    with ThreadPoolExecutor(1) as pool, qtbot.waitSignal(first.raised):
        found = pool.submit(elsewhere, folder)
    assert found.result() is True


def test_another_workspace_is_not_this_one(first: Single, folder: Path) -> None:
    assert raise_other(folder / "another") is False


def test_the_window_of_another_workspace_listens_for_that_one(first: Single, folder: Path, qtbot: QtBot) -> None:
    first.move(folder / "another")
    assert raise_other(folder) is False
    with ThreadPoolExecutor(1) as pool, qtbot.waitSignal(first.raised):
        pool.submit(elsewhere, folder / "another")


def test_nobody_listens_after_the_end(first: Single, folder: Path) -> None:
    first.close()
    assert raise_other(folder) is False


def test_a_socket_left_by_a_kill_is_no_obstacle(folder: Path, qtbot: QtBot) -> None:
    with subprocess.Popen([sys.executable, "-c", SOCKET, str(folder)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"listening\n"
        other.kill()
    if os.name == "posix":
        assert socket_of(folder).exists()
    again = claim(folder)
    assert again is not None
    with ThreadPoolExecutor(1) as pool, qtbot.waitSignal(again.raised):
        pool.submit(elsewhere, folder)
    again.close()


@posix
def test_other_users_cannot_connect(first: Single, folder: Path) -> None:
    path = socket_of(folder)
    assert path.stat().st_mode & 0o077 == 0
    if os.getuid() == 0:
        done = subprocess.run([sys.executable, "-c", CONNECT, str(path)], capture_output=True, text=True, check=False)
        assert done.stdout == "refused\n", done.stderr


@posix
@pytest.mark.skipif(os.name == "posix" and os.getuid() != 0, reason="only root can make another user's file")
@pytest.mark.expects_logs("campaign_app.ui.single")
def test_a_socket_of_another_user_is_not_believed(folder: Path, qtbot: QtBot) -> None:
    path = socket_of(folder)
    path.touch()
    os.chown(path, 65534, 65534)
    try:
        assert raise_other(folder) is False
    finally:
        path.unlink()
