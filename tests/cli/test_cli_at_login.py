"""`campaign-app worker --at-login`: what it writes is a worker that opens the workspace without a person."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from campaign_app import bootstrap, logins
from campaign_app.cli.workspace import carry_at_login
from campaign_app.credentials import KeychainKeeper, MemoryKeeper
from campaign_app.storage import locks
from tests.helpers.at_login import FileRing, System
from tests.helpers.line import Line, new_line

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="a system with a shell")


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> System:
    return System(tmp_path, monkeypatch)


@pytest.fixture
def folder(tmp_path: Path, system: System) -> Path:
    """A workspace whose key the keychain has."""
    made = tmp_path / "我的 100% $HOME"
    bootstrap.create_app(made, KeychainKeeper(FileRing())).close()
    return made


def said(folder: Path, choice: str) -> tuple[int, str, str]:
    return Line(folder.parent).call("worker", "--workspace", str(folder), "--at-login", choice)


@pytest.fixture
def _ring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign_app.credentials._system_keychain", FileRing)


@pytest.mark.usefixtures("_ring")
def test_on_and_off_again_and_what_it_is(folder: Path, system: System) -> None:
    system.with_systemd()
    assert said(folder, "status")[:2] == (0, "登录时启动后台进程：关\n")
    for _ in range(2):
        assert said(folder, "on")[0] == 0
        assert said(folder, "status")[1] == "登录时启动后台进程：开\n"
    unit = f"{logins.entry_of(folder).name}.service"
    assert [Path(each).name for each in system.files] == [unit, unit]
    assert said(folder, "off")[0] == 0
    assert system.files == []
    with bootstrap.open_app(folder, KeychainKeeper(FileRing())) as app:
        entries = [each for each in app.workspace.audit.entries() if "at_login" in each.action]
    assert [(each.action, each.actor) for each in entries] == [("workspace.at_login_on", "cli")] * 2


@pytest.mark.usefixtures("_ring")
def test_a_system_that_refuses_is_a_sentence(folder: Path, system: System) -> None:
    system.with_systemd().refuse("enable")
    status, out, complained = said(folder, "on")
    assert (status, out) == (2, "")
    assert "Access denied" in complained
    assert system.files == []


@pytest.mark.usefixtures("_ring")
def test_of_a_workspace_that_was_moved_it_starts_the_new_place(
    folder: Path, system: System, capsys: pytest.CaptureFixture[str]
) -> None:
    there = Path(shutil.copytree(folder, folder.parent / "there"))
    system.with_systemd()
    carry_at_login(folder, there)
    assert (capsys.readouterr().err, system.files) == ("", []), "it was off"
    assert said(folder, "on")[0] == 0
    system.refuse("enable")
    carry_at_login(folder, there)
    assert f"--at-login off --workspace {folder}" in capsys.readouterr().err
    assert (logins.is_on(folder), logins.is_on(there)) == (True, False)
    system.refuse("")
    carry_at_login(folder, there)
    assert (logins.is_on(folder), logins.is_on(there)) == (False, True)
    carry_at_login(there, there, done="已重新启用")
    assert logins.is_on(there), "taken up where it is"


@pytest.mark.usefixtures("_ring")
def test_with_another_form_there_is_still_one_entry(folder: Path, system: System) -> None:
    assert said(folder, "on")[0] == 0
    assert [Path(each).suffix for each in system.files] == [".desktop"]
    system.with_systemd().refuse("show-environment")
    assert said(folder, "on")[0] == 0
    assert [Path(each).suffix for each in system.files] == [".desktop"], "a manager that does not answer"
    system.refuse("")
    assert said(folder, "on")[0] == 0
    assert {Path(each).suffix for each in system.files} == {".service"}


def test_what_was_written_opens_the_workspace_and_works(folder: Path, system: System) -> None:
    """The very command of the unit, as another process."""
    command = [*logins.own_command("worker", "--workspace", str(folder), "--at-login", "on")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    system.with_systemd()
    subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, timeout=120, check=True)
    text = (system.config / "systemd/user" / f"{logins.entry_of(folder).name}.service").read_text("utf-8")
    (line,) = [each for each in text.splitlines() if each.startswith("ExecStart=:")]
    started = shlex.split(line.removeprefix("ExecStart=:").replace("%%", "%").replace("$", "\\$"))
    started[-1] = started[-1].replace("\\$", "$")
    with subprocess.Popen(started, env=environment, cwd="/", stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        assert locks.holder(folder, "worker") == worker.pid
        second = subprocess.run(
            started, env=environment, cwd="/", capture_output=True, text=True, timeout=120, check=False
        )
        assert second.returncode == 2, "there is one already, and one is enough"
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(60) == 0


def test_a_workspace_with_a_passphrase_is_refused_with_a_reason(tmp_path: Path, system: System) -> None:
    line = new_line(tmp_path)
    for choice, status in (("on", 2), ("status", 0)):
        ended, out, complained = said(line.folder, choice)
        assert ended == status
        assert "口令" in (complained if status else out)
    assert system.files == []


def test_a_demo_and_no_workspace_at_all_are_refused(tmp_path: Path, system: System) -> None:
    bootstrap.create_app(tmp_path / "demo", MemoryKeeper(bytes(32))).close()
    assert "演示" in said(tmp_path / "demo", "on")[2]
    assert "不是允发的工作区" in said(tmp_path / "nothing", "on")[2]
    assert system.files == []


@pytest.mark.usefixtures("_ring")
def test_a_workspace_that_is_gone_can_still_be_taken_off(folder: Path, system: System) -> None:
    assert said(folder, "on")[0] == 0
    shutil.rmtree(folder)
    assert said(folder, "off")[0] == 0
    assert system.files == []
