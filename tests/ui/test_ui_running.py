"""发送 once it has begun: how far it is, pausing and going on, why it waits, and its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from ui_sending import Open, answer, app, open_step, staged

from campaign_app import bootstrap
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.ports import Job
from campaign_app.storage.stood_in import Awaited
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.campaigns import CampaignsPage
from campaign_app.ui.viewmodels.campaign import CampaignView
from campaign_app.ui.viewmodels.progress import run_of
from tests.helpers.staged import Staged

__all__ = ["app", "open_step", "staged"]  # fixtures


def test_how_far_a_sending_is() -> None:
    campaign = Campaign(1, "x", "e", "retail", None)
    run = run_of(CampaignView(campaign, {"ok": 10, "declined": 5}, {"submitted": 4, "withheld": 1, "accepted": 3}))
    assert (run.total, run.handled, run.left) == (10, 5, 5)
    assert run_of(CampaignView(campaign)).left == 0


def test_a_sending_is_paused_gone_on_with_and_cancelled(
    staged: Staged, open_step: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = staged.approved()
    staged.app.campaigns.schedule(campaign.id, send_at=None, actor="李")
    staged.put_state(campaign.id, CampaignState.SENDING)
    made = open_step(staged.app.campaigns.get(campaign.id))
    view = made.step.run.view
    assert "接着发" in view.hint.text()
    monkeypatch.setattr(bootstrap, "awaited_hosts", lambda _: Awaited(2, datetime(2026, 11, 10, 2, tzinfo=UTC)))
    made.model.load()
    assert view.pace.text().endswith("核对完自动继续，最迟等到 10:00。"), "behind a server that took over"
    qtbot.mouseClick(view.buttons["pause"], Qt.MouseButton.LeftButton)
    assert staged.app.campaigns.get(campaign.id).state is CampaignState.PAUSED
    assert view.pill.text == "已暂停"
    qtbot.mouseClick(view.buttons["resume"], Qt.MouseButton.LeftButton)
    assert staged.app.campaigns.get(campaign.id).state is CampaignState.SENDING
    asked = answer("confirm_no")
    view.buttons["cancel"].click()
    assert asked == ["取消活动？还有 7 人没有发送"]
    answer("confirm_yes")
    view.buttons["cancel"].click()
    assert staged.app.campaigns.get(campaign.id).state is CampaignState.CANCELLING


def test_whoever_sent_a_wrong_text_is_led_to_a_copy_of_it(
    staged: Staged, open_step: Open, inline_desk: Desk, qtbot: QtBot
) -> None:
    campaign = staged.approved()
    staged.put_state(campaign.id, CampaignState.PAUSED, state_note="by_user")
    made = open_step(staged.app.campaigns.get(campaign.id))
    view = made.step.run.view
    assert "文案写错了" not in view.hint.text(), "as long as nobody received it"
    made.step.run.render_view(replace(made.model.view, counts={"submitted": 4, "accepted": 4}))
    assert view.hint.text().startswith("文案写错了就不要继续：取消活动，再复制一份改好")
    assert view.buttons["copy"].isHidden(), "two of them could both go on"
    staged.put_state(campaign.id, CampaignState.CANCELLED, state_note="by_user")
    made.model.load()
    qtbot.waitUntil(view.buttons["copy"].isVisible)
    page = CampaignsPage(inline_desk)
    qtbot.addWidget(page)
    inline_desk.way.went.connect(lambda _, what: page.open(what))
    view.buttons["copy"].click()
    qtbot.waitUntil(lambda: page.editor is not None)
    assert page.model.current is not None
    assert page.model.current.view.campaign.name == "双十一（副本）"
    assert (page.model.current.view.campaign.body, page.model.step) == (campaign.body, "content")
    page.model.close()


def test_one_that_came_with_a_copy_goes_on_only_knowingly(staged: Staged, open_step: Open, qtbot: QtBot) -> None:
    campaign = staged.approved()
    staged.app.campaigns.schedule(campaign.id, send_at=None, actor="李")
    paused = replace(staged.app.campaigns.get(campaign.id), state=CampaignState.PAUSED, state_note="restored")
    staged.app.workspace.campaigns.update(paused, expected=CampaignState.SCHEDULED)
    made = open_step(paused)
    view = made.step.run.view
    assert "备份之后发过什么" in view.note.text()
    asked = answer("confirm_no")
    qtbot.mouseClick(view.buttons["resume"], Qt.MouseButton.LeftButton)
    assert asked == ["继续来自备份或旧副本的活动？"]
    assert staged.app.campaigns.get(campaign.id).state is CampaignState.PAUSED
    answer("confirm_yes")
    qtbot.mouseClick(view.buttons["resume"], Qt.MouseButton.LeftButton)
    assert staged.app.campaigns.get(campaign.id).state is CampaignState.SENDING


def test_a_finished_one_shows_its_numbers_and_the_way_to_its_results(staged: Staged, open_step: Open) -> None:
    made = open_step(staged.sent())
    view = made.step.run.view
    assert view.headline.text() == "已处理 7 / 7"
    assert view.numbers.values["accepted"].text() == "7"
    assert view.bar.value() == 7
    view.buttons["results"].click()
    assert made.wanted == [("results", "")]


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("window_over", "发送时段已过，余下的没有发送；请重新安排时间。"),
        ("hours_narrowed", "每天的发送时段改过，现在不能发送；请重新安排时间。"),
        ("account_refused:balance", "账户被拒绝：账户余额不足。请充值后重试。"),
        ("by_user", ""),
    ],
)
def test_a_campaign_that_waits_says_why_and_takes_a_new_time(
    staged: Staged, open_step: Open, note: str, said: str
) -> None:
    campaign = staged.approved()
    staged.put_state(campaign.id, CampaignState.WAITING, state_note=note)
    made = open_step(staged.app.campaigns.get(campaign.id))
    assert made.step.run.view.note.text().startswith(said)
    assert made.step.run.isVisible()
    assert made.step.plan.isVisible()
    assert made.step.primary.isEnabled()


def test_a_batch_that_is_on_its_way_is_no_unknown_outcome(staged: Staged, open_step: Open) -> None:
    campaign = staged.approved()
    staged.put_state(campaign.id, CampaignState.PAUSED, state_note="by_user")
    made = open_step(staged.app.campaigns.get(campaign.id))
    view = replace(made.model.view, counts={"submitted": 3, "unknown": 3})
    names = made.step.run.view.numbers.names
    made.step.run.render_view(replace(view, job=Job(1, "dispatch", {}, "running")))
    assert names["unknown"].text() == "等待通道答复"
    made.step.run.render_view(view)
    assert names["unknown"].text() == "待核对", "what was claimed is settled when it goes on"
    closed = replace(view.campaign, state=CampaignState.DONE)
    made.step.run.render_view(replace(view, campaign=closed))
    assert names["unknown"].text() == "结果不明"


def test_a_cancelled_one_says_that_the_others_got_nothing(staged: Staged, open_step: Open) -> None:
    campaign = staged.approved()
    staged.put_state(campaign.id, CampaignState.CANCELLED, state_note="by_user")
    made = open_step(staged.app.campaigns.get(campaign.id))
    assert made.step.run.view.hint.text().startswith("余下的人没有发送")
    assert made.step.run.view.headline.text() == "已处理 0 / 7", "and not that they will get something"


def test_one_paused_before_its_time_says_that_going_on_sends_nothing_yet(staged: Staged, open_step: Open) -> None:
    campaign = staged.approved()
    at = staged.app.clock() + timedelta(hours=1)
    made = open_step(staged.app.campaigns.schedule(campaign.id, send_at=at, actor="李"))
    view = made.step.run.view
    view.buttons["pause"].click()
    assert view.pill.text == "已暂停"
    assert view.pace.text().startswith(f"继续后不会马上发：仍于北京时间 {show.moment(at)} 开始")
    assert not view.buttons["replan"].isHidden()
    assert view.hint.text().startswith("还没有开始发送")
    view.buttons["resume"].click()
    assert staged.app.campaigns.get(campaign.id).state is CampaignState.SCHEDULED


def test_a_planned_time_is_changed_and_the_approval_kept(staged: Staged, open_step: Open) -> None:
    campaign = staged.approved()
    at = staged.app.clock() + timedelta(hours=1)
    made = open_step(staged.app.campaigns.schedule(campaign.id, send_at=at, actor="李"))
    view = made.step.run.view
    asked = answer("confirm_no")
    view.buttons["replan"].click()
    assert asked == ["改时间？"]
    assert staged.app.campaigns.get(campaign.id).state is CampaignState.SCHEDULED
    answer("confirm_yes")
    view.buttons["replan"].click()
    assert staged.app.campaigns.get(campaign.id).state is CampaignState.WAITING
    assert view.note.text().startswith("原定的时间已作废；请在下面另选时间")
    assert not made.step.plan.isHidden(), "where another one is chosen"
    planned = made.step.preflight.state
    assert planned.later, "and not now, by a button that stands where the other stood"
    assert planned.at == staged.app.campaigns.get(campaign.id).send_at
    assert view.buttons["replan"].isHidden()


def test_an_approval_that_rules_made_void_is_said_before_anybody_presses_send(staged: Staged, open_step: Open) -> None:
    approved = staged.approved()
    staged.app.workspace.campaigns.update(replace(approved, approved_hash="older"), expected=CampaignState.APPROVED)
    made = open_step(staged.app.campaigns.get(approved.id))
    assert made.step.primary.text() == "去处理：批准"
    assert made.step.checks.rows["approval"].mend.text() == "去核验"
    assert made.step.approval.title.text() == "批准已失效"
    wanted = list[tuple[str, str]]()
    made.step.wanted.connect(lambda *where: wanted.append(where))
    made.press_primary()
    assert wanted == [("screening", "start")]


def test_one_that_waits_and_never_began_says_that_it_can_be_changed(staged: Staged, open_step: Open) -> None:
    campaign = staged.approved()
    staged.put_state(campaign.id, CampaignState.WAITING, state_note="rule:SIG-006")
    made = open_step(staged.app.campaigns.get(campaign.id))
    assert "也可以改内容" in made.step.run.view.hint.text()


def test_the_pace_of_a_sending_is_told(staged: Staged, open_step: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = staged.approved()
    staged.app.campaigns.schedule(campaign.id, send_at=None, actor="李")
    staged.put_state(campaign.id, CampaignState.SENDING)
    made = open_step(staged.app.campaigns.get(campaign.id))
    run, view, now = made.step.run, made.model.view, staged.app.clock()

    def told(audience: int, left: int, seconds: int) -> str:
        run._pace.forget()
        run._pace.see(now - timedelta(seconds=seconds), 0, audience)
        run.render_view(CampaignView(view.campaign, {"ok": audience}, {"submitted": left, "accepted": left}))
        return run.view.pace.text()

    assert told(700, 500, 10).startswith("每秒 50 条 · 剩余 0:0")
    assert told(7, 5, 10).startswith("每分钟 30 条 · 剩余 0:0")
    assert told(7, 5, 100_000).startswith("每分钟 1 条 · 剩余 ")
    for audience in (500_000, 100_000_000):
        assert "发不完" in told(audience, 5, 10), "no rest of a thousand hours in a window of a day"


def test_the_keyboard_stays_where_the_work_is(staged: Staged, open_step: Open, qtbot: QtBot) -> None:
    made = open_step(staged.approved())
    qtbot.waitExposed(made.step)
    made.step.primary.setFocus()
    made.step.preflight.send()
    assert made.step.focusWidget() is made.step.run.view.buttons["pause"]


def test_parts_that_are_built_late_come_by_tab_where_they_stand(staged: Staged, open_step: Open) -> None:
    made = open_step(staged.screened())
    campaign = made.model.view.campaign
    assert [made.step.findChild(QWidget, name) for name in ("run", "plan")] == [None, None]
    made.type_count("7")
    made.press_primary()
    assert made.step.plan.isVisible()
    staged.put_state(campaign.id, CampaignState.WAITING, state_note="window_over")
    made.model.load()
    assert made.step.run.isVisible()
    anew = open_step(staged.app.campaigns.get(campaign.id))
    expected = [
        "sending_area",
        "run_cancel",
        "plan_now",
        "plan_later",
        "sending_primary",
        "trial_register",
        "budget_field",
    ]
    assert (stops(made.step), stops(anew.step)) == (expected, expected)


def stops(step: QWidget) -> list[str]:
    """Where the Tab key stops, in its order."""
    chain = [step.nextInFocusChain()]
    while chain[-1] is not step:
        chain.append(chain[-1].nextInFocusChain())
    return [
        each.objectName()
        for each in chain
        if each.isVisible() and each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.focusProxy() is None
    ]
