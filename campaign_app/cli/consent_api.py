"""`campaign-app consent-api check`: whether a platform's or registry's own server keeps the Platform Consent API."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from campaign_app import assets
from campaign_app.cli.keys import private_key
from campaign_app.cli.usage import Commands
from campaign_app.domain.errors import SettingsError

PASSED: Final = 0
BROKEN: Final = 1
MARKS: Final = {"passed": "✓", "failed": "✗", "skipped": "–"}
HEADS: Final = {"zh_CN": ("看到：", "怎么改："), "en": ("seen: ", "to mend: ")}
SUMS: Final = {
    "zh_CN": "{passed} 项通过，{failed} 项不通过，{skipped} 项跳过",
    "en": "{passed} passed, {failed} failed, {skipped} skipped",
}

consent_api = Commands(no_args_is_help=True, help="平台同意接口：检查自己的服务器是否符合接口说明。")


class Language(StrEnum):
    ZH = "zh_CN"
    EN = "en"


@consent_api.callback()
def group() -> None:
    """平台同意接口：检查自己的服务器是否符合接口说明。"""


@consent_api.command()
def check(
    url: Annotated[str, typer.Argument(metavar="URL", help="服务器的地址，不带 /v1。")],
    key_id: Annotated[str, typer.Option("--key-id", help="登记的客户端密钥标识。")],
    key_file: Annotated[Path, typer.Option("--private-key-file", help="私钥文件（base64url，32 字节 Ed25519）。")],
    write: Annotated[bool, typer.Option("--write", help="也检查会改变数据的端点。")] = False,
    test_ref: Annotated[
        str, typer.Option("--test-ref", help="与 --write 同用：可以退订、可以发短信的测试客户标识。")
    ] = "",
    language: Annotated[Language, typer.Option("--lang", help="输出的语言。")] = Language.ZH,
    as_json: Annotated[bool, typer.Option("--json", help="每项检查输出一行 JSON。")] = False,
) -> None:
    """逐项检查一台服务器：签名、凭证、列表、限额、错误。默认只读；有不通过的项时退出状态为 1。"""
    from campaign_app import clocks
    from campaign_app.conformance import Suite

    if write != bool(test_ref):
        raise SettingsError("write_needs_ref", "--write and --test-ref belong together")
    key, clock = private_key(key_file), clocks.system_clock
    suite = Suite(url, key_id, key, clock=clock, wait=clocks.wait, test_ref=test_ref)
    words = tomllib.loads(assets.path("words", "conformance.toml").read_text(encoding="utf-8"))
    counts: Counter[str] = Counter()
    for result in suite.run():
        counts[result.outcome] += 1
        found = {"check": result.check, "outcome": result.outcome.value, "seen": result.seen}
        typer.echo(_as_json(found, words) if as_json else _as_text(found, words, language.value))
    if not as_json:
        sums = {name: counts[name] for name in MARKS}
        typer.echo(f"\n{SUMS[language.value].format(**sums)}")
    raise typer.Exit(BROKEN if counts["failed"] else PASSED)


def _as_json(found: dict[str, str], words: dict[str, Any]) -> str:
    return json.dumps({**found, **words[found["check"]]}, ensure_ascii=False)


def _as_text(found: dict[str, str], words: dict[str, Any], language: str) -> str:
    """One line; below it why a check was skipped, or what was seen of a failed one and how to mend it."""
    said, (seen, mend) = words[found["check"]], HEADS[language]
    lines = [f"{MARKS[found['outcome']]} {found['check']:<20} {said[f'says_{language}']}"]
    if found["outcome"] != "passed":
        lines.append(f"    {seen}{found['seen']}")
    if found["outcome"] == "failed":
        lines.append(f"    {mend}{said[f'mend_{language}']}")
    return "\n".join(lines)
