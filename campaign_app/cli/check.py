"""`campaign-app check FILE.jsonl`: what the compliance engine says of each message of a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from campaign_app import assets
from campaign_app.cli.keys import PassphraseOption, open_for
from campaign_app.cli.lines import BadLine, Line, answer, lines_of, object_in, printable
from campaign_app.cli.words import WORDS
from campaign_app.streams import use_utf8

if TYPE_CHECKING:
    from campaign_app.compliance import CheckResult, Engine
    from campaign_app.domain.finding import Citation, Finding

app = typer.Typer(add_completion=False)
_COLOURS = {"block": "red", "warn": "yellow", "pass": "green"}


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="每行一条短信（JSON）。")],
    as_json: Annotated[bool, typer.Option("--json", help="每行输出一个 JSON 结果。")] = False,
    workspace: Annotated[
        Path | None, typer.Option("--workspace", help="工作区文件夹；不给出时只用程序自带的规则。")
    ] = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """核对每条短信的签名、文字和时间。给出 --workspace 时，按该工作区的自有规则和停用的规则核对。"""
    engine = _programs_own() if workspace is None else _of(workspace, passphrase_file)
    show = answer if as_json else _table
    failed = False
    for line in lines_of(file):
        result = checked(engine, line)
        failed |= "error" in result
        show(result)
    raise typer.Exit(1 if failed else 0)


def _programs_own() -> Engine:
    from campaign_app.compliance import engine_of, load_all

    return engine_of(load_all(assets.path("rules")))


def _of(workspace: Path, passphrase_file: Path | None) -> Engine:
    """The rules in force there; what is wrong with its own packs is said beside the answers, not among them."""
    with open_for(workspace, passphrase_file) as opened:
        current = opened.rules.current()
    if current.problem is not None:
        typer.echo(WORDS.error(current.problem), err=True)
        typer.echo("自有规则没有采用，按上一次可用的版本核对。", err=True)
    return current.engine


def checked(engine: Engine, line: Line) -> dict[str, Any]:
    """The answer to one line, whatever it holds."""
    from campaign_app.compliance.message import BadRequest, request_from_json
    from campaign_app.compliance.template import MOST

    named: str | int | None = None
    try:
        data = object_in(line)
        named = _id_of(line, data)
        result = engine.check(request_from_json(data))
        if result.left_out:
            size = len(result.final_text) + result.left_out
            return {"id": named, "error": str(line.bad(f"代入变量后全文 {size} 字，超过可以核对的 {MOST} 字"))}
        return _answer(named, result)
    except BadRequest:
        return {"id": named, "error": str(line.bad("没有 body，或 body 不是文字"))}
    except BadLine as error:
        return {"id": named, "error": str(error)}


def _id_of(line: Line, data: Mapping[str, Any]) -> str | int:
    named = data.get("id")
    if isinstance(named, bool) or not isinstance(named, str | int):
        raise line.bad("没有 id")
    return named


def _answer(named: str | int, result: CheckResult) -> dict[str, Any]:
    return {
        "id": named,
        "verdict": result.verdict,
        "final_text": result.final_text,
        "encoding": result.segments.encoding,
        "length": result.segments.length,
        "segments": result.segments.segments,
        "findings": [found_json(finding) for finding in result.findings],
    }


def found_json(finding: Finding) -> dict[str, Any]:
    """As every command prints a finding."""
    return {
        "rule": finding.rule_id,
        "severity": finding.severity.word,
        "start": finding.span.start,
        "end": finding.span.end,
        "text": finding.text,
        "message": finding.message,
        "citation": {**_citation(finding.citation), "beside": [_citation(one) for one in finding.beside]},
        "fix": finding.fix,
    }


def _citation(citation: Citation) -> dict[str, Any]:
    return {
        "law": citation.law,
        "article": citation.article,
        "verified": citation.verified,
        "url": citation.url,
    }


def _table(result: Mapping[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    name = [] if result["id"] is None else [Text(printable(str(result["id"])), style="bold")]
    if "error" in result:
        console.print(*name, Text(f"无法核对：{printable(result['error'])}", style="red"))
        return
    verdict = Text(WORDS.term("verdict", result["verdict"]), style=_COLOURS[result["verdict"]])
    console.print(*name, verdict, f"{result['length']} 字，{result['segments']} 条")
    if not result["findings"]:
        return
    table = Table("级别", "规则", "文字", "说明", "改为", "依据")
    for finding in result["findings"]:
        level = WORDS.term("severity", finding["severity"])
        law = "；".join(map(_law, (finding["citation"], *finding["citation"]["beside"])))
        cells = (level, finding["rule"], finding["text"], finding["message"], finding["fix"], law)
        table.add_row(*(Text(printable(cell), overflow="fold") for cell in cells))
    console.print(table)


def _law(citation: Mapping[str, Any]) -> str:
    named = " ".join(filter(None, (citation["law"], citation["article"])))
    return named if citation["verified"] else f"{named}（未核实）"


if __name__ == "__main__":
    use_utf8()
    app()
