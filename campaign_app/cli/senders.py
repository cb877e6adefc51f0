"""`campaign-app accounts`: the connected accounts, who carries a shop's messages, and who reads the replies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from campaign_app.cli.follow import show, show_each
from campaign_app.cli.keys import FolderOption, JsonOption, PassphraseOption, open_for
from campaign_app.cli.telling import Labels, actor, count, moment, one, seconds, term
from campaign_app.cli.usage import Commands
from campaign_app.domain.errors import NotFound

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.domain.customer import Account
    from campaign_app.domain.erasure import ErasureReceipt
    from campaign_app.services.following import Lag

PLATFORM: Final = "platform"
ShopArgument = Annotated[str, typer.Argument(metavar="SHOP", help="店铺账户的编号或名称。")]
SenderArgument = Annotated[str, typer.Argument(metavar="SENDER", help="通道账户的编号或名称。")]

_LAG: Final[Labels] = {
    "count": ("条数", count),
    "half_seconds": ("半数不超过", seconds),
    "longest_seconds": ("最长", seconds),
}
_ACCOUNT: Final[Labels] = {
    "id": ("编号", None),
    "label": ("名称", None),
    "platform": ("平台", term("platform")),
    "entity": ("主体", None),
    "state": ("状态", term("account_state")),
    "sender": ("经哪个账户发送", None),
    "replies": ("查看回复", None),
    "templates_checked": ("签名和模板已核对", None),
    "changes_read": ("同意变更读到", moment),
    "opt_outs_told": ("回写的退订", one(_LAG)),
}
_ERASED: Final[Labels] = {
    "at": ("删除于", moment),
    "asked": ("谁要求的", lambda who: "本人" if who == "person" else "平台"),
    "done_by": ("由谁删除", actor),
    "ref_hmac": ("客户标识的密钥哈希", None),
    "file_rows": ("删去的导入行", count),
    "hash": ("审计记录的哈希", None),
}
_UNREAD: Final[Labels] = {"said": ("原文", None), "numbers": ("认出的号码", None)}

accounts = Commands(no_args_is_help=True, help="已连接的账户：列出，选择发送通道，登记由谁查看回复、模板是否核对。")


@accounts.callback()
def group() -> None:
    """已连接的账户：列出，选择发送通道，登记由谁查看回复、模板是否核对。"""


@accounts.command("list")
def list_accounts(
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出账户、主体和各店铺的发送通道。"""
    with open_for(workspace, passphrase_file) as app:
        show_each({str(each.id): _said(app, each) for each in app.accounts.all()}, _ACCOUNT, as_json=as_json)


@accounts.command("send-through")
def send_through(
    shop: ShopArgument,
    sender: Annotated[
        str,
        typer.Argument(
            metavar="SENDER",
            help="同一主体的通道账户的编号或名称；platform 表示不另选；淘宝、拼多多店铺写它自己，表示用平台短信接口。",
        ),
    ],
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """选择由哪个通道账户发送一个店铺的短信。"""
    with open_for(workspace, passphrase_file) as app:
        chosen = None if sender == PLATFORM else _find(app, sender).id
        account = app.accounts.send_through(_find(app, shop).id, chosen, actor="cli")
        show(_said(app, account), _ACCOUNT, as_json=as_json)


@accounts.command()
def replies(
    sender: SenderArgument,
    where: Annotated[str, typer.Argument(metavar="WHERE", help="每天由谁、在哪里查看回复；空字符串表示撤销登记。")],
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """登记由谁、在哪里查看回复：通道不把回复送回来时，登记后才能发送。"""
    with open_for(workspace, passphrase_file) as app:
        account = _find(app, sender)
        app.replies.record(account.id, where, actor="cli")
        show(_said(app, account), _ACCOUNT, as_json=as_json)


@accounts.command()
def templates(
    shop: ShopArgument,
    undo: Annotated[bool, typer.Option("--undo", help="撤销登记。")] = False,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """登记填写的签名和模板已与平台后台逐字核对：平台不能查询时，登记后才能发送。"""
    with open_for(workspace, passphrase_file) as app:
        account = _find(app, shop)
        app.stated.record(account.id, actor="cli", checked=not undo)
        show(_said(app, account), _ACCOUNT, as_json=as_json)


@accounts.command()
def erased(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="账户的编号或名称。")],
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出已删除客户的全部回执：时间、谁要求的（平台或本人）、客户标识的密钥哈希、审计记录的编号和哈希。"""
    with open_for(workspace, passphrase_file) as app:
        receipts = app.following.every_erasure(_find(app, account).id)
        show_each({str(each.entry): _receipt(each) for each in receipts}, _ERASED, as_json=as_json)


@accounts.command()
def unread(
    sender: SenderArgument,
    clear: Annotated[str, typer.Option("--clear", metavar="NAME", help="把这一条从队列里清除；原文加密留存。")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="不再询问。")] = False,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出无法读取、使发送停住的回复；看过之后可以清除，能认出的号码按退订处理。"""
    with open_for(workspace, passphrase_file) as app:
        account = _find(app, sender)
        if clear and (yes or typer.confirm("清除后不能再从服务商处取回，确定？")):
            app.unread.clear(account.id, clear, actor="cli")
        rows = app.unread.waiting(account.id)
        told = {each.name: {"said": each.said, "numbers": each.numbers} for each in rows}
        show_each(told, _UNREAD, as_json=as_json)


def _receipt(each: ErasureReceipt) -> dict[str, str | int]:
    asked = {"asked": "person", "done_by": each.done_by} if each.done_by else {"asked": "platform"}
    kept: dict[str, str | int] = {"ref_hmac": each.ref_hmac, "file_rows": each.file_rows, "hash": each.digest}
    return {"at": each.at.isoformat(), **asked, **kept}


def _find(app: App, wanted: str) -> Account:
    """By number, else by its whole name where one account alone has it. Raises NotFound."""
    known = app.accounts.all()
    found = [each for each in known if str(each.id) == wanted] or [each for each in known if each.label == wanted]
    if len(found) != 1:
        raise NotFound("account", "No account, or several, of this name", account=wanted)
    return found[0]


def _seconds(lag: Lag) -> dict[str, float]:
    return {"half_seconds": lag.half.total_seconds(), "longest_seconds": lag.longest.total_seconds()}


def _said(app: App, account: Account) -> dict[str, object]:
    read, lag = app.following.changes_read_at(account.id), app.following.lag(account.id)
    return {
        "id": account.id,
        "label": account.label,
        "platform": account.platform,
        "entity": account.entity_uscc,
        "state": account.state,
        "sender": account.sender_account_id,
        "replies": app.replies.read_at(account.id),
        "templates_checked": app.stated.is_checked(account.id),
        "changes_read": None if read is None else read.isoformat(),
        "opt_outs_told": None if lag is None else {"count": lag.count, **_seconds(lag)},
    }
