"""On a system whose own encoding is not UTF-8, such as a Chinese Windows, what goes through pipes is the same."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from campaign_app.processes import greet, own_command, start_child
from campaign_app.streams import hears_a_person, use_utf8

ENCODINGS = ("gbk", "cp1252")


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_command_says_all_of_it(encoding: str, tmp_path: Path) -> None:
    """✓ is none of GBK's characters."""
    folder = tmp_path / "张 三 é 𠮷"
    done = subprocess.run(
        own_command("doctor", "--workspace", str(folder)), capture_output=True, env=speaking(encoding), check=False
    )
    said = done.stdout.decode("utf-8")
    assert "✓" in said
    assert str(folder) in said.replace("\n", "")
    assert b"Traceback" not in done.stderr
    done.stderr.decode("utf-8")


@pytest.mark.parametrize("command", [own_command("sandbox"), [sys.executable, "-m", "campaign_app.cli.sandbox"]])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_part_of_the_program_is_understood_by_another(
    encoding: str, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sandbox tells its shops' Chinese names to whoever began it, which is the window of the demo."""
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    monkeypatch.setenv("PYTHONUTF8", "0")
    with start_child([*command, "--port", "0", "--customers", "10", "--parent-watch"]) as child:
        told = json.loads(greet(child))
    assert "安宁百货" in json.dumps(told, ensure_ascii=False)


def test_a_terminal_keeps_its_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it cannot show ends nothing."""
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", Terminal(shown, encoding="gbk"))
    monkeypatch.setattr(sys, "stderr", None)  # as a window of Windows has it
    use_utf8()
    sys.stdout.write("✓ 允发\udc80")
    sys.stdout.flush()
    assert shown.getvalue() == "? 允发?".encode("gbk")


def test_what_no_encoding_can_say_is_an_escape_of_json(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding="gbk"))
    use_utf8()
    sys.stdout.write(json.dumps({"name": "允发\udc80"}, ensure_ascii=False))
    sys.stdout.flush()
    assert json.loads(shown.getvalue().decode("utf-8")) == {"name": "允发\udc80"}


def speaking(encoding: str) -> dict[str, str]:
    return {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}


@pytest.mark.parametrize(("raw", "heard"), [("_WindowsConsoleIO", True), ("FileIO", False)])
def test_on_windows_only_a_console_is_asked(raw: str, heard: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its null device calls itself a terminal, and is a file like any other."""
    buffer = SimpleNamespace(raw=type(raw, (), {})())
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True, buffer=buffer))
    assert hears_a_person() is heard
    monkeypatch.setattr(sys, "stdin", None)
    assert not hears_a_person()
