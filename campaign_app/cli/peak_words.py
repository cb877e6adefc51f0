"""Plans for a peak, their lists and every pause of everything, as a person reads them on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from campaign_app.cli.telling import (
    Labels,
    actor,
    count,
    each,
    either,
    moment,
    people,
    readable,
    seconds,
    term,
    terms,
    unless,
)
from campaign_app.cli.words import WORDS


def _duty(told: list[Mapping[str, str]]) -> str:
    return people([f"{duty['name']}（{duty['when']}）" if duty["when"] else duty["name"] for duty in told], "没有写")


def _items(told: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "项目": _named(item),
            "状态": WORDS.term("peak_standing", item["state"]),
            "说明": _sentence(item),
            "确认": "" if item["confirmed"] is None else _word(item["confirmed"]),
        }
        for item in told
    ]


def _named(item: Mapping[str, Any]) -> str:
    """With the name by which `peak confirm` knows what a person may answer."""
    title = WORDS.term("peak_item", item["item"])
    return f"{title}（{item['item']}）" if item["asks"] else title


def _sentence(item: Mapping[str, Any]) -> str:
    """As the window says it; what a person alone can answer is asked."""
    if item["code"] == "asked":
        return WORDS.term("peak_asked", item["item"])
    facts = {name: _fact(fact) for name, fact in item["facts"].items()}
    return WORDS.term("peak_check", item["code"]).format_map(facts)


def _fact(fact: str | int | list[str]) -> str:
    if isinstance(fact, list):
        return people(fact, "还没有主体")
    return count(fact) if isinstance(fact, int) else fact


def _word(said: Mapping[str, str]) -> str:
    note = f"：{said['note']}" if said["note"] else ""
    return f"{said['name']} 于 {moment(said['at'])} 确认{note}"


_STOPS: Final[Labels] = {
    "name": ("名称", None),
    "campaign": ("活动", None),
    "was": ("下令时状态", term("state")),
    "sending": ("正在发送", None),
    "batches": ("批数", count),
    "messages": ("下令后条数", count),
    "unanswered": ("没有答复", count),
    "seconds": ("停下用时", seconds),
}
_COUNTED: Final[Labels] = {"campaigns": ("活动数", count)}
PAUSE: Final[Labels] = {
    "pause": ("全部暂停", None),
    "plan": ("预案", None),
    "drill": ("性质", either("演练", "真实")),
    "asked_by": ("谁下令", actor),
    "asked_at": ("下令时间", moment),
    "result": ("结果", term("peak_result")),
    "seconds": ("停下用时", seconds),
    "messages": ("下令后条数", count),
    "unanswered": ("没有答复", count),
    "campaigns": ("活动", each(_STOPS)),
    "resumed_at": ("恢复时间", moment),
    "resumed": ("已恢复的活动", None),
    "late": ("发送时段已过的活动", None),
    "changed": ("已被别人改动的活动", None),
}


def _pauses(told: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each in a line: of its campaigns how many they were."""
    return [readable({**pause, "campaigns": len(pause["campaigns"])}, {**PAUSE, **_COUNTED}) for pause in told]


PLAN: Final[Labels] = {
    "id": ("编号", None),
    "name": ("名称", None),
    "from": ("第一天", None),
    "until": ("最后一天", None),
    "entities": ("主体", unless("全部", lambda told: people(told, ""))),
    "duty": ("值班", _duty),
    "state": ("状态", term("peak_state")),
    "open_when_ready": ("标记就绪时没办好的", terms("peak_item")),
    "changed_by": ("最近改动的人", actor),
    "changed_at": ("最近改动", moment),
    "items": ("清单", _items),
    "open": ("没办好的", terms("peak_item")),
    "pauses": ("全部暂停的记录", _pauses),
}
PLANS: Final[Labels] = {"plans": ("预案", each(PLAN))}
