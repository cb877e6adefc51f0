"""`campaign-app person`: what one person may ask for: a copy of what is kept of them, erasure, or to be let alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from campaign_app.cli.follow import show
from campaign_app.cli.keys import FolderOption, JsonOption, PassphraseOption, open_for
from campaign_app.cli.telling import Labels, count, either, size
from campaign_app.cli.usage import Commands

person = Commands(no_args_is_help=True, help="个人信息请求：查阅、删除、停止处理某一个人的资料。")
AccountArgument = Annotated[int, typer.Argument(metavar="ACCOUNT", help="店铺编号。")]
RefArgument = Annotated[str, typer.Argument(metavar="REF", help="客户标识。")]

_DONE: Final[Labels] = {
    "file": ("文件", None),
    "bytes": ("大小", size),
    "erased": ("删除", either("已删除", "没有可删除的")),
    "receipts": ("回执", count),
    "restricted": ("停止处理", either("已停止", "没有停止")),
}


@person.callback()
def group() -> None:
    """个人信息请求：查阅、删除、停止处理某一个人的资料。"""


@person.command("export")
def export(
    account: AccountArgument,
    ref: RefArgument,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="新文件（JSON）；已有的文件不会被覆盖。")],
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """把保存的这个人的全部资料写成一个文件，号码打码。"""
    with open_for(workspace, passphrase_file) as app:
        written = app.subjects.export(app.subjects.find(account, ref), out.absolute(), actor="cli")
    show({"file": str(out.absolute()), "bytes": written}, _DONE, as_json=as_json)


@person.command("erase")
def erase(
    account: AccountArgument,
    ref: RefArgument,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """删除这个人的姓名、号码、订单、标签和导入的资料；依法须留存的仍保留，以后的同步不再写回。"""
    with open_for(workspace, passphrase_file) as app:
        receipts = app.subjects.erase(app.subjects.find(account, ref), actor="cli")
    show({"erased": receipts > 0, "receipts": receipts}, _DONE, as_json=as_json)


@person.command("restrict")
def restrict(
    account: AccountArgument,
    ref: RefArgument,
    note: Annotated[str, typer.Option("--note", help="原因或来函编号。")] = "",
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """除存储外停止处理这个人的资料：不再发给此人，直到本人重新同意并由复核人解除。"""
    with open_for(workspace, passphrase_file) as app:
        app.subjects.restrict(app.subjects.find(account, ref), actor="cli", note=note)
    show({"restricted": True}, _DONE, as_json=as_json)
