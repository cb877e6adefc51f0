"""`campaign-app workspace`: moves a workspace to a team's server or back, takes back what was moved away; roles."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from campaign_app.cli.backup import shown_progress
from campaign_app.cli.follow import show
from campaign_app.cli.keys import FolderOption, JsonOption, PassphraseOption, open_for, passphrase_from, server_password
from campaign_app.cli.roles import invite, log_in, roles
from campaign_app.cli.telling import Labels, count, moment, unless
from campaign_app.cli.usage import Commands
from campaign_app.domain.errors import AppError, SettingsError

workspace = Commands(no_args_is_help=True, help="工作区的搬迁，以及团队的角色和数据库用户。")
workspace.add_typer(roles, name="roles")
workspace.command("login")(log_in)
workspace.command("invite")(invite)

_MOVE: Final[Labels] = {
    "folder": ("文件夹", None),
    "server": ("服务器", unless("无，在本机")),
    "move": ("搬迁编号", None),
    "rows": ("行数", count),
    "sha256": ("SHA-256", None),
    "was_moved_to": ("曾移到", None),
    "at": ("移动时间", moment),
}


@workspace.callback()
def group() -> None:
    """工作区的搬迁，以及团队的角色和数据库用户。"""


@workspace.command("move")
def move(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="新的文件夹；移动之后从这里打开工作区。")],
    server: Annotated[
        str,
        typer.Option("--server", metavar="URL", help="移到这个空的 PostgreSQL 数据库，地址不含密码；不写则移回本机。"),
    ] = "",
    server_password_file: Annotated[
        Path | None, typer.Option("--server-password-file", help="从此文件读取数据库密码；否则询问。")
    ] = None,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """移动工作区：逐表核对行数和 SHA-256，核对无误才启用新的、停用旧的；请先关闭窗口和后台进程。"""
    from campaign_app import moves

    with open_for(workspace, passphrase_file) as app:
        password = server_password(server_password_file) if server else ""
        with shown_progress("移动", quiet=as_json) as tick, cancelled_by_signals(tick) as told:
            to = folder.absolute()
            if server:
                report = moves.to_server(app, to, server, password, actor="cli", tick=told)
            else:
                report = moves.to_folder(app, to, actor="cli", tick=told)
        show(_told(report, as_json=as_json), _MOVE, as_json=as_json)
        carry_at_login(app.workspace.folder, report.folder)


@workspace.command("take-back")
def take_back(
    other_stopped: Annotated[
        bool, typer.Option("--other-is-out-of-use", help="确认移过去的那一个不再使用；两处同时使用会互不知情。")
    ] = False,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """重新启用已移走的工作区：移走之后发过什么这里不知道，活动全部停下，由人逐个决定是否继续。"""
    from campaign_app import bootstrap, moves
    from campaign_app.clocks import system_clock

    if not other_stopped:
        raise SettingsError("take_back_knowingly", "Taking back asks for --other-is-out-of-use")
    found = workspace or bootstrap.default_folder()
    keeper = bootstrap.keeper_of(found, lambda: passphrase_from(passphrase_file))
    moved = moves.take_back(found, keeper, actor="cli", at=system_clock())
    told = {"folder": str(found), "was_moved_to": moved.to, "at": moved.at.isoformat(timespec="seconds")}
    show(told, _MOVE, as_json=as_json)
    carry_at_login(moved.folder, found.absolute(), done="已重新启用")


def carry_at_login(before: Path, folder: Path, *, done: str = "已移动") -> None:
    """The move, or its taking back, is `done`, whatever comes of this.

    Else the worker of a place that is out of use would go on there: after a taking back nothing else stops it.
    """
    from campaign_app import logins
    from campaign_app.cli.words import say

    try:
        if logins.carry(before, folder):
            typer.echo(f"登录时启动的后台进程改为打开 {folder}。", err=True)
    except (AppError, OSError) as error:
        off, on = (f"campaign-app worker --at-login {choice} --workspace" for choice in ("off", "on"))
        why = say(error) if isinstance(error, AppError) else str(error)
        typer.echo(f"{done}，但登录时启动的后台进程仍打开 {before}：{why}", err=True)
        typer.echo(f"请运行 {off} {before}，再运行 {on} {folder}。", err=True)


def _told(report: Any, *, as_json: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "folder": str(report.folder),
        "server": report.server,
        "move": report.move_id,
        "rows": report.rows,
        "sha256": report.sha256,
    }
    if as_json:
        told["tables"] = {name: {"rows": each.rows, "sha256": each.sha256} for name, each in report.sums.items()}
    return told


@contextmanager
def cancelled_by_signals(tick: Callable[[float], object]) -> Iterator[Callable[[float], object]]:
    """Only between two pages; who cannot wait for that asks twice, and leaves what a kill would leave."""
    stop = threading.Event()

    def asked(*_: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = {name: signal.signal(name, asked) for name in (signal.SIGINT, signal.SIGTERM)}

    def told(done: float) -> None:
        if stop.is_set():
            raise AppError("move_cancelled", "The move was cancelled")
        tick(done)

    try:
        yield told
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
