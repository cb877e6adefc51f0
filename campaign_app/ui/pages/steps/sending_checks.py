"""The words of the pre-flight's checks, and where each of them is mended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QObject

from campaign_app.services.situation import Check
from campaign_app.ui import show
from campaign_app.ui.viewmodels.preflight import PreflightState
from campaign_app.ui.widgets.checklist import Item
from campaign_app.words import Words

# key → (step, field) of the editor; "settings" and "worker" lie elsewhere
PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "unfinished": ("audience", "unfinished"),
    "unkept_audience": ("audience", "filter"),
    "unkept_text": ("content", "body"),
    "audience": ("screening", "start"),
    "approval": ("screening", "start"),
    "recipients": ("audience", "filter"),
    "text": ("content", "body"),
    "fit": ("content", "body"),
    "approver": ("content", "body"),
    "warning": ("content", "body"),
    "signature": ("content", "signature"),
    "window": ("sending", "time"),
    "cost": ("sending", "budget"),
    "cost_count": ("screening", "start"),
    "cost_price": ("settings", "money"),
    "cost_month": ("settings", "money"),
    "balance": ("settings", "accounts"),
    "sender": ("settings", "accounts"),
    "replies": ("settings", "accounts"),
    "stuck": ("settings", "accounts"),
    "authorisation": ("settings", "accounts"),
    "templates": ("settings", "accounts"),
    "worker": ("worker", ""),
}


# what is put right in 签名与模板
TO_RECORD: Final = frozenset({"signature_unscoped", "signature_owner_open"})
# nothing to be mended by whoever looks at it
_NOT_MENDED: Final = frozenset({"recipients_unknown", "screening", "same_person", "another_needed"})
# of many names, and of long ones, some are shown; the tooltip has all
FEW: Final = 3
SOME: Final = 8
LONG: Final = 90  # characters, some three lines
# no trouble: known once the screening is done
_WAITING: Final = frozenset({"recipients_unknown", "screening"})
_OF_SETTINGS: Final = frozenset(
    {"balance", "sender", "replies", "stuck", "authorisation", "templates", "cost_price", "cost_month"}
)


class CheckWords(QObject):
    def items(self, state: PreflightState, words: Words, *, ticking: bool) -> list[Item]:
        """`ticking`: warnings can be confirmed now."""
        return [self._item(check, state.confirmed, words, ticking=ticking) for check in state.checks]

    def summary(self, items: Sequence[Item]) -> str:
        levels = Counter(item.level for item in items)
        if levels["block"]:
            return self.tr("有 %Ln 项要先处理", "", levels["block"])
        if levels["warn"]:
            return self.tr("有 %Ln 项请您看一下", "", levels["warn"])
        return self.tr("等核验完成") if levels["info"] else self.tr("全部通过")

    def foreseen(self, stops: Sequence[Check], words: Words) -> str:
        """What stands in the way of a scheduled campaign, and what will become of it; "" if nothing does."""
        if not stops:
            return ""
        items = (self._item(check, frozenset(), words, ticking=False) for check in stops)
        told = (self.tr("{}：{}").format(item.title, item.text) for item in items)
        first = self.tr("照现在的情况，到时不会发出，会停下等您处理；余下的人和批准都保留。")
        return "\n".join((first, *told))

    def by_another(self, state: PreflightState, words: Words) -> str:
        """Why whoever looks at it may not approve it though their role does; "" if they may."""
        check = state.by_another
        return "" if check is None else words.term("check", check.code).format_map(check.facts)

    def missing(self, state: PreflightState, *, approved: bool) -> str:
        """What is still to be done before the approval, or after it before the sending; "" if nothing is."""
        if not state.ready_to_approve:
            return ""
        waits = []
        if state.open_warnings:
            waits.append(self.tr("确认 %Ln 条提醒", "", len(state.open_warnings)))
        if not approved and not state.count_right:
            waits.append(self.tr("输入人数"))
        return self.tr("还需：{}").format(self.tr("、").join(waits)) if waits else ""

    def _item(self, check: Check, confirmed: frozenset[str], words: Words, *, ticking: bool) -> Item:
        kind, _, rule = check.key.partition(":")
        facts = {name: self._fact(value, check.level) for name, value in check.facts.items()}
        level = "info" if check.code in _WAITING else "ok" if rule in confirmed else check.level
        return Item(
            key=check.key,
            level=level,
            state=self._state(level),
            title=words.term("check_title", kind),
            text=words.term("check", check.code).format_map(facts),
            mend="" if level == "ok" else self._mend(check, kind),
            ticked=rule in confirmed if rule and ticking else None,
            confirm=self.tr("我已确认，按此发送") if rule and ticking else "",
            why=str(check.facts.get("law", "")) or _all(check),
        )

    def _state(self, level: str) -> str:
        words = {"ok": self.tr("通过"), "info": self.tr("等核验"), "warn": self.tr("请看"), "block": self.tr("未通过")}
        return words[level]

    def _fact(self, value: str | int | tuple[str, ...], level: str) -> str:
        if isinstance(value, tuple):
            few = _few(value, *(1, FEW) if level == "ok" else (FEW, SOME))
            shown = self.tr("、").join(few)
            return shown if few == value else self.tr("{} 等 {} 个").format(shown, show.count(len(value)))
        return show.count(value) if isinstance(value, int) else value

    def _mend(self, check: Check, kind: str) -> str:
        if kind in ("worker", "window"):
            return self.tr("重新启动") if kind == "worker" else self.tr("选时间")
        if check.code in _NOT_MENDED:
            return ""
        if kind in {"audience", "approval", "cost_count"}:
            return "" if check.code == "aged" else self.tr("去核验")
        if check.code in TO_RECORD:
            return self.tr("去登记")
        if kind in _OF_SETTINGS:
            return self.tr("去设置")
        return self.tr("去修改")


def _few(names: tuple[str, ...], least: int, most: int) -> tuple[str, ...]:
    few = names[:most]
    while len(few) > least and sum(map(len, few)) > LONG:
        few = few[:-1]
    return few


def _all(check: Check) -> str:
    names = check.facts.get("names")
    return "\n".join(names) if isinstance(names, tuple) and len(names) > 1 else ""
