"""`campaign-app report`: shown, as JSON, as files; what is wrong is one sentence."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from campaign_app import bootstrap
from campaign_app.credentials import PassphraseKeeper, Scrypt
from tests.cli.test_cli_backup import SECRET, SHOP, Line

DAYS = ("report", "--from", "2026-07-01", "--to", "2026-09-30")


@pytest.fixture
def line(tmp_path: Path) -> Line:
    made = Line(tmp_path)
    with bootstrap.create_app(made.folder, PassphraseKeeper(SECRET, Scrypt(n=2**10))) as app:
        app.workspace.accounts.add_entity(SHOP)
    return made


def test_a_file_is_made_and_its_numbers_come_again_by_the_command(line: Line, tmp_path: Path) -> None:
    file = tmp_path / "报告.json"
    made = line.here(*DAYS, "--stage", "recheck", "--out", str(file))
    assert made["sha256"] == sha256(file.read_bytes()).hexdigest()
    told, again = json.loads(file.read_text("utf-8")), line.here(*DAYS, "--stage", "recheck")
    assert told["numbers"] == again["numbers"]
    assert (told["to"], told["stage"]) == ("2026-09-30", "recheck")


def test_without_a_file_the_main_numbers_are_shown(line: Line) -> None:
    status, said, _ = line.call(*DAYS, *line.options)
    assert status == 0
    assert "提交短信（条）" in said
    assert "未答复的投诉" in said


def test_what_is_wrong_is_one_sentence(line: Line, tmp_path: Path) -> None:
    for words, sentence in (
        (("report", "--from", "2026-09-30", "--to", "2026-07-01"), "期间无效"),
        ((*DAYS, "--out", str(tmp_path / "a.docx")), "后缀无法识别"),
        ((*DAYS, "--out", str(tmp_path / "nowhere" / "a.json")), "无法写入"),
    ):
        status, _, said = line.call(*words, *line.options)
        assert (status, sentence in said) == (2, True), said
    status, _, _ = line.call("report", "--from", "yesterday", "--to", "2026-07-01", *line.options)
    assert status == 2
