"""`create` and `connect`: a new workspace, and the shop accounts in it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from campaign_app.cli.follow import show, wait_for_job
from campaign_app.cli.keys import FolderOption, JsonOption, PassphraseOption, new_passphrase, open_for
from campaign_app.domain.errors import SettingsError, WorkspaceError
from campaign_app.domain.platform import consent_api

SYNC_SECONDS = 24 * 3_600


def create(
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """新建一个加密的工作区；密钥存入系统钥匙串，没有钥匙串就由口令保护。"""
    from campaign_app import bootstrap

    folder = workspace or bootstrap.default_folder()
    passphrase = bootstrap.passphrase_in(passphrase_file) if passphrase_file else None
    try:
        bootstrap.create_app(folder, bootstrap.new_keeper(passphrase)).close()
    except WorkspaceError as error:
        if error.code != "no_keychain" or not sys.stdin.isatty():
            raise
        bootstrap.create_app(folder, bootstrap.new_keeper(new_passphrase())).close()
    show({"工作区": folder})


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
    from campaign_app import bootstrap

    try:
        key = key_file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeError) as error:
        raise SettingsError("no_file", "The key file cannot be read", file=str(key_file)) from error
    with bootstrap.with_worker(open_for(workspace, passphrase_file)) as app:
        account = app.accounts.connect(consent_api(base_url=base_url, key_id=key_id, private_key=key), actor="cli")
        synced = {}
        if sync:
            job = app.jobs.enqueue("sync", {"account_id": account.id}, app.clock())
            synced = dict(wait_for_job(app, job.id, seconds=SYNC_SECONDS))
        show({"account": account.id, "shop": account.label, "issuer": account.issuer_name, **synced}, as_json=as_json)
