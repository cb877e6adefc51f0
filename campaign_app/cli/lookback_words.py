"""Look-backs and what is to be put right, as a person reads them on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from campaign_app.cli.telling import Labels, actor, count, each, either, moment, people, readable, term, unless
from campaign_app.cli.words import WORDS
from campaign_app.domain.lookback import Ground
from campaign_app.services.window import BEIJING


def _reason(code: str) -> str:
    return WORDS.term("lookback_ground" if code in set(Ground) else "reason", code)


def _last_day(until: str) -> str:
    """The end of a scope is the first moment behind it."""
    return f"{datetime.fromisoformat(until).astimezone(BEIJING) - timedelta(milliseconds=1):%Y-%m-%d}"


def _day(since: str) -> str:
    return f"{datetime.fromisoformat(since).astimezone(BEIJING):%Y-%m-%d}"


def _found(told: Mapping[str, Any], labels: Labels) -> dict[str, Any]:
    """Where a signature cannot be used, its rules say why."""
    refused = told["reason"] == Ground.SIGNATURE_REFUSED
    rules = [WORDS.term("signature_problem", each) if refused else each for each in told["rules"]]
    return readable({**told, "rules": rules}, labels)


_GROUP: Final[Labels] = {
    "campaign": ("活动", None),
    "kind": ("结论", term("lookback_kind")),
    "reason": ("原因", _reason),
    "era": ("先后", term("lookback_era")),
    "rules": ("规则", None),
    "messages": ("条数", count),
}
_ROW: Final[Labels] = {
    "message": ("短信", None),
    "campaign": ("活动", None),
    "shop": ("店铺", None),
    "ref": ("客户标识", None),
    "name": ("客户", None),
    "phone": ("手机号", None),
    "sent_at": ("发送于", moment),
    "kind": ("结论", term("lookback_kind")),
    "reason": ("原因", _reason),
    "era": ("先后", term("lookback_era")),
    "rules": ("规则", None),
    "also": ("另有原因", lambda told: [_reason(code) for code in told]),
    "moment": ("从何时起", moment),
    "text": ("原文", None),
    "consent_then": ("发送时的同意", term("consent_status")),
    "consent_now": ("现在的同意", term("consent_status")),
}


def _groups(told: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [_found(group, _GROUP) for group in told]


RUN: Final[Labels] = {
    "id": ("编号", None),
    "state": ("状态", term("lookback_state")),
    "from": ("发送日期从", _day),
    "until": ("到（含）", _last_day),
    "campaigns": ("活动", unless("全部", lambda told: people([str(each) for each in told], ""))),
    "asked_by": ("谁开始", actor),
    "asked_at": ("开始于", moment),
    "rule_packs": ("规则版本", None),
    "total": ("范围内的短信", count),
    "looked": ("已复查", count),
    "ok": ("现在仍可发送", count),
    "finding": ("须整改", count),
    "since": ("发送后撤回", count),
    "unlooked": ("无法复查", count),
    "note": ("停下的原因", term("state_note")),
    "groups": ("按原因", _groups),
    "rows": ("短信", lambda told: [_found(row, _ROW) for row in told]),
}
RUNS: Final[Labels] = {"runs": ("回头看", each(RUN))}
DIFFERENCE: Final[Labels] = {
    "older": ("较早的一次", None),
    "newer": ("较晚的一次", None),
    "new": ("新出现的", count),
    "gone": ("已消失的", count),
    "same": ("没变的", count),
    "new_groups": ("新出现的，按原因", _groups),
    "gone_groups": ("已消失的，按原因", _groups),
}
TASK: Final[Labels] = {
    "id": ("编号", None),
    "lookback": ("回头看", None),
    "campaign": ("活动", None),
    "what": ("要做什么", None),
    "owner": ("负责人", None),
    "due": ("期限", None),
    "done": ("状态", either("已完成", "未完成")),
    "note": ("备注", None),
    "changed_by": ("最近改动的人", actor),
    "changed_at": ("最近改动", moment),
}
TASKS: Final[Labels] = {"tasks": ("整改项", each(TASK))}
