"""`campaign-app worker --at-login on|off|status`: whether the worker of a workspace starts when its user logs in."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import typer

ACTOR = "cli"


class AtLoginChoice(StrEnum):
    ON = "on"
    OFF = "off"
    STATUS = "status"


def set_at_login(folder: Path, choice: AtLoginChoice) -> None:
    """Raises AppError."""
    from campaign_app import logins
    from campaign_app.cli.words import say

    if choice is AtLoginChoice.ON:
        _turn_on(folder)
        typer.echo("已设为登录时启动后台进程。现在不启动；从下次登录起，不用打开窗口也会按时发送。")
    elif choice is AtLoginChoice.OFF:
        logins.turn_off(folder)
        typer.echo("登录时不再启动后台进程。正在运行的后台进程不受影响，直到退出登录。")
    else:
        found = logins.at_login(folder)
        typer.echo("登录时启动后台进程：开" if found.on else "登录时启动后台进程：关")
        if found.refused is not None:
            typer.echo(say(found.refused))


def _turn_on(folder: Path) -> None:
    """The workspace is opened as the worker will open it: what fails now would fail at every login."""
    from campaign_app import bootstrap, logins
    from campaign_app.credentials import KeychainKeeper

    if (why := logins.at_login(folder).refused) is not None:
        raise why
    with bootstrap.open_app(folder, KeychainKeeper()) as app:
        logins.turn_on(app, actor=ACTOR)
