"""The guide of the first campaign: its steps follow what is really done, and each leads to the very field."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QWidget
from ui_guide import Guided, guided
from ui_sending import app

from campaign_app import bootstrap
from campaign_app.domain.audience import Condition, Filter, Op
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.services.first_campaign import FirstCampaign
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.new_campaign import NewCampaign
from campaign_app.ui.prefs import Prefs
from campaign_app.ui.viewmodels.campaign import CampaignView
from campaign_app.ui.viewmodels.guide import WAYMARKS, GuideModel, lead_of
from tests.helpers.driving import pause
from tests.helpers.shop import ENTITY
from tests.helpers.staged import CLEAN, FILED, Staged, stage

__all__ = ["app", "guided"]  # fixtures: it is ten on a Tuesday
DRAFT = Campaign(1, "双十一", ENTITY, "retail", Filter())
WRITTEN = replace(DRAFT, body="x")


def test_from_an_empty_workspace_to_the_first_campaign_that_was_sent(guided: Guided, app: bootstrap.App) -> None:
    assert guided.said()[::2] == ("连接平台", 0)
    assert guided.press() == "account_connect"

    staged = stage(app, people=0)
    assert guided.said()[::2] == ("同步客户", 1)
    assert guided.press() == "empty_action"

    people = stage_people(staged)
    assert guided.said()[::2] == ("选受众", 2)
    guided.press()
    asked = guided.shell.findChild(NewCampaign)
    assert asked is not None
    asked.reject()

    made = app.campaigns.create(name="双十一", entity_uscc=ENTITY, purpose="retail", audience=Filter(), actor="王")
    assert guided.said()[::2] == ("选受众", 2), "a campaign without an audience or a text is no step further"
    assert guided.press() == "condition_add"

    app.campaigns.edit(made.id, actor="王", audience=Filter((Condition("spend_cents", Op.AT_LEAST, 0),)))
    assert guided.said()[::2] == ("写内容", 3)
    assert guided.press() == "body"
    app.campaigns.edit(made.id, actor="王", body="国家级品质，" + CLEAN)
    assert guided.said()[:2] == ("写内容", "选一个签名，收件人靠它认出您。")
    assert guided.press() == "signature"
    app.campaigns.edit(made.id, actor="王", signature="安宁百货")
    assert guided.said()[:2] == ("写内容", "内容里有必须处理的地方，合规提示里写着怎么办。")
    assert guided.press() == "body"

    app.campaigns.edit(made.id, actor="王", body=CLEAN)
    assert guided.said()[::2] == ("核验", 4)
    assert guided.press() == "empty_action"
    strip = guided.strip(made.id, "content")
    strip_reads(guided)
    assert strip.isVisible()
    assert strip.title.text() == "5/6 核验"

    staged.screen(made.id)
    strip_reads(guided)
    assert strip.title.text() == "6/6 检查并发送"
    QTest.mouseClick(strip.act, Qt.MouseButton.LeftButton)
    assert guided.focused() == "approval_count", "nothing stands in the way but the number"
    assert guided.said()[::2] == ("检查并发送", 5)

    screened = app.campaigns.get(made.id)
    app.campaigns.approve(screened, recipients=people, actor="李")
    strip_reads(guided)
    assert guided.said()[1] == "已批准。选立即发送，或者定个时间。"
    assert guided.press() == "sending_primary"
    app.campaigns.schedule(made.id, send_at=None, actor="李")
    staged.shop.set_state(made.id, CampaignState.SENDING)
    assert guided.said()[1] == "正在发送，随时可以暂停。"

    staged.shop.run(made.id)
    strip_reads(guided)
    assert not strip.isVisible(), "it goes by itself"
    assert not guided.overview().isVisible()
    assert guided.guide.state.over


def stage_people(staged: Staged) -> int:
    """Customers come in, all of whom agreed; how many there are."""
    other = staged.shop.add_account(5, prefix="d")
    staged.app.workspace.accounts.put_signatures(other, [FILED], staged.app.clock())
    return 5


def strip_reads(guided: Guided) -> None:
    """The campaign that is open is read anew, as its clock does."""
    page: Any = guided.shell.page("campaigns")
    page.model.current.load()


@pytest.mark.parametrize(
    ("found", "more", "step", "code"),
    [
        (FirstCampaign(cut_off=True, customers=True), {}, "connect", "cut_off"),
        (FirstCampaign(connected=True), {"syncing": True}, "customers", "syncing"),
        (FirstCampaign(True, customers=True, campaign=DRAFT), {"loose": True}, "audience", "loose"),
        (FirstCampaign(True, customers=True, campaign=WRITTEN), {"unkept": True}, "content", "unkept"),
        (FirstCampaign(True, customers=True, campaign=replace(WRITTEN, signature="y")), {}, "content", "judging"),
    ],
)  # fmt: skip
def test_what_is_not_so_yet_is_not_ticked(found: FirstCampaign, more: dict[str, bool], step: str, code: str) -> None:
    lead = lead_of(found, **more)
    assert (lead.step, lead.code) == (step, code)
    assert step not in lead.done


@pytest.mark.parametrize(
    ("changes", "ready", "step", "code"),
    [
        ({"state": CampaignState.DRAFT, "state_note": "consents_unavailable"}, False, "screening", "failed"),
        ({"state": CampaignState.DRAFT, "state_note": "by_user"}, False, "screening", "screen"),
        ({"state": CampaignState.SCREENING}, True, "screening", "running"),
        ({"state": CampaignState.SCREENED}, False, "screening", "nobody"),
        ({"state": CampaignState.SCREENED}, True, "sending", "approve"),
        ({"state": CampaignState.SCHEDULED}, True, "sending", "scheduled"),
        ({"state": CampaignState.WAITING}, True, "sending", "stopped"),
        ({"state": CampaignState.PAUSED}, True, "sending", "stopped"),
    ],
)
def test_of_a_campaign_with_a_clean_text(changes: dict[str, Any], ready: bool, step: str, code: str) -> None:
    campaign = replace(DRAFT, body=CLEAN, signature="安宁百货", **changes)
    lead = lead_of(FirstCampaign(True, customers=True, campaign=campaign, verdict="pass", ready=ready))
    assert (lead.step, lead.code) == (step, code)
    assert lead.done == set(WAYMARKS[: WAYMARKS.index(step)])


def test_what_is_on_its_way_is_not_sent_back_to_its_text() -> None:
    text = replace(DRAFT, body=CLEAN, signature="安宁百货")
    for state, step in ((CampaignState.APPROVED, "content"), (CampaignState.PAUSED, "sending")):
        campaign = replace(text, state=state)
        assert lead_of(FirstCampaign(True, customers=True, campaign=campaign, verdict="block")).step == step


def test_it_follows_the_campaign_that_is_furthest(guided: Guided, app: bootstrap.App) -> None:
    staged = stage(app)
    further = staged.screened()
    staged.draft()
    guided.overview()
    found = guided.guide.state.found
    assert found is not None
    assert found.campaign is not None
    assert found.campaign.id == further.id
    assert guided.guide.state.lead.code == "approve"


def test_what_was_screened_is_not_nobody_until_it_is_read(guided: Guided, app: bootstrap.App) -> None:
    screened = stage(app).screened()
    guided.guide.load()
    just_opened = CampaignView(screened)
    assert guided.guide.state.lead_in(just_opened).code == "approve"
    assert guided.guide.state.lead_in(replace(just_opened, funnel={"no_record": 10})).code == "nobody"


def test_in_a_low_window_the_step_it_leads_to_has_the_room(guided: Guided, app: bootstrap.App) -> None:
    made = stage(app).screened()
    strip = guided.strip(made.id, "sending")
    for height, step, shown in ((700, "sending", False), (700, "content", True), (800, "sending", True)):
        guided.shell.resize(1024, height)
        assert guided.strip(made.id, step) is strip
        pause(0)
        assert strip.property("step") == "sending"
        assert strip.isVisible() is shown, (height, step)


def test_a_campaign_that_is_cancelled_leads_nowhere(guided: Guided, app: bootstrap.App) -> None:
    made = stage(app).approved()
    assert guided.strip(made.id, "sending").isVisible()
    app.campaigns.cancel(made.id, actor="王")
    strip_reads(guided)
    assert not guided.strip(made.id, "sending").isVisible()
    assert guided.said()[0] == "选受众", "the way begins anew"


def test_typing_does_not_make_it_flicker(guided: Guided, app: bootstrap.App) -> None:
    made = stage(app).draft()
    strip = guided.strip(made.id, "content")
    said, seen = strip.title.text(), set[str]()
    page: Any = guided.shell.page("campaigns")
    model = page.model.current
    model.changed.connect(lambda _: seen.add(strip.title.text()))
    model.edit(body=CLEAN + "。")
    assert seen == {said}
    model.edit(body="")
    assert strip.title.text() == "4/6 写内容"


# --- out of the way, and back ---------------------------------------------------------------------------------------


def test_it_is_hidden_and_brought_back(guided: Guided, app: bootstrap.App, prefs: Prefs) -> None:
    made = stage(app).draft()
    card = guided.overview()
    QTest.mouseClick(card.hide_button, Qt.MouseButton.LeftButton)
    assert not card.isVisible()
    assert not guided.strip(made.id, "content").isVisible()
    notice = guided.desk.kit.messages.last
    assert notice is not None
    assert "“设置”→“界面”" in notice.text
    assert notice.action is not None
    notice.action()
    assert guided.overview().isVisible(), "undone"

    strip = guided.strip(made.id, "content")
    QTest.mouseClick(strip.hide_button, Qt.MouseButton.LeftButton)
    assert not strip.isVisible()
    guided.desk.way.to("settings", "window")
    box = guided.find(QCheckBox, "guide_shown")
    assert not box.isChecked()
    box.click()
    assert guided.overview().isVisible()
    box.click()
    assert not guided.overview().isVisible()

    commands = {each.key: each for each in guided.shell.prepare_palette().commands()}
    assert commands["guide.show"].title == "显示“第一次活动”指引"
    commands["guide.show"].run()
    assert guided.overview().isVisible()
    assert "guide.show" not in {each.key for each in guided.shell.prepare_palette().commands()}


def test_what_somebody_chose_stays_theirs_and_this_workspaces(inline_desk: Desk, prefs: Prefs, tmp_path: Path) -> None:
    desk = inline_desk

    def made(mark: str, known: Prefs) -> GuideModel:
        return GuideModel(desk.app, desk.kit.tasks, desk.jobs, known, mark, desk.session)

    made("a", prefs).hide(hidden=True)
    prefs.save()
    later = Prefs(tmp_path / "prefs")
    assert made("a", later).state.hidden
    assert not made("b", later).state.hidden
    made("a", later).hide(hidden=False)
    assert not made("a", later).state.hidden
    made("", later).hide(hidden=True)
    assert not made("", later).state.hidden, "of a demo nothing is remembered"


def test_once_it_is_over_there_is_nothing_to_bring_back(guided: Guided, app: bootstrap.App) -> None:
    stage(app).sent()
    guided.guide.hide(hidden=True)
    guided.guide.load()
    guided.desk.way.to("settings", "window")
    box = guided.find(QCheckBox, "guide_shown")
    assert not box.isEnabled()
    assert guided.find(QWidget, "guide_ended").isVisible()
    assert "guide.show" not in {each.key for each in guided.shell.prepare_palette().commands()}


def test_hidden_in_an_empty_workspace_the_page_is_not_empty(guided: Guided) -> None:
    guided.guide.hide(hidden=True)
    assert not guided.overview().isVisible()
    page: Any = guided.shell.page("overview")
    assert page.calm.isVisible()


def test_whoever_comes_to_the_overview_by_its_keys_begins_with_the_next_step(guided: Guided) -> None:
    """Not at what was built first, which hides the guide: one Enter, and nobody is guided any more."""
    assert guided.said()[0] == "连接平台"
    guided.desk.way.to("settings")
    guided.shell.activateWindow()
    guided.shell.page("settings").findChild(QWidget, "settings_sections").setFocus()
    QTest.keyClick(guided.shell.focusWidget(), Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert guided.focused() == "guide_go_connect"
