"""`workspace move` and `take-back`: to a server and back by one command each, with what they say."""

from __future__ import annotations

import gc
import io
import json
import os
import signal
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from campaign_app import logins
from campaign_app.__main__ import window
from campaign_app.cli.main import main
from campaign_app.cli.workspace import cancelled_by_signals
from campaign_app.credentials import PassphraseKeeper, Scrypt
from campaign_app.domain.errors import AppError
from campaign_app.storage.workspace import create_workspace
from tests.helpers.pg import PASSWORD, bare_database, cluster

SECRET = "十年树木百年树人"


def run(*arguments: str) -> tuple[int, str, str]:
    """The command in this process: status, what it printed, what it complained of."""
    said, complained, often = io.StringIO(), io.StringIO(), gc.get_threshold()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(complained):
        patch.setattr(sys, "argv", ["campaign-app", "workspace", *arguments])
        with pytest.raises(SystemExit) as end:
            main(window)
        gc.unfreeze()
        gc.set_threshold(*often)
    return int(end.value.code or 0), said.getvalue(), complained.getvalue()


def kept(folder: Path, name: str, secret: str) -> str:
    (folder / name).write_text(secret + "\n", encoding="utf-8")
    (folder / name).chmod(0o600)
    return str(folder / name)


def test_a_workspace_moves_to_a_server_and_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    carried = list[tuple[str, ...]]()
    monkeypatch.setattr(logins, "carry", lambda *places: carried.append(tuple(each.name for each in places)))
    create_workspace(tmp_path / "a", PassphraseKeeper(SECRET, Scrypt(n=2**10))).close()
    phrase = ("--passphrase-file", kept(tmp_path, "phrase", SECRET), "--json")

    def of(name: str) -> tuple[str, ...]:
        return ("--workspace", str(tmp_path / name), *phrase)

    with bare_database() as name:
        server = cluster().server(name).address
        to = ("--server", server, "--server-password-file")
        wrong = run("move", str(tmp_path / "b"), *to, kept(tmp_path, "wrong", "falsch"), *of("a"))
        assert wrong[:2] == (2, "")
        assert "服务器拒绝了该用户名或密码" in wrong[2]
        moved = run("move", str(tmp_path / "b"), *to, kept(tmp_path, "password", PASSWORD), *of("a"))
        assert moved[0] == 0, moved[2]
        told = json.loads(moved[1])
        assert (told["folder"], told["server"]) == (str(tmp_path / "b"), server)
        assert told["rows"] == sum(each["rows"] for each in told["tables"].values())
        assert {len(each["sha256"]) for each in told["tables"].values()} == {len(told["sha256"])} == {64}
        again = run("move", str(tmp_path / "c"), *of("a"))
        assert again[0] == 2
        assert f"移到 {tmp_path / 'b'}" in again[2]
        back = run("move", str(tmp_path / "c"), *of("b"))
        assert back[0] == 0, back[2]
        assert json.loads(back[1])["server"] == ""
        unsure = run("take-back", *of("a"))
        assert unsure[0] == 2
        assert "--other-is-out-of-use" in unsure[2]
        taken = run("take-back", "--other-is-out-of-use", *of("a"))
        assert taken[0] == 0, taken[2]
        assert json.loads(taken[1])["was_moved_to"] == f"{tmp_path / 'b'} ({server})"
        said = "".join(each[1] + each[2] for each in (wrong, moved, again, back, unsure, taken))
    assert carried == [("a", "b"), ("b", "c"), ("b", "a")]
    assert not any(secret in said for secret in (PASSWORD, SECRET, "falsch"))


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cancels_between_two_pages(name: signal.Signals) -> None:
    ticks: list[float] = []
    before = signal.getsignal(name)
    with cancelled_by_signals(ticks.append) as tick:
        tick(0.1)
        os.kill(os.getpid(), name)
        with pytest.raises(AppError) as caught:
            tick(0.2)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), name)
    assert (caught.value.code, ticks) == ("move_cancelled", [0.1])
    assert signal.getsignal(name) == before
