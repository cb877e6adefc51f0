"""`create --server`: a team's workspace by one command, which other commands and a worker then open by its folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from campaign_app import backups, bootstrap
from campaign_app.cli.campaigns import waiting_for_workers
from campaign_app.credentials import PassphraseKeeper
from campaign_app.storage.stood_in import Awaited
from campaign_app.storage.waiting import Waiting
from tests.helpers.line import new_line
from tests.helpers.pg import PASSWORD, bare_database, cluster

SECRET = "十年树木百年树人"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "campaign_app", *arguments]
    return subprocess.run(
        command, check=False, capture_output=True, encoding="utf-8", env=environment, stdin=subprocess.DEVNULL
    )


def kept(folder: Path, name: str, secret: str) -> str:
    (folder / name).write_text(secret + "\n", encoding="utf-8")
    (folder / name).chmod(0o600)
    return str(folder / name)


def test_work_that_nobody_takes_is_said_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    since = datetime(2026, 11, 11, 9, tzinfo=UTC)
    waiting = (Waiting("screen", 2, since), Waiting("import", 1, since, files=True))
    monkeypatch.setattr(bootstrap, "waiting_work", lambda _: waiting)
    told = waiting_for_workers(cast("bootstrap.App", None))
    assert [(each["queue"], each["jobs"], each["files_elsewhere"]) for each in told] == [
        ("screen", 2, False), ("import", 1, True),
    ]  # fmt: skip
    said = capsys.readouterr().err.splitlines()
    assert "受众核验" in said[0]
    assert "campaign-app worker --queues screen" in said[0]
    assert "文件所在的电脑" in said[1]


def test_status_says_that_nothing_leaves_behind_a_server_that_took_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    line = new_line(tmp_path)
    assert line.here("status") == {"campaigns": []}
    monkeypatch.setattr(bootstrap, "awaited_hosts", lambda _: Awaited(2, datetime(2026, 11, 11, 9, 5, tzinfo=UTC)))
    told = line.here("status")["held"]
    assert (told["hosts"], datetime.fromisoformat(told["until"]).minute) == (2, 5)
    said = line.call("status", *line.options)[2]
    assert "2 台电脑" in said
    assert "到 2026-11-11 17:05" in said


def test_a_teams_workspace_is_made_and_opened_by_its_folder(tmp_path: Path) -> None:
    where = ("--workspace", str(tmp_path / "ws"), "--passphrase-file", kept(tmp_path, "passphrase", SECRET))
    with bare_database() as database:
        address = cluster().server(database).address
        server = ("--server", address, "--server-password-file", kept(tmp_path, "password", PASSWORD))
        made = run("create", *where, *server)
        assert made.returncode == 0, made.stderr
        listed = run("accounts", "list", *where, "--json")
        assert json.loads(run("status", *where, "--json").stdout) == {"campaigns": []}
        assert listed.returncode == 0, listed.stderr
        backed_up = run("backup", "create", str(tmp_path / "b.yunfa-backup"), *where)
        assert backed_up.returncode == 2
        assert "pg_dump" in backed_up.stderr
        again = run("create", "--workspace", str(tmp_path / "other"), *where[2:], *server)
        assert (again.returncode, again.stdout) == (2, "")
        assert "已经有一个工作区" in again.stderr
        assert not (tmp_path / "other").exists()
        with bootstrap.open_app(tmp_path / "ws", PassphraseKeeper(SECRET)) as app:
            assert app.workspace.shared
            assert not backups.standing(app).why  # another host is nothing strange
            assert bootstrap.about(app).size > 1_000_000
        said = made.stdout + made.stderr + again.stderr + listed.stdout
    assert not any(secret in said for secret in (PASSWORD, SECRET))
