"""`campaign-app workspace roles`: who may do what on a team's workspace, and a folder for each person."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from campaign_app.cli.follow import show
from campaign_app.cli.keys import (
    FolderOption,
    JsonOption,
    PassphraseOption,
    new_passphrase,
    open_for,
    passphrase_from,
    server_password,
)
from campaign_app.cli.telling import Labels, term, terms
from campaign_app.cli.usage import Commands
from campaign_app.cli.words import WORDS, fail
from campaign_app.domain.team import Person, Role
from campaign_app.streams import hears_a_person

LoginArgument = Annotated[str, typer.Argument(metavar="LOGIN", help="数据库用户；由数据库管理员建立。")]
RoleArgument = Annotated[Role, typer.Argument(metavar="ROLE", help="operator、reviewer、owner 或 worker。")]
PasswordOption = Annotated[
    Path | None, typer.Option("--server-password-file", help="从此文件读取这个用户的数据库密码；否则询问。")
]
_TOLD: Final[Labels] = {
    "roles": ("已建立的角色", terms("role")),
    "login": ("数据库用户", None),
    "granted": ("授予", term("role")),
    "revoked": ("收回", term("role")),
    "folder": ("文件夹", None),
}

roles = Commands(no_args_is_help=True, help="团队工作区的角色：运营、审核、负责人、后台进程。")


@roles.command("setup")
def set_up(
    only_print: Annotated[
        bool, typer.Option("--print", help="只列出要由数据库管理员运行的语句，不做任何改动。")
    ] = False,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """在数据库里建立角色并授权；重复运行只会恢复原样。"""
    from campaign_app import membership

    with open_for(workspace, passphrase_file) as app:
        if only_print:
            needed = [f"{statement};" for statement in membership.statements(app)]
            if as_json:
                show({"statements": needed}, as_json=True)
            else:
                typer.echo("".join(f"{statement}\n" for statement in needed), nl=False)
            return
        membership.set_up(app)
        show({"roles": [role.value for role in Role]}, _TOLD, as_json=as_json)


@roles.command("grant")
def grant(
    login: LoginArgument,
    role: RoleArgument,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """授予一个数据库用户一种角色；一人可以有几种。"""
    from campaign_app import membership

    with open_for(workspace, passphrase_file) as app:
        membership.grant(app, login, role, actor="cli")
        show({"login": login, "granted": role.value}, _TOLD, as_json=as_json)


@roles.command("revoke")
def revoke(
    login: LoginArgument,
    role: RoleArgument,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """收回一种角色；从下一条语句起生效。"""
    from campaign_app import membership

    with open_for(workspace, passphrase_file) as app:
        membership.revoke(app, login, role, actor="cli")
        show({"login": login, "revoked": role.value}, _TOLD, as_json=as_json)
        if role is Role.REVIEWER and (approved := membership.approved_by(app, login)):
            named = "、".join(f"{campaign.id} {campaign.name}" for campaign in approved)
            typer.echo(f"{login} 批准过、还没有开始发的活动：{named}。批准仍然有效，到时会发送。", err=True)
            typer.echo("要换人把关，请在活动里重新核验，再由另一人批准。", err=True)


@roles.command("list")
def list_(
    workspace: FolderOption = None, passphrase_file: PassphraseOption = None, as_json: JsonOption = False
) -> None:
    """列出有角色的数据库用户，以及当前用户。"""
    from campaign_app import membership

    with open_for(workspace, passphrase_file) as app:
        found = {person.login: _named(person, as_json=as_json) for person in membership.members(app)}
        show({"me": app.person.login, "members": found} if as_json else found, as_json=as_json)


def log_in(
    login: Annotated[str, typer.Option("--user", metavar="LOGIN", help="换成这个数据库用户；不写则只换密码。")] = "",
    password_file: PasswordOption = None,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """这个文件夹以后用另一个数据库用户，或用新的密码打开工作区；连得上才改。"""
    from campaign_app import bootstrap, membership

    folder = workspace or bootstrap.default_folder()
    keeper = bootstrap.keeper_of(folder, lambda: passphrase_from(passphrase_file))
    membership.log_in(folder, keeper, login, server_password(password_file))
    show({"folder": str(folder)}, _TOLD, as_json=as_json)


def invite(
    to: Annotated[Path, typer.Argument(metavar="FOLDER", help="新的文件夹，交给这位同事。")],
    login: Annotated[str, typer.Option("--user", metavar="LOGIN", help="这位同事的数据库用户，须已有角色。")],
    password_file: PasswordOption = None,
    new_passphrase_file: Annotated[
        Path | None, typer.Option("--new-passphrase-file", help="从此文件读取新文件夹的口令；否则询问。")
    ] = None,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """为一位同事准备打开同一个工作区的文件夹：用他自己的数据库用户，密钥由另一个口令保护。"""
    from campaign_app import bootstrap, membership
    from campaign_app.credentials import PassphraseKeeper

    folder = workspace or bootstrap.default_folder()
    keeper = bootstrap.keeper_of(folder, lambda: passphrase_from(passphrase_file))
    if new_passphrase_file is None and not hears_a_person():
        fail("请用 --new-passphrase-file 给新文件夹设口令。")
    phrase = (
        bootstrap.passphrase_in(new_passphrase_file)
        if new_passphrase_file
        else new_passphrase("请为新文件夹设一个口令，另行告诉这位同事。")
    )
    own = PassphraseKeeper(phrase)
    membership.invite(folder, keeper, to.absolute(), own, login, server_password(password_file))
    show({"folder": str(to.absolute()), "login": login}, _TOLD, as_json=as_json)


def _named(person: Person, *, as_json: bool) -> list[str] | str:
    roles = sorted(person.roles)
    return [role.value for role in roles] if as_json else WORDS.roles(roles)
