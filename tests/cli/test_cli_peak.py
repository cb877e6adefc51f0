"""`campaign-app peak`: plans, their lists, words, and everything paused, as JSON; what it says of mistakes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.customer import Entity
from tests.helpers.line import Line, new_line

ENTITY = "91330100MA0000001X"
DAYS = ("--days", "2026-11-10..2026-11-11")


@pytest.fixture
def line(tmp_path: Path) -> Line:
    return new_line(tmp_path)


def test_a_plan_is_made_confirmed_declared_and_everything_of_it_is_paused(line: Line) -> None:
    with line.open() as app:
        now = app.clock()
        app.workspace.accounts.add_entity(Entity(ENTITY, "安宁百货"))
        bare = app.workspace.campaigns.create(Campaign(0, "会员日", ENTITY, "retail", Filter(), "安宁百货", "您好"))
        later = replace(bare, state=CampaignState.SCHEDULED, send_at=now, window_end=now + timedelta(hours=1))
        app.workspace.campaigns.update(later, expected=CampaignState.DRAFT)
    made = line.here("peak", "add", "--name", "双十一", *DAYS, "--duty", "王丽=总值班 09:00–22:00")
    assert (made["state"], made["from"], made["until"]) == ("draft", "2026-11-10", "2026-11-11")
    assert made["duty"] == [{"name": "王丽", "when": "总值班 09:00–22:00"}]
    assert {"item": "duty", "state": "ok", "code": "duty"}.items() <= made["items"][9].items()
    told = line.here("peak", "confirm", "1", "support", "--name", "李", "--note", "已排班")
    assert {"name": "李", "note": "已排班"}.items() <= told["items"][12]["confirmed"].items()
    assert "support" not in told["open"]
    assert "support" in line.here("peak", "confirm", "1", "support", "--back")["open"]
    ready = line.here("peak", "state", "1", "ready", "--knowing")
    assert (ready["state"], ready["open_when_ready"]) == ("ready", ready["open"])
    changed = line.here("peak", "change", "1", "--days", "2026-11-11", "--entity", ENTITY)
    assert (changed["state"], changed["from"], changed["entities"]) == ("draft", "2026-11-11", [ENTITY])
    paused = line.here("peak", "pause-all", "1", "--drill")
    assert (paused["result"], paused["seconds"]) == ("nothing", None)
    (campaign,) = paused["campaigns"]
    assert (campaign["name"], campaign["was"], campaign["sending"]) == ("会员日", "scheduled", False)
    resumed = line.here("peak", "resume", str(paused["pause"]))
    assert (resumed["resumed"], resumed["late"], resumed["changed"]) == ([campaign["campaign"]], [], [])
    shown = line.here("peak", "show", "1")
    assert [each["pause"] for each in shown["pauses"]] == [paused["pause"]]
    assert line.here("peak", "list")["plans"][0]["name"] == "双十一"


def test_mistakes_are_one_sentence(line: Line) -> None:
    for words, sentence in (
        (("add", "--name", "双十一", "--days", "十一月"), "不是日期"),
        (("add", "--name", "双十一", "--days", "2026-11-11..2026-11-10"), "早于"),
        (("add", "--name", "双十一", *DAYS, "--duty", "王丽=13800000000"), "电话"),
        (("show", "7"), "没有这个预案"),
        (("state", "1", "done"), "draft"),
        (("confirm", "1", "support"), "谁确认"),
        (("resume", "7"), "没有"),
    ):
        status, _, said = line.call("peak", *words, *line.options)
        assert (status, sentence in said) == (2, True), said
