"""What a command says of how it was called, and of being stopped."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.main import get_command

from campaign_app.cli.follow import goes_on
from campaign_app.cli.keys import private_key
from campaign_app.cli.main import app
from campaign_app.cli.usage import say_help, say_usage
from campaign_app.domain.errors import WorkspaceError
from tests.helpers.line import Line, new_line


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("called", "said"),
    [
        ("statu", "没有 statu 这个命令。是不是 status？用法见 campaign-app --help。"),
        ("create --work x", "没有 --work 这个选项。是不是 --workspace？用法见 campaign-app create --help。"),
        ("create --nonsense", "没有 --nonsense 这个选项。用法见 campaign-app create --help。"),
        ("workspace move", "缺少 FOLDER。用法见 campaign-app workspace move --help。"),
        ("send 1", "缺少 --recipients。用法见 campaign-app send --help。"),
        ("screen", "缺少 FILE.json。用法见 campaign-app screen --help。"),
        ("status 1 2", "多出了 2。用法见 campaign-app status --help。"),
        ("status --json=yes", "--json 后面不能给值。"),
        ("status --workspace", "--workspace 后面缺少值。"),
        ("send x --recipients 3", "ID 的值不对：应为整数。用法见 campaign-app send --help。"),
        ("worker --lease 2", "--lease 的值不对：不能小于 3。用法见 campaign-app worker --help。"),
        ("worker --concurrency 65", "--concurrency 的值不对：不能大于 64。用法见 campaign-app worker --help。"),
        ("peak pause-all 1 --wait x", "--wait 的值不对：应为数字。用法见 campaign-app peak pause-all --help。"),
        (
            "worker --at-login yes",
            "--at-login 的值不对：没有 yes 这一种，请用 on, off, status。用法见 campaign-app worker --help。",
        ),
        (
            "report --from 2026-13-01 --to 2026-12-31",
            "--from 的值不对：2026-13-01 不是日期，应写作 2026-11-10。用法见 campaign-app report --help。",
        ),
    ],
)
def test_bad_usage_is_one_sentence_and_status_2(tmp_path: Path, called: str, said: str) -> None:
    assert Line(tmp_path).call(*called.split()) == (2, "", f"{said}\n")


def test_what_is_not_known_of_the_parser_is_said_in_its_own_words() -> None:
    assert say_usage(typer.BadParameter("odd", param_hint="'--x'")) == "--x 的值不对：odd。"
    assert say_usage(typer.TyperException("quite odd")) == "quite odd"


def commands(group: Any, *names: str) -> Iterator[tuple[str, ...]]:
    yield names
    for name, each in getattr(group, "commands", {}).items():
        yield from commands(each, *names, name)


@pytest.mark.parametrize("columns", ["60", pytest.param("200", marks=pytest.mark.long)])
def test_help_is_in_one_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    for names in commands(get_command(app)):
        status, said, _ = Line(tmp_path).call(*names, "--help")
        assert (status, said.startswith("用法：campaign-app")) == (0, True)
        assert "  显示这段说明。" in said
        english = re.findall(r"Usage|Options|OPTIONS|Arguments|Commands|COMMAND|ARGS|Show|default|required|<=", said)
        assert english == [], said
        assert re.search(r"<(\w*\[|%|int|str|float|path|file|bool|datetime)", said) is None, said


def test_help_tells_of_defaults_and_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    said = Line(tmp_path).call("worker", "--help")[1] + Line(tmp_path).call("peak", "pause-all", "--help")[1]
    for words in ("[默认：8；1 到 64]", "[1024 到 65535]", "[默认：60.0；不小于 0]", "预案的编号。  [必填]"):
        assert words in said
    assert say_help("Something new: x\n") == "Something new: x\n"


def test_kinds_of_values_are_said_without_moving_a_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    said = Line(tmp_path).call("send", "--help")[1] + Line(tmp_path).call("report", "--help")[1]
    for line in (
        "  --recipients <数>         核验后的人数，须一字不差地输入。  [必填]",
        "  --confirm <值>            已由人确认的提醒（规则编号），可重复。",
        "  --passphrase-file <路径>  没有系统钥匙串时，从此文件读取口令。",
        "  --from <年-月-日>            期间的第一天（北京时间）。  [必填]",
        "  --stage <check|fix|recheck>  check 自查、fix 整改、recheck 复查。  [默认：check]",
    ):
        assert line in said.splitlines(), said


def test_a_group_without_a_command_shows_its_help_whole(tmp_path: Path) -> None:
    """However narrow the terminal: words that were cut off are words that nobody can read."""
    status, said, shown = Line(tmp_path).call("backup")
    assert (status, said) == (2, "")
    assert "…" not in shown
    assert "每个停下的活动仍由人决定是否继续。" in shown


@pytest.mark.parametrize("end", [KeyboardInterrupt(), WorkspaceError("server_unreachable", "away")])
def test_who_stops_following_is_told_that_the_work_goes_on(
    end: BaseException, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(type(end)), goes_on("campaign-app status 7", "campaign-app pause 7"):
        raise end
    said = capsys.readouterr().err
    assert said.startswith("不再跟随，但工作没有取消")
    assert "看进展：campaign-app status 7；要停下：campaign-app pause 7。" in said


@pytest.mark.parametrize(("end", "said"), [(typer.Abort(), "已取消。\n"), (KeyboardInterrupt(), "已中断。\n")])
def test_a_command_that_is_stopped_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: BaseException, said: str
) -> None:
    line = new_line(tmp_path)

    def stopped(_: str) -> str:
        raise end

    monkeypatch.setattr("campaign_app.cli.keys.asked", stopped)
    monkeypatch.setattr("sys.stdin", Terminal())
    assert line.call("status", "--workspace", str(line.folder)) == (130, "", said)


def test_a_key_file_of_something_else_is_said_to_be_no_key(tmp_path: Path) -> None:
    line, key = new_line(tmp_path), tmp_path / "钥匙 一.txt"
    key.write_text("这不是私钥", encoding="utf-8")
    key.chmod(0o600)
    called = ("connect", "https://platform.example", "--key-id", "s1", "--key-file", str(key), *line.options)
    assert line.call(*called) == (2, "", "私钥无效：应为 base64url 编码的 32 字节 Ed25519 私钥。\n")


@pytest.mark.skipif(os.name == "nt", reason="its files have other rights")
def test_a_key_file_that_others_may_read_is_taken_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = tmp_path / "key"
    key.write_text("secret\n", encoding="ascii")
    for mode, said in ((0o644, True), (0o640, True), (0o600, False)):
        key.chmod(mode)
        assert private_key(key) == "secret"
        told = capsys.readouterr()
        assert (told.out, f"“{key}”能被其他用户读取" in told.err) == ("", said)
