"""`campaign-app gate`: the gate's answer to each line of a case file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from campaign_app.cli.keys import JsonOption
from campaign_app.cli.lines import BadLine, Line, answer, lines_of, object_in, printable
from campaign_app.cli.words import WORDS
from campaign_app.consent.casefile import judge_case
from campaign_app.domain.consent import Reason


def gate(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="每行一个案例。")],
    as_json: JsonOption = False,
) -> None:
    """逐行回答：此人现在能不能收到这条短信，为什么。"""
    failed = False
    for line in lines_of(file):
        result = judged(line)
        failed |= "error" in result
        if as_json:
            answer(result)
        else:
            _say(result)
    raise typer.Exit(1 if failed else 0)


def judged(line: Line) -> dict[str, Any]:
    """The answer to one line, whatever it holds."""
    try:
        case = object_in(line)
    except BadLine as error:
        return {"id": None, "error": str(error)}
    named = case.get("id")
    if not isinstance(named, str | int) or isinstance(named, bool):
        return {"id": None, "error": str(line.bad("没有 id"))}
    reason = judge_case(case)
    return {"id": named, "allowed": reason is Reason.OK, "reason": reason.value}


def _say(result: dict[str, Any]) -> None:
    words = result.get("error") or WORDS.term("reason", result["reason"])
    name = "" if result["id"] is None else f"{printable(str(result['id']))}  "
    typer.echo(f"{'✓' if result.get('allowed') else '✗'} {name}{words}")
