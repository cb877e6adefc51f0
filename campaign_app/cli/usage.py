"""Help, and how a command was called wrongly, in the command line's own language; typer knows English only."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from typer import Typer, TyperException
from typer.core import TyperCommand, TyperGroup

# what the parser says of a whole call
_CALLS: Final = (
    (r"Missing (?:option|argument|parameter) '(.+)'\..*", r"缺少 \1"),
    (r"Missing command\.", "缺少子命令"),
    (r"No such command '(.+?)'.*", r"没有 \1 这个命令"),
    (r"No such option: (\S+).*", r"没有 \1 这个选项"),
    (r"Got unexpected extra argument\(s\) \((.+)\)", r"多出了 \1"),
    (r"Option '(.+)' does not take a value\.", r"\1 后面不能给值"),
    (r"Option '(.+)' requires an argument\.", r"\1 后面缺少值"),
)
# what it says of one value
_VALUES: Final = (
    (r"Input should be a valid integer.*", "应为整数"),
    (r"Input should be a valid number.*", "应为数字"),
    (r"Input should be greater than or equal to (.+)", r"不能小于 \1"),
    (r"Input should be less than or equal to (.+)", r"不能大于 \1"),
    (r"(?:Value error, )?'(.+)' is not one of (.+)\.", r"没有 \1 这一种，请用 \2"),
    (r"(?:Value error, )?'(.+)' does not match the formats? .+\.", r"\1 不是日期，应写作 2026-11-10"),
    (r"path '(.+)' is not readable\.", r"没有权限读取 \1"),
)
# what help itself says around a command's own words, wherever its lines are broken
_AROUND: Final = (
    (r"^Usage: ", "用法："),
    (r"\[OPTIONS\]", "[选项]"),
    (r"COMMAND\s+\[ARGS\]\.\.\.", "命令 [参数]"),
    (r"^Arguments:$", "参数："),
    (r"^Options:$", "选项："),
    (r"^Commands:$", "命令："),
    (r"Show\s+this\s+message\s+and\s+exit\.", "显示这段说明。"),
    (r"\[default: ?", "[默认："),
    (r"(\[默认：[^\];]*); ?", r"\1；"),
    (r"(?<=[\[；\s])(\d+)<=x<=(\d+)\]", r"\1 到 \2]"),
    (r"(?<=[\[；\s])x>=(\d+)\]", r"不小于 \1]"),
    (r"(?<=[\[；\s])required\]", "必填]"),
)
# what it calls the kinds of values, also where an option can be repeated
_KINDS: Final = {
    "int": "数",
    "int range": "数",
    "float": "数",
    "float range": "数",
    "str": "值",
    "path": "路径",
    "%Y-%m-%d": "年-月-日",
}
_A_KIND: Final = re.compile(r"<(?:list\[)?([^<>\[\]\n]+)\]?>")


def say_help(told: str) -> str:
    """What is not known here stays as it is, and columns stay where they are."""
    for pattern, said in _AROUND:
        told = re.sub(pattern, said, told, flags=re.MULTILINE)
    return re.sub(r" +$", "", _A_KIND.sub(_kind, told), flags=re.MULTILINE)


def _kind(found: re.Match[str]) -> str:
    """As wide as what stood there: a Chinese letter takes two columns."""
    said = f"<{_KINDS.get(found[1], found[1])}>"
    return said + " " * (len(found[0]) - len(said) - sum(letter > "\u2e80" for letter in said))


class _Command(TyperCommand):
    def get_help(self, ctx: Any) -> str:
        return say_help(super().get_help(ctx))


class _Group(TyperGroup):
    def get_help(self, ctx: Any) -> str:
        return say_help(super().get_help(ctx))


class Commands(Typer):
    """Commands whose help is in one language; settings are typer's."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"cls": _Group, **settings})

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Any], Any]:
        return super().command(name, **{"cls": _Command, **settings})


def say_usage(error: TyperException) -> str:
    """One sentence, and where the usage is told; help that was asked for, or what is not known here, as it is."""
    told = error.format_message()
    value = re.fullmatch(r"Invalid value for '(.+?)': (.+)", told, re.DOTALL)
    said = f"{value[1]} 的值不对：{_said(_VALUES, value[2]) or value[2]}" if value else _said(_CALLS, told)
    if not said:
        return told
    like = re.search(r"(?:Did you mean|Possible options:) ([^?)]+)", told)
    context = getattr(error, "ctx", None)
    usage = f"用法见 {context.command_path} --help。" if context is not None else ""
    return f"{said}。{f'是不是 {like[1]}？' if like else ''}".replace("'", "") + usage


def _said(known: tuple[tuple[str, str], ...], told: str) -> str:
    fits = ((re.fullmatch(pattern, told, re.DOTALL), said) for pattern, said in known)
    return next((found.expand(said) for found, said in fits if found), "")
