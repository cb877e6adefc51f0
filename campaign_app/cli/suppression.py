"""`campaign-app suppression`: numbers that nobody of an entity writes to any more, by hand or by a list."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from campaign_app.cli.backup import shown_progress
from campaign_app.cli.complaint import entity_in, show_refusals
from campaign_app.cli.follow import show
from campaign_app.cli.import_ import columns_in
from campaign_app.cli.import_report import refusals_of
from campaign_app.cli.keys import FolderOption, JsonOption, PassphraseOption, open_for
from campaign_app.cli.person import AccountArgument, RefArgument
from campaign_app.cli.telling import Labels, actor, each, either, moment, term, terms
from campaign_app.cli.usage import Commands
from campaign_app.services.sheets import SheetSource
from campaign_app.services.tables import ReadOptions

PhoneArgument = Annotated[str, typer.Argument(metavar="PHONE", help="手机号；写 - 则从标准输入读取。")]
EntityOption = Annotated[str, typer.Option("--entity", metavar="USCC", help="哪个主体的名单；只有一个时可省略。")]
ReasonOption = Annotated[str, typer.Option("--reason", help="原因，写入每一个号码的记录。")]

suppression = Commands(no_args_is_help=True, help="拒收名单：登记号码、导入名单、查一个号码、解除退订。")

_MARK: Final[Labels] = {
    "kind": ("种类", term("suppression")),
    "since": ("从何时起", moment),
    "source": ("来源", term("suppression_source")),
    "note": ("原因", None),
    "by": ("谁登记", actor),
}
_ADDED: Final[Labels] = {"new": ("加入拒收名单", either("已加入", "本来就在名单里"))}
_LOOKED: Final[Labels] = {"suppressed": ("在拒收名单里", None), "marks": ("记录", each(_MARK))}
_LIFTED: Final[Labels] = {
    "lifted": ("解除退订", either("已解除", "没有解除")),
    "left": ("仍拒收", terms("suppression")),
}


@suppression.callback()
def group() -> None:
    """拒收名单：登记号码、导入名单、查一个号码、解除退订。"""


@suppression.command("add")
def add(
    phone: PhoneArgument,
    reason: ReasonOption,
    entity: EntityOption = "",
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """把一个号码加入主体的拒收名单，并回写平台。"""
    with open_for(workspace, passphrase_file) as app:
        new = app.suppressing.add(entity_in(app, entity), _written(phone), reason=reason, actor="cli")
    show({"new": new}, _ADDED, as_json=as_json)


@suppression.command("import")
def import_(  # noqa: PLR0913, PLR0917 - one parameter per option
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV 或 XLSX 文件，有一列手机号。")],
    reason: ReasonOption,
    column: Annotated[
        list[str] | None, typer.Option("--column", metavar="列名=phone", help="指定手机号是哪一列。")
    ] = None,
    encoding: Annotated[str, typer.Option("--encoding", help="文件编码；不给就自动识别。")] = "",
    sheet: Annotated[str, typer.Option("--sheet", help="XLSX 的工作表；默认第一个。")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只试运行，不改动任何内容。")] = False,
    entity: EntityOption = "",
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """把一份名单里的号码加入拒收名单。"""
    source = SheetSource(str(file), ReadOptions(encoding, "", sheet), columns_in(column or []))
    with open_for(workspace, passphrase_file) as app, shown_progress("导入", quiet=as_json) as tick:
        uscc = entity_in(app, entity)
        if dry_run:
            found = app.suppressing.trial(uscc, source, tick)
        else:
            found = app.suppressing.apply(uscc, source, reason=reason, actor="cli", tick=tick)
    told = {
        "dry_run": dry_run, "rows": found.rows, "new": found.new, "known": found.known, "repeated": found.repeated,
        "refused": sum(found.refused.values()), "refused_by_reason": dict(found.refused),
        "refusals": refusals_of(found.refusals),
    }  # fmt: skip
    show_refusals(told, as_json=as_json)


@suppression.command("look")
def look(
    phone: PhoneArgument,
    entity: EntityOption = "",
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """一个号码是否在拒收名单里：何时、为什么、由谁。"""
    with open_for(workspace, passphrase_file) as app:
        marks = app.suppressing.look(entity_in(app, entity), _written(phone))
    told = [
        {
            "kind": mark.kind.value, "since": mark.since.isoformat(), "source": mark.source, "note": mark.note,
            "by": mark.by,
        }
        for mark in marks
    ]  # fmt: skip
    show({"suppressed": bool(marks), "marks": told}, _LOOKED, as_json=as_json)


@suppression.command("lift")
def lift(
    account: AccountArgument,
    ref: RefArgument,
    reviewer: Annotated[str, typer.Option("--reviewer", metavar="NAME", help="复核人：谁核对过平台给出的新同意。")],
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """解除一个人的退订：须有平台给出的、晚于退订的明确同意；投诉和未成年人不能解除。"""
    with open_for(workspace, passphrase_file) as app:
        left = app.lifting.lift(app.subjects.find(account, ref), actor=reviewer)
    show({"lifted": True, "left": sorted(kind.value for kind in left)}, _LIFTED, as_json=as_json)


def _written(phone: str) -> str:
    return sys.stdin.readline().strip() if phone == "-" else phone
