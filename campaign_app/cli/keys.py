"""Options that every command on a workspace shares."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaign_app.cli.words import fail, say
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.passphrase import passphrase_problem
from campaign_app.streams import hears_a_person

if TYPE_CHECKING:
    from campaign_app.bootstrap import App

FolderOption = Annotated[Path | None, typer.Option("--workspace", help="工作区文件夹；默认是本用户的工作区。")]
PassphraseOption = Annotated[
    Path | None, typer.Option("--passphrase-file", help="没有系统钥匙串时，从此文件读取口令。")
]
JsonOption = Annotated[bool, typer.Option("--json", help="只输出 JSON。")]


def open_for(folder: Path | None, passphrase_file: Path | None) -> App:
    """The workspace, by its keychain entry or by the passphrase of the file or of a prompt."""
    from campaign_app import bootstrap

    found = folder or bootstrap.default_folder()
    return bootstrap.open_app(found, bootstrap.keeper_of(found, lambda: passphrase_from(passphrase_file)))


def passphrase_from(file: Path | None) -> str:
    from campaign_app import bootstrap

    if file is not None:
        return bootstrap.passphrase_in(file)
    if not hears_a_person():
        fail("此工作区由口令保护：请用 --passphrase-file 提供口令。")
    return asked("口令")


def server_password(file: Path | None) -> str:
    """Of a team's database; none where it is not asked for and nobody can be asked."""
    from campaign_app import bootstrap

    if file is not None:
        return bootstrap.passphrase_in(file)
    return (
        str(typer.prompt("数据库密码", default="", show_default=False, hide_input=True, err=True))
        if hears_a_person()
        else ""
    )


def new_passphrase(
    why: str = "找不到可用的系统钥匙串，工作区将由口令保护。口令无法找回，请务必记牢。",
) -> str:
    """From a prompt, asked again until it is hard to guess and typed the same twice."""
    typer.echo(why, err=True)
    while True:
        typed = asked("新口令")
        if problem := passphrase_problem(typed):
            typer.echo(say(SettingsError(problem, "A passphrase that is easy to guess")), err=True)
        elif asked("再输入一次") != typed:
            typer.echo("两次输入不一致，请重新输入。", err=True)
        else:
            return typed


def asked(label: str) -> str:
    """From a prompt that shows nothing of it."""
    typed: str = typer.prompt(label, hide_input=True, err=True)
    return typed


def private_key(file: Path) -> str:
    """What is no ASCII is no key. That others may read it is said, and no more: they may have done so by now."""
    from campaign_app.credentials import may_others_read

    try:
        key = file.read_text(encoding="ascii", errors="replace").strip()
        open_to_others = may_others_read(file)
    except OSError as error:
        raise SettingsError("no_file", "The key file cannot be read", file=str(file)) from error
    if open_to_others:
        told = "注意：私钥文件“{}”能被其他用户读取。请改为仅本人可读（chmod 600）；可能已被读过的，请换一把新的。"
        typer.echo(told.format(file), err=True)
    return key
