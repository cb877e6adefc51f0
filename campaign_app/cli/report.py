"""`campaign-app report`: the self-check report of a period as PDF, XLSX or JSON, with the rows behind each number."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from campaign_app.cli.backup import shown_progress
from campaign_app.cli.follow import show
from campaign_app.cli.keys import FolderOption, JsonOption, PassphraseOption, open_for
from campaign_app.cli.telling import Labels, count, size
from campaign_app.domain.self_check import Period, Stage

_FILE: Final[Labels] = {
    "file": ("文件", None),
    "bytes": ("大小", size),
    "sha256": ("SHA-256", None),
    "head": ("审计链头", None),
    "pages": ("页数", count),
}


def report(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="期间的第一天（北京时间）。")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="期间的最后一天，含当天。")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="新文件：.pdf、.xlsx 或 .json；已有的文件不会被覆盖。")
    ] = None,
    stage: Annotated[Stage, typer.Option("--stage", help="check 自查、fix 整改、recheck 复查。")] = Stage.CHECK,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """自查自纠报告：统计一段期间的受众、内容、签名、退订和投诉，每个数字都可复算。

    不给 --out 时显示要点；--json 打印全部数字和每项查询的行。
    """
    period = Period(first.date(), last.date())
    with open_for(workspace, passphrase_file) as app, shown_progress("统计", quiet=as_json) as tick:
        if out is not None:
            made = app.reporting.export(period, stage, out.absolute(), actor="cli", tick=tick)
            told = {"file": str(made.file), "bytes": made.size, "sha256": made.sha256, "head": made.head}
            show({**told, "pages": made.pages} if made.pages else told, _FILE, as_json=as_json)
        elif as_json:
            for piece in app.reporting.as_json(period, stage, tick):
                sys.stdout.write(piece)
        else:
            show(app.reporting.key_numbers(period, stage, tick), as_json=False)
