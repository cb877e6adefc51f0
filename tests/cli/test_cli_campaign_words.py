"""What a person reads of a campaign on a terminal: words, where a script gets codes."""

from __future__ import annotations

from typing import Any

from campaign_app.cli.campaign_words import CAMPAIGN, CAMPAIGNS
from campaign_app.cli.telling import readable
from campaign_app.domain.campaign import CampaignState

TOLD: dict[str, Any] = {
    "id": 6, "name": "双十一", "state": "paused", "note": "by_user", "covers": "92", "funnel": {"ok": 3},
    "counts": {"submitted": 2, "opt_outs": 1}, "parts": {"2": 1200}, "cost": 90.0, "to_confirm": ["ABS-002"],
    "findings": [{"rule": "ABS-002", "severity": "warn", "message": "需要依据", "fix": "提供依据"}],
}  # fmt: skip


def test_codes_are_said_in_words() -> None:
    told = readable(TOLD, CAMPAIGN)
    assert told == {
        "编号": 6, "名称": "双十一", "状态": "已暂停", "说明": told["说明"], "所看的那一份（--covers）": "92",
        "funnel": {"ok": 3}, "结果": {"已提交": "2", "退订": "1"}, "还没有发出的": {"2 条": "1,200 人"},
        "它们的费用（元）": "90.00",
        "须由人确认的提醒": ["ABS-002"],
        "提示": [{"规则": "ABS-002", "级别": "提醒", "内容": "需要依据", "改法": "提供依据"}],
    }  # fmt: skip
    assert "by_user" not in told["说明"]
    assert readable({"note": "", "cost": None}, CAMPAIGN) == {"说明": "", "它们的费用（元）": "未填单价"}
    assert readable({"campaigns": [{"state": "done"}]}, CAMPAIGNS) == {"活动": [{"状态": "已完成"}]}


def test_every_state_has_its_word() -> None:
    assert not {readable({"state": each.value}, CAMPAIGN)["状态"] for each in CampaignState} & {*CampaignState}
