"""`create` on a computer without a keychain: it asks a person, and nobody else, for a passphrase."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from campaign_app import bootstrap
from campaign_app.credentials import PassphraseKeeper

SECRET = "十年树木百年树人"


def command(folder: Path) -> list[str]:
    return [sys.executable, "-m", "campaign_app", "create", "--workspace", str(folder)]


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONUTF8": "1"}


def typed(folder: Path, answers: Sequence[tuple[str, str]]) -> tuple[int, str]:
    """At a terminal: each answer is typed once its prompt is there. Exit status and all that was shown."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command(folder), stdin=theirs, stdout=theirs, stderr=theirs, env=environment(), start_new_session=True
    )
    os.close(theirs)
    shown = ""
    try:
        for prompt, answer in answers:
            shown += until(ours, prompt)  # only then: what is typed ahead is thrown away
            os.write(ours, f"{answer}\n".encode())
        shown += rest(ours)
        return process.wait(timeout=60), shown
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def until(terminal: int, prompt: str) -> str:
    shown = b""
    while not shown.decode(errors="ignore").rpartition("\n")[2].startswith(f"{prompt}: "):
        shown += os.read(terminal, 1_024)
    return shown.decode()


def rest(terminal: int) -> str:
    """Until the other end is closed, which Linux tells by an error."""
    shown = b""
    try:
        while more := os.read(terminal, 1_024):
            shown += more
    except OSError:
        pass
    return shown.decode()


@pytest.mark.timeout(60)
def test_a_person_types_a_passphrase_twice(tmp_path: Path) -> None:
    answers = [
        ("新口令", "short"),
        ("新口令", "1234567890"),
        ("新口令", SECRET),
        ("再输入一次", f"{SECRET}！"),
        ("新口令", SECRET),
        ("再输入一次", SECRET),
    ]
    status, shown = typed(tmp_path / "ws", answers)
    assert status == 0, shown
    for words in ("找不到可用的系统钥匙串", "口令太短", "口令太容易猜到", "两次输入不一致"):
        assert shown.count(words) == 1
    assert SECRET not in shown
    bootstrap.open_app(tmp_path / "ws", PassphraseKeeper(SECRET)).close()


def test_a_script_is_told_what_to_give(tmp_path: Path) -> None:
    done = subprocess.run(
        command(tmp_path / "ws"), capture_output=True, text=True, encoding="utf-8", stdin=subprocess.DEVNULL,
        env=environment(), timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert "--passphrase-file" in done.stderr
    assert not (tmp_path / "ws").exists()
