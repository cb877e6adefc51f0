"""Complaint cases and what came of a file of them, as a person reads them on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from campaign_app.cli.telling import Labels, actor, count, each, either, moment, size, term
from campaign_app.cli.words import WORDS
from campaign_app.domain.complaint import Action


def _due(told: Mapping[str, Any] | None) -> str:
    """Until which day what is to be done, and how sure that day is."""
    if told is None:
        return ""
    left = told["left"]
    days = f"还有 {left} 天" if left > 0 else f"超期 {-left} 天" if left else "今天到期"
    guessed = "、".join(map(str, told["weekends_only"]))
    doubts = (
        ("这是征求意见稿，从未生效，只作内部期限", told["draft"]),
        ("条文未与原文核对", not told["verified"]),
        (f"{guessed} 年的节假日安排还没有，只按周末计算", guessed),
    )
    law = "；".join((told["law"], *(words for words, doubtful in doubts if doubtful)))
    return f"{told['day']} 前{WORDS.term('complaint_timer', told['timer'])}，{days}（依据：{law}）"


def _history(told: list[Mapping[str, str]]) -> list[dict[str, str]]:
    return [
        {
            "时间": moment(line["at"]),
            "谁": actor(line["by"]),
            "做了什么": WORDS.term("complaint_action", line["action"]),
            "内容": _written(Action(line["action"]), line["text"]),
        }
        for line in told
    ]


def _written(action: Action, text: str) -> str:
    """What a person wrote, or the words for a code; numbers say nothing here."""
    if action is Action.UNMATCHED:
        return WORDS.term("complaint_why", text)
    if action is Action.PACKED:
        return f"SHA-256 {text}"
    return "" if action in {Action.MATCHED, Action.ENTERED} else text


_CANDIDATE: Final[Labels] = {
    "message": ("短信", None),
    "campaign": ("活动", None),
    "campaign_id": ("活动编号", None),
    "signature": ("签名", None),
    "sent_at": ("发送于", moment),
    "outcome": ("结果", term("outcome")),
    "signature_differs": ("与投诉里写的签名", either("不同", "")),
}
CASE: Final[Labels] = {
    "case": ("案件", None),
    "entity": ("主体", None),
    "source": ("来源", term("complaint_source")),
    "way": ("登记方式", term("complaint_way")),
    "number": ("投诉编号", None),
    "who": ("投诉人", None),
    "state": ("状态", term("complaint_state")),
    "why": ("为什么没有对应短信", term("complaint_why")),
    "owner": ("负责人", None),
    "made_at": ("投诉时间", moment),
    "received_at": ("收到时间", moment),
    "port": ("投诉里写的端口", None),
    "signature": ("投诉里写的签名", None),
    "campaign_id": ("活动编号", None),
    "message": ("短信", None),
    "due": ("期限", _due),
    "text": ("投诉内容", None),
    "candidates": ("可能对应的短信", each(_CANDIDATE)),
    "history": ("经过", _history),
}
PACK: Final[Labels] = {
    "file": ("文件", None),
    "bytes": ("大小", size),
    "sha256": ("SHA-256", None),
    "head": ("审计链头", None),
    "files": ("包里有", None),
}
# of a file of complaints, and of one of numbers
ROWS: Final[Labels] = {
    "dry_run": ("试运行", either("是，没有改动任何内容", "否")),
    "rows": ("行数", count),
    "added": ("登记", count),
    "new": ("加入", count),
    "known": ("本来就在名单里", count),
    "repeated": ("文件里重复", count),
    "refused": ("不能采用的行", count),
    "refused_by_reason": ("为什么不能", None),
}
