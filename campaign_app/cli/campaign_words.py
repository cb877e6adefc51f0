"""Campaigns as a person reads them on a terminal; scripts get the codes, by `--json`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from campaign_app.cli.words import WORDS


def readable(told: Mapping[str, Any]) -> dict[str, Any]:
    """What a command tells of a campaign, with the words for keys and codes; what has none stays as it is."""
    known = ((*_KNOWN.get(key, (key, None)), value) for key, value in told.items())
    return {label: value if said is None else said(value) for label, said, value in known}


def _each(told: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [readable(each) for each in told]


def _counts(told: Mapping[str, int]) -> dict[str, int]:
    return {WORDS.term("count", name): count for name, count in told.items()}


def _parts(told: Mapping[str, int]) -> dict[str, str]:
    return {f"{parts} 条": f"{people:,} 人" for parts, people in told.items()}


def _cost(yuan: float | None) -> str:
    return "未填单价" if yuan is None else f"{yuan:,.2f}"


def _note(code: str) -> str:
    return WORDS.term("state_note", code) if code else ""


_KNOWN: Final[Mapping[str, tuple[str, Callable[[Any], object] | None]]] = {
    "id": ("编号", None),
    "name": ("名称", None),
    "state": ("状态", partial(WORDS.term, "state")),
    "note": ("说明", _note),
    "counts": ("结果", _counts),
    "parts": ("还没有发出的", _parts),
    "cost": ("它们的费用（元）", _cost),
    "text": ("全文", None),
    "findings": ("提示", _each),
    "to_confirm": ("须由人确认的提醒", None),
    "campaigns": ("活动", _each),
    "rule": ("规则", None),
    "severity": ("级别", partial(WORDS.term, "severity")),
    "message": ("内容", None),
    "fix": ("改法", None),
}
