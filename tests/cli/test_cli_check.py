"""`check` answers every line of a file, in order, in the published format."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from campaign_app import bootstrap
from campaign_app.cli.check import app
from campaign_app.credentials import PassphraseKeeper, Scrypt

PHRASE = "一句只有我知道的话"
VECTORS = Path(__file__).parents[1] / "vectors"
GOOD: dict[str, Any] = {
    "id": "g",
    "body": "{name}您好，老客两件8折，进店 anning.example/a 选购。拒收请回复R",
    "signature": {
        "text": "安宁百货", "owner": "91330100MA0000001X", "source": "company", "status": "approved",
        "carrier_filed": True, "scopes": ["retail"], "valid_until": "2027-12-31",
    },
    "sender": {"name": "安宁百货有限公司", "uscc": "91330100MA0000001X", "kind": "enterprise", "licences": []},
    "purpose": "retail", "industry": "general", "provider": "aliyun", "allowed_domains": ["anning.example"],
    "variables": {"name": "张女士"}, "send_at": "2026-12-01T10:00:00+08:00",
}  # fmt: skip


def run(path: Path, *options: str) -> Result:
    return CliRunner().invoke(app, [str(path), *options])


def answers(path: Path, content: bytes) -> tuple[list[dict[str, Any]], int]:
    path.write_bytes(content)
    result = run(path, "--json")
    assert result.stderr == ""
    return [json.loads(line) for line in result.stdout_bytes.decode("utf-8").splitlines()], result.exit_code


def test_a_sound_message_passes_in_the_published_format(tmp_path: Path) -> None:
    (answer,), status = answers(tmp_path / "x.jsonl", json.dumps(GOOD).encode())
    assert status == 0
    assert answer == {
        "id": "g", "verdict": "pass",
        "final_text": "【安宁百货】张女士您好，老客两件8折，进店 anning.example/a 选购。拒收请回复R",
        "encoding": "UCS-2", "length": 48, "segments": 1, "findings": [],
    }  # fmt: skip


def test_a_block_is_no_error_and_a_finding_says_all(tmp_path: Path) -> None:
    (answer,), status = answers(tmp_path / "x.jsonl", json.dumps({**GOOD, "variables": {}}).encode())
    assert (status, answer["verdict"]) == (0, "block")
    (finding,) = answer["findings"]
    assert set(finding) == {"rule", "severity", "start", "end", "text", "message", "citation", "fix"}
    assert (finding["rule"], finding["severity"], finding["text"]) == ("VAR-001", "block", "{name}")
    assert answer["final_text"][finding["start"] : finding["end"]] == "{name}"
    assert set(finding["citation"]) == {"law", "article", "verified", "url", "beside"}


def test_bad_lines_get_an_error_and_the_others_their_answer(tmp_path: Path) -> None:
    good = json.dumps(GOOD).encode()
    bad = [b"{", b"[]", b"7", b'"id"', b"{}", b'{"id": null}', b'{"id": true, "body": ""}', b"", b"NaN", b"[" * 99_999]
    got, status = answers(tmp_path / "x.jsonl", b"\n".join([good, *bad, b'{"id": 7}', b'{"id": "b", "body": 5}', good]))
    assert status == 1
    assert [answer["id"] for answer in got] == ["g", *[None] * len(bad), 7, "b", "g"]
    assert all(set(answer) == {"id", "error"} and answer["error"] for answer in got[1:-1])
    assert got[0] == got[-1]


@pytest.mark.parametrize("bad", [b"\xff", b"\xff\xfe", '{"id": "优惠"}'.encode("gbk"), "家".encode()[:2], b"{\0"])
def test_a_line_that_is_no_utf8_gets_an_error_and_the_others_their_answer(tmp_path: Path, bad: bytes) -> None:
    good = json.dumps(GOOD).encode()
    for lines in ([good, bad, good], [bad, good, good], [good, good, bad]):
        got, status = answers(tmp_path / "x.jsonl", b"\n".join(lines))
        assert status == 1
        error = got.pop(lines.index(bad))
        assert (error["id"], set(error)) == (None, {"id", "error"})
        assert f"第 {lines.index(bad) + 1} 行" in error["error"]
        assert [answer.get("verdict") for answer in got] == ["pass", "pass"]


def test_nuls_long_lines_and_a_missing_last_line_end_are_answered(tmp_path: Path) -> None:
    good = json.dumps(GOOD).encode()
    long = json.dumps({**GOOD, "body": "家" * 200_000}, ensure_ascii=False).encode()
    got, status = answers(tmp_path / "x.jsonl", b"\n".join([b"\0", long, b"\0" + good, good]))
    assert status == 1
    assert ["error" in answer for answer in got] == [True, False, True, False]
    assert len(got[1]["final_text"]) == 200_006


def test_a_text_beyond_any_measure_is_told_by_its_length_and_never_made(tmp_path: Path) -> None:
    many = {**GOOD, "body": "{a}" * 2_000, "variables": {"a": "家" * 100_000}}
    long = {**GOOD, "body": "家" * 200_001}
    lines = [GOOD, many, long, {**GOOD, "body": "{a}", "variables": {"a": "家" * 200_001}}, GOOD]
    began = time.process_time()
    got, status = answers(tmp_path / "x.jsonl", "\n".join(map(json.dumps, lines)).encode())
    assert time.process_time() - began < 10
    assert status == 1
    assert [answer.get("verdict") for answer in got] == ["pass", None, None, None, "pass"]
    assert "第 2 行：代入变量后全文 200000006 字，超过可以核对的 200000 字" in got[1]["error"]
    assert "200007 字" in got[2]["error"]
    assert "error" in got[3]


def test_line_ends_and_a_byte_order_mark_do_not_matter(tmp_path: Path) -> None:
    line = json.dumps(GOOD, ensure_ascii=False).encode()
    got, status = answers(tmp_path / "x.jsonl", b"\xef\xbb\xbf" + line + b"\r\n" + line + b"\r\n")
    assert status == 0
    assert [answer["verdict"] for answer in got] == ["pass", "pass"]


@pytest.mark.parametrize(
    "body",
    ["\ud800", "\x00" * 50, "家" * 100_000, "{" * 50_000, "【" * 50_000, "😀" * 9_999, "\u202e\u200b" * 9_999,
     " " * 99_999, "最 佳 " * 20_000, "退订" * 30_000, "回复r" * 30_000, "#a" * 40_000, "{a}" * 30_000],
)  # fmt: skip
@pytest.mark.timeout(20)
def test_odd_texts_are_answered(tmp_path: Path, body: str) -> None:
    (answer,), status = answers(tmp_path / "x.jsonl", json.dumps({**GOOD, "body": body}).encode())
    assert status == 0
    assert answer["verdict"] == "block"
    assert answer["final_text"] == "【安宁百货】" + body.replace("{a}", "{a}")


@pytest.mark.parametrize("year", ["0001-01-01", "0001-03-01", "9999-12-31", "0000-01-01", "10000-01-01"])
@pytest.mark.parametrize("zone", ["+08:00", "-23:59", "+14:00", "Z", ""])
def test_the_first_and_the_last_years_are_answered(tmp_path: Path, year: str, zone: str) -> None:
    sold = "1月5日前有效，今晚截止。12月31日结束，最后一天。拒收请回复R"
    lines = [GOOD, {**GOOD, "body": sold, "send_at": f"{year}T10:00:00{zone}"}, GOOD]
    got, status = answers(tmp_path / "x.jsonl", "\n".join(map(json.dumps, lines)).encode())
    assert status == 0
    assert [answer["verdict"] for answer in got[::2]] == ["pass", "pass"]
    assert got[1]["verdict"] in ("block", "warn", "pass")


ODD: list[Any] = [None, True, 7, 1e300, float("nan"), "x", "\ud800", "", [], [None], {}, {"text": []}, {"name": {}}]


@pytest.mark.parametrize("field", [name for name in GOOD if name != "id"])
def test_a_field_of_a_wrong_type_is_answered_and_never_passes(tmp_path: Path, field: str) -> None:
    content = "\n".join(json.dumps({**GOOD, field: value}) for value in ODD).encode()
    got, status = answers(tmp_path / "x.jsonl", content)
    assert len(got) == len(ODD)
    assert status == (1 if field == "body" else 0)
    if field in ("body", "signature", "sender", "purpose", "send_at"):
        assert all("error" in answer or answer["verdict"] == "block" for answer in got)


def test_what_is_missing_counts_against_the_message(tmp_path: Path) -> None:
    (answer,), status = answers(tmp_path / "x.jsonl", json.dumps({"id": "x", "body": "老客两件8折"}).encode())
    assert (status, answer["verdict"]) == (0, "block")
    assert {"SIG-001", "SIG-006", "SIG-007", "OPT-001", "TIM-001"} <= {f["rule"] for f in answer["findings"]}


@pytest.mark.parametrize("name", ["missing.jsonl", "folder", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_bad_usage_is_one_sentence_and_status_2(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    if name.startswith("utf"):
        (tmp_path / name).write_bytes(json.dumps(GOOD).encode(name))
    result = run(tmp_path / name, "--json")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert name in result.stderr


def test_why_is_told_in_chinese(tmp_path: Path) -> None:
    assert run(tmp_path / "missing.jsonl").stderr.endswith("：文件不存在。\n")
    assert "Error" not in run(tmp_path).stderr
    got, _ = answers(tmp_path / "x.jsonl", b'{\n{"id": x}\n' + b"9" * 9_999)
    assert [one["error"] for one in got] == [
        "第 1 行：不是 JSON（第 2 个字符）",
        "第 2 行：不是 JSON（第 8 个字符）",
        "第 3 行：数字过长，无法解析",
    ]


def test_help_says_whose_rules_count_without_a_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    shown = CliRunner().invoke(app, ["--help"]).stdout
    assert "只用程序自带的规则" in shown
    assert "默认是本用户的工作区" not in shown


def test_a_person_is_told_the_law_and_whether_anybody_has_verified_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps({**GOOD, "body": "国家级品质，无抵押贷款，两件8折。拒收请回复R"}), "utf-8")
    told = {rule: line for line in run(path).stdout.splitlines() for rule in ("ABS-001", "FIN-002") if rule in line}
    assert "中华人民共和国广告法 第九条第（三）项" in told["ABS-001"]
    assert "未核实" not in told["ABS-001"]
    assert "银发〔2019〕316号" in told["FIN-002"]
    assert "未核实" in told["FIN-002"]


def test_without_json_a_person_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    lines = [GOOD, {**GOOD, "body": "\ud800{x}"}, {"id": None}]
    path.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    result = run(path)
    assert result.exit_code == 1
    assert "通过" in result.stdout
    assert "不可发送" in result.stdout
    assert "VAR-001" in result.stdout
    assert "无法核对" in result.stdout


OWN = """
id = "OWN-001"
name = "no-clearance"
kind = "phrases"
severity = "warn"
phrases = ["老客"]
about.zh_CN = "不用老客二字"
about.en = "No such words"
message.zh_CN = "“{match}”不用"
message.en = "“{match}” is not used"
fix.zh_CN = "写“会员”"
fix.en = "Write 会员"
citation = { law = "本店规定", verified = true }
[[case]]
text = "【店铺】老客两件8折。拒收请回复R"
finds = ["老客"]
"""


@pytest.fixture
def of_workspace(tmp_path: Path) -> tuple[Path, tuple[str, ...]]:
    """A workspace with a rule of its own and one that is switched off; what names it on the command line."""
    folder, phrase = tmp_path / "ws", tmp_path / "passphrase"
    phrase.write_text(f"{PHRASE}\n", "utf-8")
    phrase.chmod(0o600)
    with bootstrap.create_app(folder, PassphraseKeeper(PHRASE, Scrypt(n=2**10))) as opened:
        own = opened.rules.make_folder() / "own"
        own.mkdir()
        (own / "OWN-001-no-clearance.toml").write_text(OWN, "utf-8")
        opened.rules.switch_off("ABS-003", reason="已有依据", actor="李")
    return own, ("--json", "--workspace", str(folder), "--passphrase-file", str(phrase))


def test_a_workspaces_own_rules_and_switches_are_used_on_request(
    tmp_path: Path, of_workspace: tuple[Path, tuple[str, ...]]
) -> None:
    file = tmp_path / "x.jsonl"
    line = {**GOOD, "body": "{name}您好，老客全网最低价，进店 anning.example/a 选购。拒收请回复R"}
    file.write_text(json.dumps(line), "utf-8")

    def rules(*options: str) -> set[str]:
        (answer,) = (json.loads(each) for each in run(file, *options).stdout_bytes.decode("utf-8").splitlines())
        assert set(answer) == {"id", "verdict", "final_text", "encoding", "length", "segments", "findings"}
        return {finding["rule"] for finding in answer["findings"]}

    own, options = of_workspace
    assert {"ABS-003"} <= rules("--json")
    assert rules(*options) == rules("--json") - {"ABS-003"} | {"OWN-001"}
    (own / "OWN-001-no-clearance.toml").write_text("id = ", "utf-8")
    assert "OWN-001" in rules(*options)
    told = run(file, *options).stderr
    assert "OWN-001-no-clearance.toml" in told
    assert "上一次可用的版本" in told
