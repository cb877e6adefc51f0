"""`campaign-app segments FILE.jsonl`: encoding, length and parts of each text of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from campaign_app.cli.lines import BadLine, Line, answer, lines_of, object_in
from campaign_app.cli.words import fail
from campaign_app.streams import use_utf8

if TYPE_CHECKING:
    from collections.abc import Callable

    from campaign_app.compliance import Segments

app = typer.Typer(add_completion=False)


@app.command()
def segments(
    file: Annotated[Path, typer.Argument(help='每行一个 {"text": …}。')],
    profile: Annotated[str, typer.Option(help="cn（国内运营商，默认）或 gsm。")] = "cn",
    as_json: Annotated[bool, typer.Option("--json", help="每行输出一个 JSON 结果。")] = False,
) -> None:
    """计算每条短信的编码、字数和计费条数。"""
    from campaign_app.compliance import cn_segments, gsm_segments

    count = {"cn": cn_segments, "gsm": gsm_segments}.get(profile)
    if count is None:
        fail(f"没有 {profile} 这种计费方式，请用 cn 或 gsm。")
    failed = False
    for line in lines_of(file):
        result = counted(count, line)
        failed |= "error" in result
        if as_json:
            answer(result)
        else:
            typer.echo(_sentence(line.number, result))
    raise typer.Exit(1 if failed else 0)


def counted(count: Callable[[str], Segments], line: Line) -> dict[str, Any]:
    """The answer to one line, whatever it holds."""
    try:
        text = object_in(line).get("text")
    except BadLine as error:
        return {"error": str(error)}
    return asdict(count(text)) if isinstance(text, str) else {"error": str(line.bad("没有 text，或 text 不是文字"))}


def _sentence(number: int, result: Mapping[str, Any]) -> str:
    if "error" in result:
        return str(result["error"])
    return f"第 {number} 行：{result['encoding']}，{result['length']} 字，{result['segments']} 条"


if __name__ == "__main__":
    use_utf8()
    app()
