"""`doctor`: what this computer and the workspace need before the next campaign, and what to do about it."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console

from campaign_app.cli.keys import FolderOption, JsonOption, PassphraseOption, open_for
from campaign_app.cli.telling import Say, moment, term
from campaign_app.cli.words import WORDS, say

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.checkup import Checked

FAULTY: Final = 1
_MARKS: Final = {"ok": "[green]✓[/]", "warn": "[yellow]![/]", "fail": "[red]✗[/]", "skipped": "–"}

_LIVES: Final = {"keychain": "系统钥匙串", "passphrase": "口令", "memory": "内存"}
_SAYS: Final[Mapping[str, Say]] = {
    "key": lambda lives: _LIVES.get(lives, lives),
    "now": moment,
    "last": moment,
    "until": moment,
    "why": term("state_note"),
}


def doctor(
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    offline: Annotated[bool, typer.Option("--offline", help="不联网：不测试账户。")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="不通读数据库（数据很多时要几分钟）。")] = False,
    as_json: JsonOption = False,
) -> None:
    """检查这台电脑和工作区：钥匙串、字体、磁盘、时间、数据库、备份、账户；每个问题说明怎么办。有问题时退出状态为 1。"""
    from campaign_app import bootstrap, checkup

    folder = workspace or bootstrap.default_folder()
    seen: list[Checked] = []
    console = Console()
    for checked in checkup.check_up(folder, partial(_opened, passphrase_file), offline=offline, quick=quick):
        seen.append(checked)
        if not as_json:
            _print(console, checked)
    faults = sum(each.state == "fail" for each in seen)
    if as_json:
        sys.stdout.write(json.dumps({"ok": not faults, "checks": [_told(each) for each in seen]}, ensure_ascii=False))
        sys.stdout.write("\n")
    raise SystemExit(FAULTY if faults else 0)


def _opened(passphrase_file: Path | None, folder: Path) -> App:
    return open_for(folder, passphrase_file)


def _print(console: Console, checked: Checked) -> None:
    told = {WORDS.term("checkup_fact", name): _value(name, value) for name, value in checked.facts.items()}
    facts = "  ".join(f"{label} {value}" for label, value in told.items() if value)
    console.print(f"{_MARKS[checked.state]} {WORDS.term('checkup', checked.check)}", end="  ", highlight=False)
    console.print(facts, style="dim", markup=False, highlight=False, soft_wrap=True)
    if checked.trouble is not None:
        console.print(f"  {say(checked.trouble)}", markup=False, highlight=False, soft_wrap=True)


def _value(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(_SAYS.get(name, str)(value))


def _told(checked: Checked) -> dict[str, Any]:
    """`code` and `advice` are empty where there is nothing to do."""
    trouble = checked.trouble
    return {
        "check": checked.check,
        "state": checked.state.value,
        "facts": checked.facts,
        "code": "" if trouble is None else trouble.code,
        "advice": "" if trouble is None else say(trouble),
    }
