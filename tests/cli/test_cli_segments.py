"""`segments` counts each text of a file, in order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from campaign_app.cli.segments import app

VECTORS = Path(__file__).parents[1] / "vectors"


def answers(path: Path, *options: str) -> tuple[list[dict[str, Any]], int]:
    result = CliRunner().invoke(app, [str(path), "--json", *options])
    return [json.loads(line) for line in result.stdout_bytes.decode("utf-8").splitlines()], result.exit_code


@pytest.mark.parametrize("name", ["segments_published.jsonl", "segments_reference.jsonl"])
def test_gsm_counts_a_vector_file(name: str) -> None:
    got, status = answers(VECTORS / name, "--profile", "gsm")
    wanted = [json.loads(line) for line in (VECTORS / name).read_text("utf-8").split("\n") if line]
    assert status == 0
    assert [(g["encoding"], g["segments"]) for g in got] == [(w["encoding"], w["segments"]) for w in wanted]
    assert all(set(g) == {"encoding", "length", "segments"} for g in got)


def test_cn_is_the_default(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps({"text": "a" * 71}) + "\n", "utf-8")
    assert answers(path) == ([{"encoding": "UCS-2", "length": 71, "segments": 2}], 0)


def test_bad_lines_get_an_error(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"text": "好"}\n{"text": 5}\n[]\n\nx\n{"text": "\\ud800"}\n', "utf-8")
    got, status = answers(path)
    assert status == 1
    assert [set(g) for g in got[1:5]] == [{"error"}] * 4
    assert got[5] == {"encoding": "UCS-2", "length": 1, "segments": 1}
    readable = CliRunner().invoke(app, [str(path)])
    assert readable.exit_code == 1
    assert "第 1 行：UCS-2，1 字，1 条" in readable.stdout


def test_a_line_that_is_no_utf8_gets_an_error_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"text": "a"}\n{"text": "\xff"}\r\n{"text": "b"}')
    got, status = answers(path)
    assert (status, got[0], got[2]) == (1, got[2], {"encoding": "UCS-2", "length": 1, "segments": 1})
    assert got[1] == {"error": "第 2 行：不是 UTF-8 编码（第 11 个字节）"}
    assert "第 2 行：不是 UTF-8" in CliRunner().invoke(app, [str(path)]).stdout


@pytest.mark.parametrize("arguments", [["nothing.jsonl"], ["--profile", "gsm8", "x"]])
def test_bad_usage_is_one_sentence_and_status_2(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1
