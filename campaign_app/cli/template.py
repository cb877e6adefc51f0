"""`campaign-app template`: a provider's template becomes the text of a campaign, and the other way round."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from campaign_app import assets
from campaign_app.cli.check import found_json
from campaign_app.cli.keys import JsonOption
from campaign_app.cli.lines import answer, printable
from campaign_app.cli.usage import Commands
from campaign_app.cli.words import WORDS
from campaign_app.domain.errors import SettingsError

if TYPE_CHECKING:
    from campaign_app.compliance import RuleSet
    from campaign_app.compliance.providers import Provider
    from campaign_app.services.provider_templates import Exported, Refusals, Slot

STANDARD_INPUT: Final = "-"
_KNOWN: Final = ("name", "province", "city")
_SOMETHING: Final = "示例"

template = Commands(no_args_is_help=True, help="与服务商的短信模板互相转换。")
FileArgument = Annotated[str, typer.Argument(metavar="FILE", help="文本文件；- 表示标准输入。")]
SyntaxOption = Annotated[str, typer.Option("--syntax", help="变量写法，例如 '${name}'、'{1}'、'#name#'。")]


@template.callback()
def group() -> None:
    """与服务商的短信模板互相转换。"""


@template.command("import")
def import_(
    file: FileArgument,
    syntax: SyntaxOption = "",
    mapped: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="变量=变量名", help="服务商的变量对应哪个变量名；可重复。"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """把服务商的模板转换成活动正文；不给 --syntax 就自动识别写法。"""
    from campaign_app.services.provider_templates import read, refuse_unknown

    names = _pairs(mapped or [])
    found = read(_text_of(file), syntax, names, _KNOWN)
    refuse_unknown(found.slots, names)
    unnamed = [slot.theirs for slot in found.unmapped if slot.theirs.isdigit()]
    if unnamed:
        raise SettingsError("template_unmapped", "Numbers that stand for nothing", what="、".join(unnamed))
    slots = [_slot(slot, slot.ours or slot.theirs) for slot in found.slots]
    if as_json:
        answer({"syntax": found.notation, "signature": found.signature, "body": found.body, "variables": slots})
    else:
        sys.stdout.write(found.body + "\n")
        _explain(found.notation, slots)


@template.command("export")
def export(
    file: FileArgument,
    provider: Annotated[str, typer.Option("--to", help="服务商：generic、aliyun、tencent、huawei 或 ucloud。")],
    signature: Annotated[str, typer.Option("--signature", help="签名，不带【】；计入字数，不写进模板。")],
    syntax: SyntaxOption = "",
    value: Annotated[
        list[str] | None, typer.Option("--value", metavar="变量名=内容", help="计算字数时变量的内容；可重复。")
    ] = None,
    industry: Annotated[str, typer.Option("--industry", help="行业，决定服务商是否接收。")] = "general",
    domain: Annotated[list[str] | None, typer.Option("--domain", help="已报备的链接域名；可重复。")] = None,
    as_json: JsonOption = False,
) -> None:
    """把活动正文转换成服务商的模板，并说明该服务商不接受的内容。"""
    from campaign_app.compliance import CheckRequest, Sender, engine_of, load_all
    from campaign_app.domain.signature import Signature
    from campaign_app.services.provider_templates import Slot, notation_of, refusals, refuse_unknown, write

    rules, values = load_all(assets.path("rules")), _pairs(value or [])
    profile = _provider(rules, provider)
    body = _text_of(file)
    exported = write(body, syntax or notation_of(profile))
    names = [slot.ours for slot in exported.slots]
    refuse_unknown([Slot(name, "") for name in names], values)
    filed = Signature(signature, provider, "company", "approved", carrier_filed=True, scopes=("retail",))
    request = CheckRequest(
        body,
        filed,
        Sender(signature, provider),
        industry=industry,
        allowed_domains=tuple(domain or ()),
        variables={name: values.get(name, _SOMETHING) for name in names},
    )
    _answer(profile, exported, refusals(engine_of(rules), request, provider), as_json=as_json)


def _answer(profile: Provider, exported: Exported, refused: Refusals, *, as_json: bool) -> None:
    slots = [_slot(slot, slot.ours) for slot in exported.slots]
    data = {
        "provider": profile.name,
        "syntax": exported.notation,
        "text": exported.text,
        "variables": slots,
        "length": refused.segments.length,
        "segments": refused.segments.segments,
        "findings": [found_json(finding) for finding in refused.findings],
    }
    if as_json:
        answer(data)
        return
    sys.stdout.write(exported.text + "\n")
    _explain(exported.notation, slots)
    for finding in refused.findings:
        level = WORDS.term("severity", finding.severity.word)
        typer.echo(printable(f"{level} {finding.rule_id} {finding.message}。{finding.fix}"), err=True)
    if not refused.findings:
        typer.echo(f"{profile.title}：没有发现不接受的内容。", err=True)


def _text_of(file: str) -> str:
    from campaign_app.services.provider_templates import decoded, text_in

    read = decoded(sys.stdin.buffer.read(), STANDARD_INPUT) if file == STANDARD_INPUT else text_in(Path(file))
    return read.strip("\n")


def _provider(rules: RuleSet, name: str) -> Provider:
    if name not in rules.providers:
        known = "、".join(sorted(rules.providers))
        raise SettingsError("template_provider", "No such provider", what=printable(name[:20]), known=known)
    return rules.providers[name]


def _pairs(written: list[str]) -> dict[str, str]:
    pairs = {each: each.partition("=") for each in written}
    bad = next((each for each, (name, mark, said) in pairs.items() if not (name and mark and said)), None)
    if bad is not None:
        raise SettingsError("bad_pair_option", "A pair is given as name=value", what=printable(bad[:20]))
    return {name: said for name, _, said in pairs.values()}


def _slot(slot: Slot, ours: str) -> dict[str, str]:
    return {"theirs": slot.theirs, "written": slot.written, "ours": ours}


def _explain(notation: str, slots: list[dict[str, str]]) -> None:
    """Beside the text, so that this alone can be piped on."""
    typer.echo(f"变量写法：{notation}", err=True)
    for slot in slots:
        typer.echo(f"  {slot['written']} ↔ {{{slot['ours']}}}", err=True)
