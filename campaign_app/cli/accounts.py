"""`create` and `connect`: a new workspace, and the shop accounts in it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from campaign_app.cli.follow import goes_on, show, wait_for_job, with_worker
from campaign_app.cli.keys import (
    FolderOption,
    JsonOption,
    PassphraseOption,
    new_passphrase,
    open_for,
    private_key,
    server_password,
)
from campaign_app.cli.telling import Labels, count
from campaign_app.cli.words import say
from campaign_app.domain.errors import AppError, WorkspaceError
from campaign_app.domain.platform import consent_api
from campaign_app.streams import hears_a_person

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.credentials import KeyKeeper

SYNC_SECONDS = 24 * 3_600
_MADE: Final[Labels] = {"folder": ("工作区", None)}
_CONNECTED: Final[Labels] = {
    "account": ("账户编号", None),
    "shop": ("店铺", None),
    "issuer": ("同意由谁出具", None),
    "rows": ("读到的客户", count),
    "new": ("其中新客户", count),
    "broken": ("读不出的客户", count),
    "erased": ("平台已删除的客户", count),
    "pages": ("读了几页", count),
    "unreachable": ("平台不对外提供的客户（约）", count),
}


def create(
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    server: Annotated[
        str, typer.Option("--server", metavar="URL", help="团队工作区：PostgreSQL 数据库的地址，不含密码。")
    ] = "",
    server_password_file: Annotated[
        Path | None, typer.Option("--server-password-file", help="从此文件读取数据库密码；否则询问。")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """新建一个加密的工作区；密钥存入系统钥匙串，没有钥匙串就由口令保护。"""
    from campaign_app import bootstrap

    folder = workspace or bootstrap.default_folder()
    passphrase = bootstrap.passphrase_in(passphrase_file) if passphrase_file else None
    make = _maker(folder, server, server_password_file)
    try:
        make(bootstrap.new_keeper(passphrase)).close()
    except WorkspaceError as error:
        if error.code != "no_keychain" or not hears_a_person():
            raise
        make(bootstrap.new_keeper(new_passphrase())).close()
    show({"folder": str(folder)}, _MADE, as_json=as_json)


def _maker(folder: Path, server: str, password_file: Path | None) -> Callable[[KeyKeeper], App]:
    from campaign_app import bootstrap

    if not server:
        return partial(bootstrap.create_app, folder)
    password = server_password(password_file)
    return lambda keeper: bootstrap.create_team(folder, keeper, server, password)


def connect(
    base_url: Annotated[str, typer.Argument(metavar="URL", help="Platform Consent API 的地址。")],
    key_id: Annotated[str, typer.Option("--key-id", help="平台登记的账户标识。")],
    key_file: Annotated[Path, typer.Option("--key-file", help="私钥文件（base64url，32 字节 Ed25519）。")],
    sync: Annotated[bool, typer.Option(help="随后同步客户。")] = True,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """连接一个店铺账户，固定平台的公钥，并同步客户。"""
    key = private_key(key_file)
    with open_for(workspace, passphrase_file) as app:
        account = app.accounts.connect(consent_api(base_url=base_url, key_id=key_id, private_key=key), actor="cli")
        synced = _synced(app, account.id) if sync else {}
        told = {"account": account.id, "shop": account.label, "issuer": account.issuer_name, **synced}
        show(told, _CONNECTED, as_json=as_json)


def _synced(app: App, account_id: int) -> dict[str, Any]:
    """What the worker read: one is started for an account that answered, not before.

    Where nobody is at work and this login may start none, the account is there all the same: the team's next worker
    syncs it, which is said.
    """
    job = app.jobs.enqueue("sync", {"account_id": account_id}, app.clock())
    try:
        with with_worker(app), goes_on("campaign-app accounts list"):
            return dict(wait_for_job(app, job.id, seconds=SYNC_SECONDS))
    except AppError as error:
        if error.code != "worker_elsewhere":
            raise
        typer.echo(say(error), err=True)
        return {}
