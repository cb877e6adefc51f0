"""`template`: providers' templates in and out, with what a provider will not take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from campaign_app.cli.main import app
from campaign_app.domain.errors import SettingsError

FORMS = {"generic": "{name}", "aliyun": "${name}", "tencent": "{1}", "huawei": "${1}", "ucloud": "{1}"}
SIGNED = ("--signature", "安宁百货")
BODY = "{name}您好，满300减50。拒收请回复R"


def run(*words: str, text: str | bytes = "") -> Result:
    return CliRunner().invoke(app, ["template", *words], input=text)


def told(*words: str, text: str | bytes = "") -> dict[str, Any]:
    result = run(*words, "--json", text=text)
    assert result.exit_code == 0
    answer: dict[str, Any] = json.loads(result.stdout_bytes.decode("utf-8"))
    return answer


def refused(*words: str, text: str | bytes = "") -> str:
    error = run(*words, text=text).exception
    assert isinstance(error, SettingsError)
    return error.code


def test_a_template_of_a_file_becomes_a_body(tmp_path: Path) -> None:
    file = tmp_path / "t.txt"
    file.write_text("【安宁百货】尊敬的{1}，{2}市门店恭候。拒收请回复R\n", "gb18030")
    assert told("import", str(file)) == {
        "syntax": "{1}",
        "signature": "安宁百货",
        "body": "尊敬的{name}，{city}市门店恭候。拒收请回复R",
        "variables": [
            {"theirs": "1", "written": "{1}", "ours": "name"},
            {"theirs": "2", "written": "{2}", "ours": "city"},
        ],
    }
    assert told("import", str(file), "--map", "2=level")["body"].startswith("尊敬的{name}，{level}市")


@pytest.mark.parametrize("provider", FORMS)
def test_out_and_in_again_is_the_same_body(provider: str) -> None:
    out = told("export", "-", "--to", provider, *SIGNED, text=BODY)
    assert (out["provider"], out["syntax"], out["length"], out["segments"]) == (provider, FORMS[provider], 25, 1)
    maps = [word for each in out["variables"] for word in ("--map", f"{each['theirs']}={each['ours']}")]
    assert told("import", "-", "--syntax", out["syntax"], *maps, text=out["text"])["body"] == BODY


def test_what_the_provider_will_not_take_is_no_error() -> None:
    found = told("export", "-", "--to", "huawei", *SIGNED, text=BODY)["findings"]
    assert {"rule", "severity", "start", "end", "text", "message", "citation", "fix"} == set(found[0])
    assert "VAR-002" in {each["rule"] for each in found}
    shown = run("export", "-", "--to", "huawei", *SIGNED, text=BODY)
    assert "VAR-002" in shown.stderr
    assert shown.stdout == "${1}您好，满300减50。拒收请回复R\n"
    clean = run("export", "-", "--to", "aliyun", *SIGNED, "--value", "name=张女士", text=BODY)
    assert "没有发现不接受的内容" in clean.stderr
    assert run("import", "-", text="${name}您好").stdout == "{name}您好\n"


def test_values_industry_and_domains_count() -> None:
    export = ("export", "-", "--to", "aliyun", *SIGNED)
    assert told(*export, "--value", "name=欧阳明月女士", text=BODY)["length"] == 29
    linked = BODY.replace("满300", "见 https://anning.example/a 满300")
    rules = {each["rule"] for each in told(*export, "--domain", "anning.example", text=linked)["findings"]}
    assert "LNK-002" not in rules
    assert "LNK-002" in {each["rule"] for each in told(*export, text=linked)["findings"]}
    assert "PRV-001" in {each["rule"] for each in told(*export, "--industry", "medical", text=BODY)["findings"]}


@pytest.mark.parametrize(
    ("words", "text", "code"),
    [
        (("import", "-"), "{1}、{2}满减", "template_unmapped"),
        (("import", "-", "--map", "9=name"), "{1}您好", "template_no_variable"),
        (("import", "-", "--map", "name"), "{1}您好", "bad_pair_option"),
        (("import", "-", "--map", "1=a}{b"), "{1}您好", "template_our_name"),
        (("import", "-", "--syntax", "<x>"), "<x>您好", "template_unknown_syntax"),
        (("import", "-"), "{name}您好{", "template_other_syntax"),
        (("import", "-"), "{1}您好{3}", "template_gap"),
        (("import", "-"), "好" * 50_000, "template_too_long"),
        (("import", "-"), b"\xed\xa0\xbd", "template_no_text"),
        (("import", "-"), "", "template_empty"),
        (("export", "-", "--to", "nobody", *SIGNED), BODY, "template_provider"),
        (("export", "-", "--to", "aliyun", *SIGNED), BODY + "{name}", "template_twice"),
        (("export", "-", "--to", "aliyun", *SIGNED, "--value", "name={city}"), BODY, "template_value"),
        (("export", "-", "--to", "aliyun", *SIGNED, "--value", "city=杭州"), BODY, "template_no_variable"),
        (("import", "nothing.txt"), "", "file_unreadable"),
    ],
)
def test_bad_input_is_refused_with_its_reason(words: tuple[str, ...], text: str | bytes, code: str) -> None:
    assert refused(*words, text=text) == code
