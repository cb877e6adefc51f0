"""Files of one JSON object a line: read whatever they hold, answer every line."""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from campaign_app.cli.words import fail

_HEAD: Final = 1024
_UTF16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)  # UTF-32-LE begins as UTF-16-LE
_UTF16_OBJECTS: Final = ('{"'.encode("utf-16-le"), '{"'.encode("utf-16-be"))

_REASONS: Final[Mapping[type[OSError], str]] = {
    FileNotFoundError: "文件不存在",
    IsADirectoryError: "这是文件夹，不是文件",
    PermissionError: "没有读取权限",
}


class BadLine(ValueError):
    """The line holds no JSON object, or not what is asked for; the message says which line, and why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it stands in the file, without its end; `number` counts from 1."""

    number: int
    raw: bytes

    def bad(self, why: str) -> BadLine:
        return BadLine(f"第 {self.number} 行：{why}")


def lines_of(path: Path) -> Iterator[Line]:
    """Its lines, ended by LF or CRLF, without a byte order mark. Ends the program if the file cannot be read.

    A file in UTF-16 or UTF-32 has no lines to answer and is refused; any other line that is no UTF-8 is a bad line.
    """
    try:
        with path.open("rb") as file:
            if _is_utf16(file.read(_HEAD)):
                fail(f"{path} 是 UTF-16 或 UTF-32 编码的文件，请另存为 UTF-8 后重试。")
            file.seek(0)
            for number, raw in enumerate(file, 1):
                line = raw.removesuffix(b"\n").removesuffix(b"\r")
                yield Line(number, line.removeprefix(codecs.BOM_UTF8) if number == 1 else line)
    except OSError as error:
        fail(f"无法读取 {path}：{_reason(error)}。")


def object_in(line: Line) -> Mapping[str, Any]:
    """The JSON object of a line. Raises BadLine."""
    try:
        text = line.raw.decode("utf-8")
        data = json.loads(text)
    except RecursionError:
        raise line.bad("嵌套过深，无法解析") from None
    except UnicodeDecodeError as error:
        raise line.bad(f"不是 UTF-8 编码（第 {error.start + 1} 个字节）") from None
    except json.JSONDecodeError as error:
        raise line.bad(f"不是 JSON（第 {error.pos + 1} 个字符）" if text.strip() else "空行") from None
    except ValueError:  # a number of more digits than are read
        raise line.bad("数字过长，无法解析") from None
    if not isinstance(data, dict):
        raise line.bad("不是 JSON 对象")
    return data


def _reason(error: OSError) -> str:
    return next((words for kind, words in _REASONS.items() if isinstance(error, kind)), "读取失败")


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


def _is_utf16(head: bytes) -> bool:
    """By its mark, if a NUL follows as in every such file of JSON; without a mark by how an object begins."""
    marked = head.startswith(_UTF16_MARKS) and b"\0" in head
    return marked or head.startswith(_UTF16_OBJECTS)
