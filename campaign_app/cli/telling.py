"""What a command tells, as a person reads it on a terminal; scripts get keys and codes, by `--json`.

A command's labels have for each key a label and what makes words of its value; None leaves the value as it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from campaign_app.cli.words import WORDS
from campaign_app.services.window import BEIJING

Say = Callable[[Any], object]
Labels = Mapping[str, tuple[str, Say | None]]
_ACTORS: Final = {"cli": "命令行", "window": "窗口", "worker": "后台进程", "platform": "平台", "": "本程序"}
_UNITS: Final = ("KB", "MB", "GB")
_STEP: Final = 1024


def readable(told: Mapping[str, Any], labels: Labels) -> dict[str, Any]:
    """In the order of `told`; what `labels` does not know stays as it is."""
    known = ((*labels.get(key, (key, None)), value) for key, value in told.items())
    return {label: value if said is None else said(value) for label, said, value in known}


def each(labels: Labels) -> Say:
    return lambda told: [readable(one, labels) for one in told]


def one(labels: Labels) -> Say:
    return lambda told: "" if told is None else readable(told, labels)


def term(table: str) -> Say:
    """Nothing of nothing."""
    return lambda code: WORDS.term(table, code) if code else ""


def terms(table: str) -> Say:
    return lambda codes: [WORDS.term(table, code) for code in codes]


def counts(table: str) -> Say:
    return lambda told: {WORDS.term(table, code): count(number) for code, number in told.items()}


def either(yes: str, no: str) -> Say:
    return lambda told: yes if told else no


def unless(nothing: str, said: Say = str) -> Say:
    """`nothing` where there is no value."""
    return lambda value: said(value) if value else nothing


def count(number: int) -> str:
    return f"{number:,}"


def seconds(told: float | None) -> str:
    return "" if told is None else f"{told:,.2f} 秒"


def moment(written: str | None) -> str:
    """In the civil time of China, whatever the zone that it was written in; nothing of nothing."""
    return f"{datetime.fromisoformat(written).astimezone(BEIJING):%Y-%m-%d %H:%M}" if written else ""


def size(told: int) -> str:
    """Of so many bytes."""
    if told < _STEP:
        return f"{told} 字节"
    power = min(int(math.log2(told)) // 10, len(_UNITS))
    return f"{told / _STEP**power:,.1f} {_UNITS[power - 1]}"


def actor(name: str) -> str:
    return _ACTORS.get(name, name)


def people(told: Sequence[str], nobody: str) -> str:
    return "、".join(told) or nobody
