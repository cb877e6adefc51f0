"""A worker that is begun before its workspace is there."""

from __future__ import annotations

import io
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from typer.testing import CliRunner

from campaign_app import bootstrap, logs, processes, working
from campaign_app.cli import worker as worker_command
from campaign_app.cli.follow import ENDING, with_worker
from campaign_app.cli.main import app as line
from campaign_app.cli.words import say
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.errors import AppError, WorkspaceError
from campaign_app.processes import begin_worker, greet, hand_over, own_command, start_child
from campaign_app.storage import locks

KEY = bytes(range(32))
KILLED = -9 if os.name == "posix" else 1
BY_SIGNAL = pytest.mark.skipif(os.name != "posix", reason="Windows has no signal that asks a process to end")


@pytest.fixture(params=[pytest.param(True, marks=BY_SIGNAL), False], ids=["by a signal", "by the end of its input"])
def asked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """In both of the ways in which a child is asked to end."""
    monkeypatch.setattr(processes, "SIGNALS", request.param)


@pytest.mark.usefixtures("asked")
def test_it_works_as_soon_as_it_gets_the_key(tmp_path: Path) -> None:
    with begin_worker(tmp_path / "ws") as worker, bootstrap.create_app(tmp_path / "ws", MemoryKeeper(KEY)):
        assert locks.holder(tmp_path / "ws", "worker") is None
        hand_over(worker, KEY, timedelta(0))
        greet(worker)
        assert locks.holder(tmp_path / "ws", "worker") == worker.pid
    assert worker.returncode == 0
    assert locks.holder(tmp_path / "ws", "worker") is None


