"""`campaign-app consent-text`: wordings by which consent is asked for, held to the rules, and kept if so wanted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from campaign_app.cli.check import found_json
from campaign_app.cli.follow import show
from campaign_app.cli.keys import FolderOption, JsonOption, PassphraseOption, open_for
from campaign_app.cli.telling import Labels, actor, count, each, moment, term
from campaign_app.cli.usage import Commands

if TYPE_CHECKING:
    from campaign_app.domain.wording import CheckedWording

consent_text = Commands(no_args_is_help=True, help="同意文案：核对注册协议、同意页或征询短信的文字。")

_WORDING: Final[Labels] = {
    "id": ("编号", None),
    "file": ("文件", None),
    "entity": ("主体", None),
    "account": ("店铺账户", None),
    "kind": ("种类", term("wording_kind")),
    "name": ("文件", None),
    "sha256": ("SHA-256", None),
    "verdict": ("结论", term("wording_verdict")),
    "rules": ("规则", None),
    "findings": ("发现", count),
    "rule_packs": ("规则版本", None),
    "checked_by": ("谁核对", actor),
    "checked_at": ("核对于", moment),
}
_WORDINGS: Final[Labels] = {"wordings": ("核对过的文案", each(_WORDING))}


@consent_text.callback()
def group() -> None:
    """同意文案：核对注册协议、同意页或征询短信的文字。"""


@consent_text.command("check")
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="文本文件或 Word 文档（.docx）。")],
    kind: Annotated[
        str, typer.Option("--kind", help="agreement 注册协议，screen 同意页文案，invitation 征询短信。")
    ] = "agreement",
    entity: Annotated[
        str | None, typer.Option("--entity", metavar="USCC", help="哪个主体的；给出时把文字和结果存入工作区。")
    ] = None,
    account: Annotated[int, typer.Option("--account", help="哪家店铺的（账户编号）。")] = 0,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """核对一份文案：默认同意、捆绑、“无需另行同意”，缺少类型、频次、期限，个性化推送没有关闭办法。"""
    from campaign_app.clocks import system_clock
    from campaign_app.services.wording_files import text_of
    from campaign_app.services.wordings import looked_at, verdict_of

    text = text_of(file)
    found = looked_at(text, kind, system_clock())
    told: dict[str, Any] = {"file": file.name, "kind": kind, "verdict": verdict_of(found)}
    if entity is not None:
        with open_for(workspace, passphrase_file) as app:
            kept = app.wordings.check(
                text, kind, entity_uscc=entity, account_id=account, name=file.name, actor="cli"
            )  # fmt: skip
        told |= {"id": kept.id, "sha256": kept.sha256}
    if as_json:
        show({**told, "findings": [found_json(each) for each in found]}, as_json=True)
        return
    show(told, _WORDING)
    for finding in found:
        law = finding.citation.named + ("" if finding.citation.verified else "（未核实）")
        place = f"{finding.span.start}–{finding.span.end}" if finding.span.end else "缺少"
        head = f"\n{finding.rule_id} {finding.message}"
        lines = (head, f"  位置：{place}", f"  依据：{law}", f"  改为：{finding.fix}")
        typer.echo("\n".join(lines))


@consent_text.command("list")
def list_(
    entity: Annotated[str | None, typer.Option("--entity", metavar="USCC", help="只列这个主体的。")] = None,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """列出核对过的文案：文字的哈希、谁、何时、发现什么，新的在前。"""
    with open_for(workspace, passphrase_file) as app:
        show({"wordings": [_told(each) for each in app.wordings.history(entity)]}, _WORDINGS, as_json=as_json)


def _told(checked: CheckedWording) -> dict[str, Any]:
    return {
        "id": checked.id,
        "entity": checked.entity_uscc,
        "account": checked.account_id or None,
        "kind": checked.kind,
        "name": checked.name,
        "sha256": checked.sha256,
        "verdict": checked.verdict,
        "rules": sorted({each.rule for each in checked.findings}),
        "findings": len(checked.findings),
        "rule_packs": checked.rule_packs,
        "checked_by": checked.checked_by,
        "checked_at": checked.checked_at.isoformat(),
    }
