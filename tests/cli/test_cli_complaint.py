"""`campaign-app complaint` and `suppression`: entered, imported, listed, handled; what cannot be is one sentence."""

from __future__ import annotations

import io
import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.test_cli_backup import SHOP, Line
from tests.helpers.line import new_line

NUMBER = "13812345678"


@pytest.fixture
def line(tmp_path: Path) -> Line:
    made = new_line(tmp_path)
    with made.open() as app:
        app.workspace.accounts.add_entity(SHOP)
    return made


def test_a_complaint_is_entered_listed_handled_and_closed(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{NUMBER}\n"))
    added = line.here("complaint", "add", "--phone", "-", "--number", "GD-1", "--text", "骚扰")
    assert (added["who"], added["state"], added["why"]) == ("138****5678", "unmatched", "never_sent")
    assert (added["due"]["timer"], added["due"]["draft"], added["due"]["verified"]) == ("accept", True, False)
    assert line.here("suppression", "look", NUMBER)["marks"][0]["kind"] == "complaint"
    listed = line.here("complaint", "list", "--state", "unmatched")
    assert list(listed) == ["1"]
    assert line.here("complaint", "list", "--due") == {}
    assert list(line.here("complaint", "list", "--text", NUMBER)) == ["1"]
    handled = line.here("complaint", "handle", "1", "--owner", "王", "--note", "查过", "--answer", "已答复", "--close")
    assert (handled["state"], handled["owner"], handled["due"]) == ("closed", "王", None)
    assert line.here("complaint", "handle", "1", "--reopen", "再次投诉", "--no-message")["why"] == "not_ours"
    shown = line.here("complaint", "show", "1")
    assert [each["action"] for each in shown["history"]][:3] == ["entered", "unmatched", "owned"]
    assert NUMBER not in json.dumps([added, listed, shown])
    found = line.here("complaint", "trend", "--by", "signature", "--days", "7")
    assert (found["rows"], found["unmatched"]) == ([], {"now": 1, "before": 0})


def test_files_are_tried_and_put_down(line: Line, tmp_path: Path) -> None:
    with line.open() as app:
        day = (app.clock() - timedelta(days=1)).strftime("%Y-%m-%d")
    file = tmp_path / "c.csv"
    file.write_text(f"单号,号码,时间\nK1,{NUMBER},{day}\nK2,12,{day}\n", encoding="utf-8")
    words = ("complaint", "import", str(file), "--column", "号码=phone")
    tried = line.here(*words, "--dry-run")
    assert (tried["dry_run"], tried["added"], tried["refused_by_reason"]) == (True, 1, {"phone_invalid": 1})
    assert line.here(*words)["added"] == 1
    assert line.here(*words)["refused_by_reason"] == {"complaint_known": 1, "phone_invalid": 1}
    status, said, _ = line.call(*words, *line.options)
    assert (status, "第 3 行：号码：不是有效的大陆手机号" in said) == (0, True)
    listed = tmp_path / "n.csv"
    listed.write_text(f"手机号\n{NUMBER}\n13987654321\n", encoding="utf-8")
    added = line.here("suppression", "import", str(listed), "--reason", "谢绝名单")
    assert (added["new"], added["known"]) == (2, 0)
    assert line.here("suppression", "import", str(listed), "--reason", "谢绝名单", "--dry-run")["known"] == 2
    assert line.here("suppression", "add", NUMBER, "--reason", "来电") == {"new": False}
    assert {mark["kind"] for mark in line.here("suppression", "look", NUMBER)["marks"]} == {"complaint", "opt_out"}


def test_what_cannot_be_done_is_one_sentence(line: Line, tmp_path: Path) -> None:
    line.here("complaint", "add", "--phone", NUMBER)
    for words, sentence in (
        (("complaint", "add", "--phone", "12"), "不是有效的大陆手机号"),
        (("complaint", "add"), "投诉人号码或客户标识"),
        (("complaint", "add", "--phone", NUMBER, "--made", "昨天"), "无法识别"),
        (("complaint", "add", "--phone", NUMBER, "--entity", "X"), "--entity"),
        (("complaint", "add", "--phone", NUMBER), "已经登记过"),
        (("complaint", "show", "9"), "没有这个投诉"),
        (("complaint", "pack", "1", "--out", str(tmp_path / "a.zip")), "没有对上短信"),
        (("suppression", "add", NUMBER, "--reason", " "), "写明原因"),
    ):
        status, _, said = line.call(*words, *line.options)
        assert (status, sentence in said) == (2, True), said
        assert NUMBER not in said
    assert not (tmp_path / "a.zip").exists()


def test_a_case_is_shown_to_a_person_line_by_line(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{NUMBER}\n"))
    line.here("complaint", "add", "--phone", "-", "--text", "骚扰 [不要再发]")
    status, said, _ = line.call("complaint", "show", "1", *line.options)
    assert status == 0
    assert "投诉内容：骚扰 [不要再发]\n" in said
    history = said.partition("经过：\n")[2].splitlines()
    assert [each.partition("做了什么 ")[2].split()[0] for each in history] == ["登记", "没有对应短信"]
    assert [word for word in ("{", "[]", "None", "True", "False") if word in said] == []
