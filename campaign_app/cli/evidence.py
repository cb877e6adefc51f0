"""`campaign-app evidence`: the proof of a campaign in a file, whether such a file holds, and the head of the audit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from campaign_app.cli.backup import shown_progress
from campaign_app.cli.follow import show
from campaign_app.cli.keys import FolderOption, JsonOption, PassphraseOption, open_for
from campaign_app.cli.telling import Labels, count, each, either, moment, size, term
from campaign_app.cli.usage import Commands

if TYPE_CHECKING:
    from campaign_app.evidence.stamping import Stamped

evidence = Commands(no_args_is_help=True, help="证据：导出一个活动的证据，验证证据文件，抄录审计链的链头。")

_STAMP: Final[Labels] = {
    "entry": ("第几条", count),
    "head": ("链头", None),
    "stamped_at": ("时间戳", moment),
    "at": ("时间戳", moment),
    "authority": ("机构", None),
    "ca": ("根证书指纹", None),
}
_STAMPS: Final[Labels] = {
    "stamps": ("盖过时间戳的链头", each(_STAMP)),
    "skipped": ("不能证实的时间戳", count),
    "files": ("存出的文件", None),
}
_FILE: Final[Labels] = {
    "file": ("文件", None),
    "bytes": ("大小", size),
    "people": ("人数", count),
    "root": ("总根", None),
    "head": ("审计链头", None),
}
_CHAIN: Final[Labels] = {
    "entries": ("审计记录", count),
    "head": ("链头（请抄录在别处）", None),
    "roots": ("核对的总根", count),
    "rows": ("与表一致的行", count),
    "rows_before": ("早于逐行留痕的行，只核对了行数", count),
}
_VERDICT: Final[Labels] = {
    "ok": ("结论", either("成立", "不成立")),
    "problem": ("为什么", term("evidence_problem")),
    "line": ("第几行", None),
    "campaign": ("活动", None),
    "entity": ("主体", None),
    "people": ("人数", count),
    "entry": ("此人那一批是审计链的第几条", lambda number: number or ""),
    "signed": ("有平台签名的同意", count),
    "unsigned": ("没有平台签名的同意", count),
    "withheld": ("只给出哈希的同意", count),
    "issuers": ("签发方", None),
    "simulated": ("平台是模拟的", either("是，不能当作真实的证据", "否")),
    "head": ("文件里的链头", None),
    "head_compared": ("与抄录的链头比过", None),
    "head_covers": ("抄录的链头已含这些记录", None),
    "keys_from_issuer": ("公钥由您给出", either("是", "否，用的是文件里写的")),
    "stamps": ("时间戳", each(_STAMP)),
    "stamps_verified": ("时间戳核对过", None),
}


@evidence.callback()
def group() -> None:
    """证据：导出一个活动的证据，验证证据文件，抄录审计链的链头。"""


@evidence.command("export")
def export(
    campaign_id: Annotated[int, typer.Argument(metavar="CAMPAIGN", help="活动编号。")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="新文件（.yunfa）；已有的文件不会被覆盖。")],
    person: Annotated[
        str | None, typer.Option("--person", metavar="REF", help="只要这一个人的证据（客户标识），不含其他人。")
    ] = None,
    account: Annotated[
        int | None, typer.Option("--account", help="店铺编号；两家店铺有同一个客户标识时须指明。")
    ] = None,
    to_key: Annotated[
        Path | None, typer.Option("--to-key", metavar="FILE", help="加密给这个 X25519 公钥（PEM）的持有人。")
    ] = None,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """把一个活动的证据写成一个文件：同意记录与签名回执、原文、结果、批准和审计链。"""
    from campaign_app.evidence.sealing import public_key_in

    reader = None if to_key is None else public_key_in(to_key)
    with open_for(workspace, passphrase_file) as app, shown_progress("导出", quiet=as_json) as tick:
        made = app.evidence.export(
            campaign_id, out.absolute(), actor="cli", person=person, account_id=account, reader=reader, tick=tick
        )
    told = {"file": str(made.file), "bytes": made.size, "people": made.people, "root": made.root}
    show({**told, "head": str(made.head)}, _FILE, as_json=as_json)


@evidence.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="证据文件（.yunfa）。")],
    head: Annotated[str, typer.Option("--head", help="先前抄录的链头（编号:哈希）；没有它，看不出结尾被截掉。")] = "",
    jwks: Annotated[
        Path | None, typer.Option("--jwks", metavar="FILE", help="向签发方取得的公钥集；不给就用文件里写的。")
    ] = None,
    authority: Annotated[
        Path | None,
        typer.Option("--tsa", metavar="FILE", help="您相信的时间戳机构的根证书；不给就不核对里面的时间戳。"),
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", help="加密给您的文件：您的 X25519 私钥（PEM）。")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """验证一个证据文件；不成立时退出码为 1。"""
    from campaign_app.evidence.checking import verify_file
    from campaign_app.evidence.sealing import private_key_in

    secret = None if key is None else private_key_in(key)
    with shown_progress("验证", quiet=as_json) as tick:
        verdict = verify_file(file, head=head, jwks=jwks, authority=authority, key=secret, tick=tick)
    if not verdict.ok:
        show({"ok": False, "problem": verdict.problem, "line": verdict.line}, _VERDICT, as_json=as_json)
        raise typer.Exit(1)
    show(
        {
            "ok": True,
            "campaign": verdict.campaign,
            "entity": verdict.entity,
            "people": verdict.people,
            "entry": verdict.entry,
            "signed": verdict.signed,
            "unsigned": verdict.unsigned,
            "withheld": verdict.withheld,
            "issuers": "、".join(verdict.issuers),
            "simulated": verdict.simulated,
            "head": verdict.head,
            "head_compared": verdict.head_compared,
            "head_covers": verdict.head_covers,
            "keys_from_issuer": verdict.keys_from_issuer,
            "stamps": [
                {"head": each.head, "at": each.at.isoformat(), "authority": each.authority, "ca": each.ca}
                for each in verdict.stamps
            ],
            "stamps_verified": verdict.stamps_verified,
        },
        _VERDICT,
        as_json=as_json,
    )


@evidence.command("show")
def show_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="证据文件（.yunfa）。")],
) -> None:
    """在窗口里验证一个证据文件，双击文件时就是这样打开；不需要工作区。"""
    raise SystemExit(context.obj(folder=None, demo_customers=None, evidence=file))


@evidence.command("head")
def head(
    chain_only: Annotated[
        bool, typer.Option("--chain-only", help="只通读审计链，不与各张表核对；快得多，但看不出表里的行被改。")
    ] = False,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """通读审计链，与同意、批次、拒收的每一行核对，并显示链头，请抄录在别处；以后的证据须从它接下去。"""
    told: dict[str, int] = {}
    with open_for(workspace, passphrase_file) as app, shown_progress("验证", quiet=as_json) as tick:
        if chain_only:
            found = app.evidence.head(tick)
        else:
            verified = app.evidence.verified(tick)
            found, compared = verified.head, verified.compared
            told = {"roots": compared.roots, "rows": compared.rows, "rows_before": compared.before}
    show({"entries": found.number, "head": str(found), **told}, _CHAIN, as_json=as_json)


@evidence.command("stamp-request")
def stamp_request(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="新文件（.tsq）；已有的文件不会被覆盖。")],
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """对现在的链头写一个时间戳请求（RFC 3161），由您交给自己选的时间戳机构；本程序不联系任何机构。"""
    with open_for(workspace, passphrase_file) as app, shown_progress("验证", quiet=as_json) as tick:
        found = app.evidence.stamping.ask(out.absolute(), actor="cli", tick=tick)
    show({"file": str(out.absolute()), "head": found}, _FILE, as_json=as_json)


@evidence.command("stamp")
def stamp(
    reply: Annotated[Path, typer.Argument(metavar="REPLY", help="时间戳机构的答复（.tsr）。")],
    authority: Annotated[Path, typer.Option("--tsa", metavar="FILE", help="该机构的根证书（PEM 或 DER），由您取得。")],
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """读回时间戳机构的答复：与请求和根证书核对，成立才记入审计链。"""
    with open_for(workspace, passphrase_file) as app:
        found = app.evidence.stamping.read(reply, authority, actor="cli")
    show(_told(found), _STAMP, as_json=as_json)


@evidence.command("stamps")
def stamps(
    save: Annotated[
        Path | None,
        typer.Option("--save", metavar="FOLDER", help="把每个链头（.txt）和它的答复（.tsr）存到这个文件夹。"),
    ] = None,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出盖过时间戳的链头；存出来的两个文件任何工具都能核对，如 openssl ts -verify。"""
    with open_for(workspace, passphrase_file) as app:
        stamping = app.evidence.stamping
        found = stamping.kept()
        files = [] if save is None else [str(file) for each in found.stamps for file in stamping.save(each, save)]
    told = {"stamps": [_told(each) for each in found.stamps], "skipped": found.skipped}
    show({**told, "files": files}, _STAMPS, as_json=as_json)


def _told(found: Stamped) -> dict[str, str | int]:
    return {
        "entry": found.number, "head": found.head, "stamped_at": found.at.isoformat(), "authority": found.authority,
        "ca": found.ca,
    }  # fmt: skip
