"""Files of one JSON object a line: read whatever they hold, answer every line."""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from campaign_app.cli.words import fail

_CHUNK = 1 << 20


class BadLine(ValueError):
    """The line holds no JSON object; the message says why."""


def lines_of(path: Path) -> Iterator[str]:
    """Its lines, ended by LF or CRLF, without a byte order mark. Ends the program if the file cannot be read."""
    try:
        _require_utf8(path)
        with path.open("rb") as file:
            for number, raw in enumerate(file):
                line = raw.removesuffix(b"\n").removesuffix(b"\r")
                yield (line.removeprefix(codecs.BOM_UTF8) if number == 0 else line).decode("utf-8")
    except UnicodeDecodeError:
        fail(f"{path} 不是 UTF-8 编码的文件，请另存为 UTF-8 后重试。")
    except OSError as error:
        fail(f"无法读取 {path}：{error.strerror or error}。")


def object_in(line: str) -> Mapping[str, Any]:
    """The JSON object of a line. Raises BadLine."""
    try:
        data = json.loads(line)
    except RecursionError:
        raise BadLine("嵌套过深，无法解析") from None
    except ValueError as error:
        raise BadLine(f"不是 JSON：{error}" if line.strip() else "空行") from None
    if not isinstance(data, dict):
        raise BadLine("不是 JSON 对象")
    return data


def answer(result: Mapping[str, Any]) -> None:
    """One line of JSON in UTF-8, whatever the console's encoding; a lone surrogate stays an escape."""
    try:
        line = json.dumps(result, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        line = json.dumps(result).encode("ascii")
    sys.stdout.flush()
    sys.stdout.buffer.write(line + b"\n")


def printable(text: str) -> str:
    """For a console: without lone surrogates and control characters."""
    return "".join(char if char.isprintable() else "�" for char in text)


def _require_utf8(path: Path) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
