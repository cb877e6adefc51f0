"""Campaigns as a person reads them on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_app.cli.telling import Labels, counts, each, term


def _parts(told: Mapping[str, int]) -> dict[str, str]:
    return {f"{parts} 条": f"{people:,} 人" for parts, people in told.items()}


def _cost(yuan: float | None) -> str:
    return "未填单价" if yuan is None else f"{yuan:,.2f}"


_FINDING: Final[Labels] = {
    "rule": ("规则", None),
    "severity": ("级别", term("severity")),
    "message": ("内容", None),
    "fix": ("改法", None),
}
CAMPAIGN: Final[Labels] = {
    "id": ("编号", None),
    "name": ("名称", None),
    "state": ("状态", term("state")),
    "note": ("说明", term("state_note")),
    "covers": ("所看的那一份（--covers）", None),
    "counts": ("结果", counts("count")),
    "parts": ("还没有发出的", _parts),
    "cost": ("它们的费用（元）", _cost),
    "text": ("全文", None),
    "findings": ("提示", each(_FINDING)),
    "to_confirm": ("须由人确认的提醒", None),
}
CAMPAIGNS: Final[Labels] = {"campaigns": ("活动", each(CAMPAIGN))}
