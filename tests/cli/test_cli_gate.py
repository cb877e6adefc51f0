"""`campaign-app gate`: one answer per line, in order, whatever the lines hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from campaign_app.cli.main import app

VECTORS = Path(__file__).parents[1] / "vectors" / "gate.jsonl"


def run(file: Path, *options: str) -> tuple[int, list[dict[str, object]]]:
    done = CliRunner().invoke(app, ["gate", str(file), *options])
    return done.exit_code, [json.loads(line) for line in done.stdout.splitlines()]


def test_answers_the_labelled_cases() -> None:
    status, answers = run(VECTORS, "--json")
    cases = [json.loads(line) for line in VECTORS.read_text(encoding="utf-8").splitlines()]
    assert status == 0
    assert answers == [{"id": case["id"], **case["expect"]} for case in cases]


def test_a_bad_line_is_an_error_and_the_others_are_answered(tmp_path: Path) -> None:
    good = VECTORS.read_text(encoding="utf-8").splitlines()[0]
    file = tmp_path / "cases.jsonl"
    file.write_text(
        "\n".join([good, "no json", "[]", "{}", '{"id": true}', '{"id": "x"}', good]) + "\n", encoding="utf-8"
    )
    status, answers = run(file, "--json")
    assert status == 1
    assert [("error" in answer, answer["id"]) for answer in answers] == [
        (False, "g001"), (True, None), (True, None), (True, None), (True, None), (False, "x"), (False, "g001"),
    ]  # fmt: skip
    assert answers[5] == {"id": "x", "allowed": False, "reason": "unknown"}


def test_a_line_that_is_no_utf8_is_an_error_with_its_number_and_the_others_are_answered(tmp_path: Path) -> None:
    good = VECTORS.read_bytes().splitlines()[0]
    file = tmp_path / "cases.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + good + b"\r\n\xff\r\n\0" + good + b"\n" + good)
    status, answers = run(file, "--json")
    assert (status, [answer["id"] for answer in answers]) == (1, ["g001", None, None, "g001"])
    assert ["error" in answer for answer in answers] == [False, True, True, False]
    assert "第 2 行：不是 UTF-8" in str(answers[1]["error"])


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_an_empty_file_has_no_answers(tmp_path: Path, options: tuple[str, ...]) -> None:
    file = tmp_path / "empty.jsonl"
    file.touch()
    done = CliRunner().invoke(app, ["gate", str(file), *options])
    assert (done.exit_code, done.stdout) == (0, "")


def test_a_person_reads_chinese() -> None:
    done = CliRunner().invoke(app, ["gate", str(VECTORS)])
    assert "g029" in done.stdout
    assert "默认或捆绑同意" in done.stdout


def test_a_line_without_a_name_is_told_by_its_number(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text('{"text": "您好"}\n', encoding="utf-8")
    done = CliRunner().invoke(app, ["gate", str(file)])
    assert (done.exit_code, done.stdout) == (1, "✗ 第 1 行：没有 id\n")