@pytest.mark.usefixtures("asked")
def test_without_a_workspace_it_ends_without_a_word(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with begin_worker(tmp_path / "ws"):
        pass
    assert capfd.readouterr() == ("", "")
    assert not (tmp_path / "ws").exists()


@pytest.mark.parametrize("given", ["", "{}\n", "key\n"])
def test_whoever_gives_it_no_key_is_told_so(given: str, tmp_path: Path) -> None:
    command = own_command("worker", "--workspace", str(tmp_path / "ws"), "--attached")
    ended = subprocess.run(command, input=given, capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "--attached 需要父进程从标准输入给出密钥" in ended.stderr


def test_a_key_for_no_workspace_is_an_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with begin_worker(tmp_path / "ws") as worker:
        hand_over(worker, KEY, timedelta(0))
        with pytest.raises(AppError) as failed:
            greet(worker)
    assert failed.value.code == "child_failed"
    assert "工作区" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"), [(("--queues", "send,mail"), "--queues"), (("--concurrency", "2"), "团队工作区")]
)
def test_what_it_cannot_take_part_in_is_refused(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    bootstrap.create_app(tmp_path / "ws", MemoryKeeper(KEY)).close()
    command = own_command("worker", "--workspace", str(tmp_path / "ws"), "--attached", *options)
    key = json.dumps({"key": KEY.hex(), "clock_offset": 0}) + "\n"
    ended = subprocess.run(command, input=key, capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert said in ended.stderr


def test_a_person_is_told_what_a_worker_waits_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, waits: Callable[[AppError], object], **__: object) -> bool:
        waits(WorkspaceError("server_unreachable", "The workspace's server cannot be reached"))
        raise SystemExit(0)

    monkeypatch.setattr(working, "run_worker", away)
    monkeypatch.setattr(worker_command, "_asked", lambda *_: (MemoryKeeper(KEY), timedelta(0)))
    monkeypatch.setattr(logs, "configure", lambda *_: None)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    done = CliRunner().invoke(line, ["worker", "--workspace", str(tmp_path)])
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.startswith("后台进程在等待，恢复后会自己接着做。原因：连不上团队工作区的服务器")


def test_a_keychain_that_stays_locked_is_asked_ever_more_seldom(capsys: pytest.CaptureFixture[str]) -> None:
    """Its prompt comes again with each: whoever dismissed it would never be rid of it."""
    asked, waited = list[int](), list[float]()

    def work() -> bool:
        asked.append(1)
        if len(asked) < 9:
            raise WorkspaceError("keychain_locked", "The keychain is locked")
        return True

    assert worker_command._unlocked(work, lambda seconds: bool(waited.append(seconds)))
    assert waited == [30, 60, 120, 240, 480, 600, 600, 600]
    assert capsys.readouterr().err.count("系统钥匙串已锁定") == 8
    asked.clear()
    assert not worker_command._unlocked(work, lambda _: True), "told to end meanwhile"
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("trouble", "status"),
    [
        (WorkspaceError("wrong_passphrase", "It does not open"), 78),
        (WorkspaceError("server_login", "The password was changed"), 2),
        (RuntimeError("a bug"), 1),
    ],
)
def test_whatever_ends_its_work_ends_the_process(
    trouble: Exception, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By `os._exit`: a flow that asks a server for ever would keep it, and nobody would be at work or start another.

    What only a person can put right is not to be started again.
    """

    def refused(*_: object, ready: Callable[[], object], **__: object) -> bool:
        ready()
        raise trouble

    def end(status: int) -> None:
        raise SystemExit(status)

    monkeypatch.setattr(working, "run_worker", refused)
    monkeypatch.setattr(worker_command.os, "_exit", end)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(logs, "configure", lambda *_: None)
    monkeypatch.setattr(sys, "excepthook", lambda *told: sys.stderr.write(f"{told[1]}\n"))
    monkeypatch.setattr(bootstrap, "keeper_of", lambda *_: MemoryKeeper(KEY))
    ended = CliRunner().invoke(line, ["worker", "--workspace", str(tmp_path)])
    assert ended.exit_code == status
    assert ended.stderr == f"{say(trouble) if isinstance(trouble, AppError) else trouble}\n"
    unit = (Path(__file__).parents[2] / "packaging" / "yunfa-worker.service").read_text(encoding="utf-8")
    assert f"RestartPreventExitStatus={worker_command.NOT_AGAIN}\n" in unit


@pytest.mark.parametrize("code", ["server_login", "no_role"])
def test_a_server_that_refuses_the_login_is_asked_ever_more_seldom(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service would start it again every three seconds, for ever; and once it is put right nobody has to."""
    asked, waited = list[int](), list[float]()

    def refused(*_: object, stopped: Callable[[float], bool], **__: object) -> bool:
        asked.append(1)
        if len(asked) < 4:
            raise WorkspaceError(code, "The server refuses it", login="svc")
        assert not stopped(0)
        return False

    def end(status: int) -> None:
        raise SystemExit(status)

    class Event(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waited.append(timeout or 0)
            return self.is_set()

    monkeypatch.setattr(working, "run_worker", refused)
    monkeypatch.setattr(worker_command.threading, "Event", Event)
    monkeypatch.setattr(worker_command.os, "_exit", end)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(logs, "configure", lambda *_: None)
    monkeypatch.setattr(bootstrap, "keeper_of", lambda *_: MemoryKeeper(KEY))
    ended = CliRunner().invoke(line, ["worker", "--workspace", str(tmp_path)])
    assert (ended.exit_code, waited) == (0, [30, 60, 120, 0])
    assert ended.stderr.count("后台进程在等待，恢复后会自己接着做。") == 3


def test_a_worker_outlives_whoever_would_have_heard_that_it_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: str) -> int:
        raise BrokenPipeError

    gone = io.StringIO()
    monkeypatch.setattr(gone, "write", broken)
    monkeypatch.setattr(sys, "stdout", gone)
    worker_command._ready()


@pytest.mark.parametrize(("told", "level"), [(True, logging.INFO), (False, logging.WARNING)])
def test_a_worker_that_was_told_to_stop_warns_of_no_lease(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, told: bool, level: int
) -> None:
    """It gave it back itself; whoever pressed Ctrl-C reads what is warned of."""
    handlers = dict[int, Callable[[], object]]()

    def work(*_: object, lost: Callable[[], object], **__: object) -> bool:
        if told:
            handlers[signal.SIGTERM]()
        lost()
        return False

    def end(status: int) -> None:
        raise SystemExit(status)

    monkeypatch.setattr(working, "run_worker", work)
    monkeypatch.setattr(worker_command, "_asked", lambda *_: (MemoryKeeper(KEY), timedelta(0)))
    monkeypatch.setattr(logs, "configure", lambda *_: None)
    monkeypatch.setattr(signal, "signal", handlers.__setitem__)
    monkeypatch.setattr(worker_command.os, "_exit", end)
    with caplog.at_level(logging.INFO):
        done = CliRunner().invoke(line, ["worker", "--workspace", str(tmp_path)])
    assert done.exit_code == (0 if told else worker_command.TRY_AGAIN)
    assert [record.levelno for record in caplog.records] == [level]


@pytest.mark.parametrize("code", ["no_keychain", "key_missing"])
def test_a_host_whose_folder_keeps_its_key_in_another_ones_keychain_is_told_the_way_out(code: str) -> None:
    """A passphrase does not open it, however it is given."""
    assert "workspace invite" in say(WorkspaceError(code, "No key here"))


@pytest.mark.usefixtures("asked")
def test_whoever_waits_for_the_end_of_a_worker_is_told_so(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "PATIENT_SECONDS", 0.1)

    def start(_app: object, **_: object) -> bootstrap.WorkerHandle:
        with ExitStack() as stack:
            process = stack.enter_context(start_child([sys.executable, "-c", LINGERS], 30))
            greet(process)
            return bootstrap.WorkerHandle(stack.pop_all(), process)

    monkeypatch.setattr(bootstrap, "start_worker_for", start)
    with pytest.raises(KeyboardInterrupt), with_worker(cast(bootstrap.App, nullcontext())):
        raise KeyboardInterrupt
    assert capfd.readouterr().err == ENDING


LINGERS = (
    "import signal, sys, time\ndef end(*_): time.sleep(1.5); sys.exit(3)\nsignal.signal(signal.SIGTERM, end)\n"
    "print('ready', flush=True)\nsys.stdin.read()\nend()"
)


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(("seconds", "status"), [(30.0, 3), (0.0, KILLED)])
def test_a_worker_has_its_time_to_end_and_no_more(seconds: float, status: int) -> None:
    said = list[str]()
    with ExitStack() as stack:
        process = stack.enter_context(start_child([sys.executable, "-c", LINGERS], seconds))
        greet(process)
        bootstrap.WorkerHandle(stack.pop_all(), process).close(lambda: said.append("ending"))
    assert (process.returncode, said) == (status, ["ending"])
