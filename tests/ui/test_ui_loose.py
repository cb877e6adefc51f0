"""What stands in the window and not in the workspace: nothing is approved or sent past it, and none of it is lost."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot
from ui_sending import Open, answer_when_asked, app, open_step, staged

from campaign_app.domain.audience import Op
from campaign_app.domain.campaign import CampaignState
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.campaign_editor import CampaignEditor
from campaign_app.ui.pages.campaigns import CampaignsPage
from campaign_app.ui.pages.new_campaign import NewCampaign
from campaign_app.ui.pages.steps.audience import AudienceStep, audience_of
from campaign_app.ui.pages.steps.content import ContentStep
from campaign_app.ui.viewmodels.campaign import CampaignModel
from campaign_app.ui.viewmodels.campaigns import CampaignsModel
from campaign_app.ui.viewmodels.composer import Saved
from tests.helpers.full import fill_disk
from tests.helpers.staged import CLEAN, Staged

__all__ = ["app", "open_step", "staged"]  # fixtures


# --- unfinished conditions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("approved", [False, True])
def test_unfinished_conditions_stand_in_red_and_stop_everything(
    approved: bool, staged: Staged, open_step: Open, inline_desk: Desk, qtbot: QtBot
) -> None:
    made = open_step(staged.approved() if approved else staged.screened())
    audience = audience_of(inline_desk, made.model)
    audience.load()
    audience.add(0, "province", Op.IN, "")
    assert made.model.view.unfinished == 1
    row = made.step.checks.rows["unfinished"]
    assert (row.item.level, row.item.state, row.title.text()) == ("block", "未通过", "受众条件")
    assert row.text.text() == "受众有 1 个条件没有填好，没有算在内；现在发送，不符合这些条件的人也会收到。"
    assert made.step.summary.text() == "有 1 项要先处理"
    assert made.step.primary.text() == "去处理：受众条件"
    assert not made.step.approval.field.isVisible()
    made.step.preflight.type_count("7")
    made.step.preflight.approve()
    made.step.preflight.send()
    state = staged.app.campaigns.get(made.model.id).state
    assert state is (CampaignState.APPROVED if approved else CampaignState.SCREENED)
    made.press_primary()
    qtbot.mouseClick(row.mend, Qt.MouseButton.LeftButton)
    assert made.wanted == [("audience", "unfinished")] * 2
    (key,) = audience.state.problems
    audience.remove(key)
    assert "unfinished" not in made.step.checks.rows
    assert made.step.primary.text() == ("立即发送给 7 人" if approved else "批准发送")


def test_go_and_fix_lands_in_the_condition_that_is_not_filled_in(
    staged: Staged, open_step: Open, inline_desk: Desk, qtbot: QtBot
) -> None:
    made = open_step(staged.screened())
    step = AudienceStep(inline_desk, made.model)
    qtbot.addWidget(step)
    step.show()
    step.shown()
    step.audience.add(0, "order_count", Op.AT_LEAST, "2")
    step.audience.add(0, "city", Op.IN, "")
    (key,) = step.audience.state.problems
    step.land("unfinished")
    focused, line = step.focusWidget(), step.conditions.builder.findChild(QLineEdit, f"condition_value_{key}")
    assert focused is not None
    assert line is not None
    assert line is focused


def test_conditions_that_are_not_filled_in_are_not_lost_without_a_word_by_closing_or_another_campaign(
    staged: Staged, inline_desk: Desk, qtbot: QtBot
) -> None:
    page = CampaignsPage(inline_desk)
    qtbot.addWidget(page)
    page.show()
    page.open((staged.draft().id, "content"))
    campaign, editor = page.model.current, page.editor
    assert campaign is not None
    assert editor is not None
    audience = audience_of(inline_desk, campaign)
    audience.load()
    assert not page.unsaved()
    audience.add(0, "province", Op.IN, "")
    assert page.unsaved()
    asked = answer_when_asked("confirm_no")
    assert not page.drops()
    assert asked == ["受众有 1 个条件没填好"]
    assert isinstance(editor.step, AudienceStep), "where they stand"
    other = staged.draft().id
    answer_when_asked("confirm_no")
    page.open(other)
    assert page.model.current is campaign
    answer_when_asked("confirm_no")
    page.open("new")
    assert page.findChild(NewCampaign) is None
    answer_when_asked("confirm_yes")
    page.open(other)
    assert page.model.current is not None
    assert page.model.current.id == other


# --- what could not be saved -----------------------------------------------------------------------------------------


def test_a_text_that_finds_no_room_stays_is_said_and_is_saved_later(
    staged: Staged, open_step: Open, inline_desk: Desk, qtbot: QtBot
) -> None:
    made = open_step(staged.screened())
    content = ContentStep(inline_desk, made.model)
    qtbot.addWidget(content)
    content.show()
    content.shown()
    free = fill_disk(staged.app)
    written = CLEAN.replace("冬装上新", "冬装上新，" + "买" * 60_000)
    content.composer.set_text(written)
    content.composer.flush()
    notice = inline_desk.kit.messages.last
    assert notice is not None
    assert notice.text.startswith("磁盘已满，或您的磁盘配额已用完，本次操作没有改动任何内容。请清理磁盘后重试")
    assert content.edit.text == written
    assert content.field.saved.text() == "未保存"
    row = made.step.checks.rows["unkept_text"]
    assert row.text.text() == "正文的改动没有存下来；现在发送的仍是改动之前的文案。"
    assert made.step.primary.text() == "去处理：文案改动"
    assert staged.app.campaigns.get(made.model.id).body == CLEAN
    free()
    made.model.again.emit()
    assert content.composer.state.saved is Saved.YES
    assert staged.app.campaigns.get(made.model.id).body == written
    assert "unkept_text" not in made.step.checks.rows


def test_conditions_that_find_no_room_stay_and_are_saved_later(
    staged: Staged, open_step: Open, inline_desk: Desk
) -> None:
    made = open_step(staged.screened())
    audience = audience_of(inline_desk, made.model)
    audience.load()
    before = staged.app.campaigns.get(made.model.id).audience
    free = fill_disk(staged.app)
    audience.add(0, "tag", Op.IN, "、".join(f"标签{n}" for n in range(9_000)))
    audience.save()
    assert audience.state.draft is not None
    assert len(audience.state.draft.lines) == 1, "what was typed is still there"
    made.model.load()
    assert len(audience.state.draft.lines) == 1
    assert "unkept_audience" in made.step.checks.rows
    assert staged.app.campaigns.get(made.model.id).audience == before
    free()
    made.model.again.emit()
    assert staged.app.campaigns.get(made.model.id).audience != before
    assert "unkept_audience" not in made.step.checks.rows


def test_the_editor_never_says_saved_of_what_is_not(
    staged: Staged, open_step: Open, inline_desk: Desk, qtbot: QtBot
) -> None:
    made = open_step(staged.screened())
    campaigns = CampaignsModel(staged.app, inline_desk.kit.tasks, inline_desk.kit.messages)
    editor = CampaignEditor(inline_desk, campaigns, made.model)
    qtbot.addWidget(editor)
    editor.show()
    assert (editor.saved.text(), editor.again.isVisible()) == ("已保存", False)
    made.model.mark_unkept("text", on=True)
    assert editor.saved.text() == "有改动没有存下来"
    assert editor.stepper.buttons["content"].note == "没有存下来"
    with qtbot.waitSignal(made.model.again):
        qtbot.mouseClick(editor.again, Qt.MouseButton.LeftButton)
    made.model.mark_unkept("text", on=False)
    assert (editor.saved.text(), editor.again.isVisible()) == ("已保存", False)


def test_a_model_of_a_campaign_keeps_apart_what_is_typed_and_what_is_stored(staged: Staged, inline_desk: Desk) -> None:
    campaign = staged.draft()
    model = CampaignModel(inline_desk.app, inline_desk.kit.tasks, inline_desk.kit.messages, campaign)
    free = fill_disk(staged.app)
    model.edit(body="买" * 60_000)
    assert model.view.campaign.body == CLEAN, "shown as it is stored"
    free()
    model.stop()
    model.deleteLater()
