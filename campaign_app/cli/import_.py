"""`import`: customers' attributes from a CSV or XLSX file, tried, applied by the worker, or taken back."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console

from campaign_app.cli.follow import INTERVAL, with_worker
from campaign_app.cli.import_report import of_dry_run, of_report, print_report
from campaign_app.cli.keys import FolderOption, JsonOption, PassphraseOption, open_for
from campaign_app.cli.words import INTERRUPTED
from campaign_app.domain.errors import AppError, SettingsError
from campaign_app.services.import_plan import Source
from campaign_app.services.tables import ReadOptions

if TYPE_CHECKING:
    from campaign_app.bootstrap import App

OPEN_STATES: Final = ("queued", "running")
LOOKS: Final = 50  # how often a worker is looked at that ends an import which was stopped


def import_(  # noqa: PLR0913, PLR0917 - one parameter per option
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="CSV 或 XLSX 文件。")] = None,
    account: Annotated[int | None, typer.Option("--account", help="客户所属的店铺账户；只有一个时可省略。")] = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="列名=字段", help="指定一列：ref、phone、ignore 或属性名；可重复。"),
    ] = None,
    encoding: Annotated[str, typer.Option("--encoding", help="文件编码；不给就自动识别。")] = "",
    delimiter: Annotated[str, typer.Option("--delimiter", help="分隔符（, ; ， | tab）；不给就自动识别。")] = "",
    sheet: Annotated[str, typer.Option("--sheet", help="XLSX 的工作表；默认第一个。")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只试运行，不改动任何内容。")] = False,
    undo: Annotated[int | None, typer.Option("--undo", metavar="ID", help="撤销一次导入。")] = None,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """从文件补充客户属性；导入不能改变任何人的同意。"""
    if (file is None) == (undo is None):
        raise SettingsError("file_or_undo", "Name either a file or an import to undo")
    cut = False
    with ExitStack() as stack:
        app = stack.enter_context(open_for(workspace, passphrase_file))
        if undo is not None:
            app.imports.undo(import_id=undo, actor="cli")
            data = _report(app, undo)
        else:
            options = ReadOptions(encoding, delimiter, sheet)
            source = Source(str(file), _account(app, account), options, columns_in(column or []))
            problem = app.imports.preview(source=source).problem  # a file that cannot be read needs no worker
            if problem is not None:
                raise problem
            data, cut = (_tried(app, source), False) if dry_run else _applied(app, source, stack)
        if as_json:
            sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
        else:
            print_report(Console(), data)
    if cut:
        sys.stderr.write("导入已停下：手上的一批还会写完，再往后的行没有处理。\n")
        raise typer.Exit(INTERRUPTED)


def columns_in(written: list[str]) -> dict[str, str]:
    pairs = [each.rpartition("=") for each in written]
    bad = next((each for each, (name, _, target) in zip(written, pairs, strict=True) if not name or not target), None)
    if bad is not None:
        raise SettingsError("bad_column_option", "A column is given as name=field", column=bad)
    return {name: target for name, _, target in pairs}


def _account(app: App, wanted: int | None) -> int:
    accounts = {account.id for account in app.accounts.all()}
    if wanted is None and len(accounts) == 1:
        return accounts.pop()
    if wanted is None:
        raise SettingsError("account_needed", "Name the account", accounts="、".join(map(str, sorted(accounts))))
    if wanted not in accounts:
        raise SettingsError("account", "There is no such account", account=wanted)
    return wanted


def _tried(app: App, source: Source) -> dict[str, Any]:
    with Console(stderr=True).status("试运行…") as shown:
        return of_dry_run(app.imports.dry_run(source=source, tick=lambda done: shown.update(f"试运行 {done:.0%}")))


def _applied(app: App, source: Source, stack: ExitStack) -> tuple[dict[str, Any], bool]:
    """Hands the import to the worker and follows it; Ctrl-C ends it after the chunk at hand: whether it was cut so.

    Somebody else may have cut it, too.
    """
    with Console(stderr=True).status("读取文件…") as shown:
        begun = app.imports.begin(source=source, actor="cli", tick=lambda done: shown.update(f"读取文件 {done:.0%}"))
        stack.enter_context(with_worker(app, files=True))
        job = app.jobs.enqueue("import", begun.args, app.clock())
        try:
            while job.state in OPEN_STATES:
                app.wait(INTERVAL)
                job = app.jobs.job(job.id)
                shown.update(f"导入 {job.progress / max(1, job.total):.0%}")
        except KeyboardInterrupt:
            app.jobs.set_state(job.id, "cancelled")
            _end(app, begun.import_id)
            job = app.jobs.job(job.id)
    if job.state == "failed":
        raise AppError(job.error, f"The import failed: {job.error}")
    return _report(app, begun.import_id), job.state == "cancelled"


def _end(app: App, import_id: int) -> None:
    """The worker does, after the chunk at hand, and counts that too; where none does within some seconds, we do.

    Ctrl-C in a terminal is told to a worker of our own as well, which then leaves at once.
    """
    for _ in range(LOOKS):
        if not any(each.id == import_id and each.state == "running" for each in app.imports.all()):
            return
        if not app.workspace.has_worker():
            break
        app.wait(INTERVAL)
    app.imports.finish(import_id)


def _report(app: App, import_id: int) -> dict[str, Any]:
    return of_report(app.imports.report(import_id=import_id), app.imports.columns(import_id=import_id))
