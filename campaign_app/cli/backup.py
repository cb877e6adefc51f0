"""`campaign-app backup`: makes, checks and restores backups, and accepts a workspace that is an older copy."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.progress import Progress

from campaign_app.cli.follow import show
from campaign_app.cli.keys import FolderOption, JsonOption, PassphraseOption, asked, new_passphrase, open_for
from campaign_app.cli.telling import Labels, count, moment, size, term, unless
from campaign_app.cli.usage import Commands
from campaign_app.cli.words import WORDS, fail
from campaign_app.streams import hears_a_person

backup = Commands(no_args_is_help=True, help="工作区的加密备份：制作、检查、恢复；旧副本的处理。")

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="备份文件（.yunfa-backup）。")]
OwnPassphraseOption = Annotated[
    Path | None,
    typer.Option("--backup-passphrase-file", help="从此文件读取备份的口令：制作时设定，检查和恢复时用它打开。"),
]

_BACKUP: Final[Labels] = {
    "file": ("文件", None),
    "bytes": ("大小", size),
    "at": ("备份时间", moment),
    "opens_by": ("打开它的是", lambda by: "工作区的密钥" if by == "workspace" else "备份自己的口令"),
    "made_at": ("备份时间", moment),
    "schema": ("数据库版本", None),
    "campaigns": ("活动", count),
    "folder": ("恢复到", None),
}
_STANDING: Final[Labels] = {
    "last": ("上次备份", unless("还没有备份过", moment)),
    "file": ("文件", None),
    "copy": ("旧副本", unless("不是")),
    "copy_of": ("副本的时间", moment),
    "accepted": ("已接受", unless("本来就不是旧副本", term("state_note"))),
}


@backup.callback()
def group() -> None:
    """工作区的加密备份：制作、检查、恢复；旧副本的处理。"""


@backup.command("create")
def create(
    file: FileArgument,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    backup_passphrase_file: OwnPassphraseOption = None,
    workspace_key: Annotated[
        bool, typer.Option("--workspace-key", help="不另设口令，由工作区的密钥打开；密钥在钥匙串里的，换电脑打不开。")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """把工作区备份成一个加密文件；不打断正在进行的发送，写完才替换旧备份。"""
    from campaign_app import backups, bootstrap

    with open_for(workspace, passphrase_file) as app:
        by_own_key = workspace_key or (
            backup_passphrase_file is None and bootstrap.key_lives(app.workspace.folder) == "passphrase"
        )
        passphrase = None if by_own_key else _new_passphrase(backup_passphrase_file)
        with shown_progress("备份", quiet=as_json) as tick:
            made = backups.back_up(app, file.absolute(), passphrase=passphrase, actor="cli", tick=tick)
        opens = "workspace" if by_own_key else "passphrase"
        told = {"file": str(made.file), "bytes": made.size, "at": _moment(made.made_at), "opens_by": opens}
        show(told, _BACKUP, as_json=as_json)


@backup.command("check")
def check(
    file: FileArgument,
    backup_passphrase_file: OwnPassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """通读一个备份并检查里面的数据库；有一个字节不对都会指出。"""
    from campaign_app import backups

    passphrase = _passphrase(file, backup_passphrase_file)
    with shown_progress("检查", quiet=as_json) as tick:
        report = backups.check(file.absolute(), passphrase, tick)
    show(_told(report), _BACKUP, as_json=as_json)


@backup.command("restore")
def restore(
    file: FileArgument,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="新的文件夹；已有的工作区不会被覆盖。")],
    backup_passphrase_file: OwnPassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """从备份恢复到一个新文件夹；活动全部停下，由人逐个决定是否继续。accept 之前什么也不发，也不收取回复。"""
    from campaign_app import backups
    from campaign_app.clocks import system_clock

    passphrase = _passphrase(file, backup_passphrase_file)
    with shown_progress("恢复", quiet=as_json) as tick:
        report = backups.restore(file.absolute(), folder.absolute(), passphrase, at=system_clock(), tick=tick)
    show({**_told(report), "folder": str(folder.absolute())}, _BACKUP, as_json=as_json)


@backup.command("status")
def status(
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """上次备份的时间；工作区是不是旧副本。"""
    from campaign_app import backups

    with open_for(workspace, passphrase_file) as app:
        last, standing = backups.last_backup(app), backups.standing(app)
        told: dict[str, Any] = {
            "last": None if last is None else _moment(last[0]),
            "file": None if last is None else last[1],
            "copy": standing.why,
            "copy_of": None if standing.made_at is None else _moment(standing.made_at),
        }
        if standing.why and not as_json:
            told["copy"] = f"{WORDS.why('state_note', standing.why)}命令行：campaign-app backup accept。"
        show(told, _STANDING, as_json=as_json)


@backup.command("accept")
def accept(
    put_back: Annotated[
        bool,
        typer.Option("--put-back", help="服务器的数据库刚从备份放回：全部停下，不论这台电脑是否看得出来。"),
    ] = False,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """继续使用一个旧副本，或从别的电脑来的工作区；每个停下的活动仍由人决定是否继续。"""
    from campaign_app import backups

    with open_for(workspace, passphrase_file) as app:
        if put_back:
            was = backups.put_back(app, actor="cli")
        else:
            was = backups.standing(app).why
            backups.accept(app, actor="cli")
        show({"accepted": was}, _STANDING, as_json=as_json)


def _told(report: Any) -> dict[str, Any]:
    made = _moment(report.made_at)
    return {"made_at": made, "schema": report.schema, "campaigns": report.campaigns, "bytes": report.size}


def _moment(at: Any) -> str:
    return str(at.isoformat(timespec="seconds"))


def _new_passphrase(file: Path | None) -> str:
    from campaign_app import bootstrap

    if file is not None:
        return bootstrap.passphrase_in(file)
    if not hears_a_person():
        fail("请用 --backup-passphrase-file 给备份设口令，或用 --workspace-key 由工作区的密钥打开。")
    return new_passphrase("备份由口令保护，换一台电脑也能打开。口令无法找回，请务必记牢。")


def _passphrase(file: Path, given: Path | None) -> str | None:
    """None for a backup that the keychain opens."""
    from campaign_app import backups, bootstrap

    asks = backups.asks_for(file)
    if asks == "keychain":
        return None
    if given is not None:
        return bootstrap.passphrase_in(given)
    if not hears_a_person():
        fail("此备份由口令保护：请用 --backup-passphrase-file 提供口令。")
    return asked("备份的口令" if asks == "passphrase" else "制作备份时工作区的口令")


@contextmanager
def shown_progress(label: str, *, quiet: bool) -> Iterator[Callable[[float], object]]:
    with Progress(transient=True, disable=quiet or not sys.stderr.isatty()) as shown:
        bar = shown.add_task(label, total=1.0)
        yield lambda done: shown.update(bar, completed=done)
