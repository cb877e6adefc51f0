"""The step 受众 of the campaign editor: counts and saves conditions as they are typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from campaign_app.domain.audience import Condition, Filter, Op
from campaign_app.domain.campaign import CampaignState as State
from campaign_app.domain.errors import SettingsError
from campaign_app.services.audience_lines import Draft, Group, Line
from campaign_app.ui.pages.steps.audience import AudienceStep
from campaign_app.ui.pages.steps.screening import ScreeningStep
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.viewmodels.audience import AudienceModel
from campaign_app.ui.viewmodels.campaign import CampaignModel
from campaign_app.ui.widgets.completion import Values
from tests.helpers.desk_of import ENTITY, Workplace, workplace

Button = TypeVar("Button", QPushButton, QToolButton)


@pytest.fixture
def place(tmp_path: Path, qapp: QApplication) -> Iterator[Workplace]:
    with workplace(tmp_path, qapp, inline=False) as made:
        made.add_shop(40)
        yield made


@pytest.fixture
def campaign(place: Workplace) -> Iterator[CampaignModel]:
    made = place.campaign("双十一")
    model = CampaignModel(place.app, place.desk.kit.tasks, place.desk.kit.messages, made)
    yield model
    shiboken6.delete(model)


@pytest.fixture
def step(place: Workplace, campaign: CampaignModel, qtbot: QtBot) -> AudienceStep:
    made = AudienceStep(place.desk, campaign)
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    made.shown()
    qtbot.waitUntil(lambda: made.audience.state.count == 40)
    return made


def test_that_nobody_is_in_it_is_said_where_it_was_screened(
    place: Workplace, campaign: CampaignModel, qtbot: QtBot
) -> None:
    known = campaign.view.campaign
    place.app.workspace.campaigns.update(replace(known, state=State.SCREENED), expected=known.state)
    campaign.load()
    step = ScreeningStep(place.desk, campaign)
    qtbot.addWidget(step)
    qtbot.waitUntil(lambda: step.empty.title.text() == "受众里没有人")  # it would be, however often it is screened
    assert step.empty.button.isEnabled(), "others may have come in since"


# --- store -----------------------------------------------------------------------------------------------------------


def test_values_to_choose_from_are_the_most_frequent_first(place: Workplace) -> None:
    audiences = place.app.audiences
    assert audiences.values("province", ENTITY, 10) in (("浙江", "江苏"), ("江苏", "浙江"))
    assert audiences.values("city", ENTITY, 1) in (("杭州",), ("南京",))
    assert audiences.values("tag", ENTITY, 10) == ("会员",)
    assert audiences.values("tag", "another entity", 10) == ()
    with pytest.raises(SettingsError):
        audiences.values("name", ENTITY, 10)


def test_a_sample_is_of_those_that_match(place: Workplace) -> None:
    audience = Filter((Condition("tag", Op.IS, "会员"),))
    found = place.app.audiences.sample(audience, ENTITY, 3)
    assert len(found) == 3
    assert all("会员" in each.tags for each in found)
    assert place.app.audiences.customers() == 40


# --- step ------------------------------------------------------------------------------------------------------------


def value_of(step: AudienceStep, line: Line) -> QLineEdit:
    found = step.conditions.builder.findChild(QLineEdit, f"condition_value_{line.key}")
    assert isinstance(found, QLineEdit)
    return found


def part(step: AudienceStep, kind: type[Button], name: str) -> Button:
    found = step.findChild(kind, name)
    assert found is not None
    return found


def undo(place: Workplace) -> None:
    notice = place.desk.kit.messages.last
    assert notice is not None
    assert notice.action is not None
    notice.action()


def newest(step: AudienceStep) -> Line:
    draft = step.audience.state.draft
    assert draft is not None
    return max(draft.lines, key=lambda line: line.key)


def test_a_condition_is_counted_and_saved_as_it_is_typed(
    step: AudienceStep, campaign: CampaignModel, place: Workplace, qtbot: QtBot
) -> None:
    qtbot.mouseClick(step.conditions.builder.add, Qt.MouseButton.LeftButton)
    assert step.audience.state.unfinished == 1
    assert step.number.count.text() == "–"
    line = newest(step)
    value_of(step, line).setText("浙江")
    value_of(step, line).textEdited.emit("浙江")
    qtbot.waitUntil(lambda: step.number.count.text() == "约 20 人")
    assert step.number.of.text() == "共 40 人，占 50.0%"
    wanted = Filter((Condition("province", Op.IN, ("浙江",)),))
    qtbot.waitUntil(lambda: place.app.campaigns.get(campaign.id).audience == wanted)
    assert step.sample_card.isVisible()


def test_an_unusable_value_is_marked_in_place_and_not_saved(
    step: AudienceStep, campaign: CampaignModel, place: Workplace, qtbot: QtBot
) -> None:
    step.audience.add(0, "spend_cents", Op.AT_LEAST, "100")
    qtbot.waitUntil(lambda: step.number.count.text() == "约 30 人")
    line = newest(step)
    qtbot.keyClicks(value_of(step, line), "x")
    assert value_of(step, line).property("invalid") is True
    assert "请填金额" in value_of(step, line).accessibleDescription()
    assert "没有填好" in step.number.of.text()
    step.left()
    qtbot.waitUntil(lambda: campaign.view.unsaved == 0)
    kept = place.app.campaigns.get(campaign.id).audience
    assert kept in (Filter(), Filter((Condition("spend_cents", Op.AT_LEAST, 10_000),)))
    qtbot.keyClick(value_of(step, line), Qt.Key.Key_Backspace)
    assert value_of(step, line).property("invalid") is False
    qtbot.waitUntil(lambda: step.number.count.text() == "约 30 人")


def test_leaving_the_step_saves_at_once(
    step: AudienceStep, campaign: CampaignModel, place: Workplace, qtbot: QtBot
) -> None:
    step.audience.add(0, "order_count", Op.AT_LEAST, "2")
    step.left()
    wanted = Filter((Condition("order_count", Op.AT_LEAST, 2),))
    assert campaign.view.campaign.audience == wanted
    qtbot.waitUntil(lambda: place.app.campaigns.get(campaign.id).audience == wanted)


def test_any_of_a_group_is_counted_as_any(step: AudienceStep, qtbot: QtBot) -> None:
    step.audience.add(0, "province", Op.IN, "浙江")
    step.audience.add_group()
    draft = step.audience.state.draft
    assert draft is not None
    group = draft.parts[1]
    assert isinstance(group, Group)
    step.audience.change(replace(group.lines[0], field="tag", op=Op.IS, text="会员"))
    step.audience.add(group.key, "spend_cents", Op.AT_LEAST, "300")
    # 浙江, and (会员 or at least 300): 0 10 20, and 30 32 34 36 38
    qtbot.waitUntil(lambda: step.number.count.text() == "约 8 人")
    every = step.conditions.builder.findChild(QComboBox, f"condition_every_{group.key}")
    assert isinstance(every, QComboBox)
    assert every.currentText() == "任一"


def test_another_field_begins_with_its_own_conditions(step: AudienceStep, qtbot: QtBot) -> None:
    step.audience.add()
    line = newest(step)
    field = step.conditions.builder.findChild(QComboBox, f"condition_field_{line.key}")
    assert isinstance(field, QComboBox)
    field.setCurrentIndex(field.findData("spend_cents"))
    field.activated.emit(field.currentIndex())
    op = step.conditions.builder.findChild(QComboBox, f"condition_op_{line.key}")
    assert isinstance(op, QComboBox)
    assert [op.itemText(at) for at in range(op.count())] == ["不少于", "不多于", "是", "不是"]
    assert newest(step).op is Op.AT_LEAST


def test_several_values_are_completed_one_by_one(step: AudienceStep, qtbot: QtBot) -> None:
    step.audience.add()
    line = newest(step)
    qtbot.waitUntil(lambda: len(step.audience.state.values.get("province", ())) == 2)
    field = value_of(step, line)
    field.setText("浙江、江")
    completer = field.completer()
    completer.setCompletionPrefix("江")
    index = completer.completionModel().index(0, 0)
    assert completer.splitPath("浙江、江") == ["江"]
    assert completer.pathFromIndex(index).startswith("浙江、")


def test_a_value_that_is_typed_to_its_end_leaves_no_list_open(qapp: QApplication, qtbot: QtBot) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    values = Values(Theme(qapp, "light"), field, several=True)
    values.show_values(["vip", "new", "new shop"])

    def offered(typed: str) -> int:
        values.setCompletionPrefix(typed)
        return values.completionCount()

    assert offered("vi") == 1
    assert offered("vip") == 0, "an open list would take the next click for itself"
    assert offered("vip,new") == 2, "there is a longer one"


def test_of_values_without_room_the_first_are_seen(step: AudienceStep) -> None:
    step.audience.add()
    line = newest(step)
    step.setFocus()
    step.audience.change(replace(line, op=Op.IN, text="、".join(["浙江", "江苏"] * 40)))
    assert value_of(step, line).cursorPosition() == 0


def test_segments_are_kept_used_and_undone(step: AudienceStep, place: Workplace, qtbot: QtBot) -> None:
    step.audience.add(0, "province", Op.IN, "浙江")
    qtbot.waitUntil(lambda: step.number.count.text() == "约 20 人")
    step.segments.name.setText("浙江客户")
    qtbot.mouseClick(step.segments.keep, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "浙江客户" in step.audience.state.saved)
    step.audience.clear()
    step.audience.add(0, "tag", Op.IS, "会员")
    qtbot.waitUntil(lambda: step.number.count.text() == "约 8 人")
    part(step, QPushButton, "segment_use_浙江客户").click()
    qtbot.waitUntil(lambda: step.number.count.text() == "约 20 人")
    undo(place)
    qtbot.waitUntil(lambda: step.number.count.text() == "约 8 人")
    part(step, QToolButton, "segment_forget_浙江客户").click()
    qtbot.waitUntil(lambda: not step.audience.state.saved)
    undo(place)
    qtbot.waitUntil(lambda: "浙江客户" in step.audience.state.saved)


def test_a_segment_is_renamed_and_replaced_where_it_is_used(step: AudienceStep, place: Workplace, qtbot: QtBot) -> None:
    zhejiang = Filter((Condition("province", Op.IN, ("浙江",)),))
    place.app.audiences.save("甲", zhejiang, actor="test")
    place.app.audiences.save("乙", Filter(), actor="test")
    step.audience.load()
    qtbot.waitUntil(lambda: len(step.audience.state.saved) == 2)
    part(step, QPushButton, "segment_use_甲").click()
    assert step.segments.name.text() == "甲"
    assert not step.segments.keep.isEnabled(), "it says the same"
    assert not step.segments.rename.isVisible()
    step.segments.name.setText("乙")
    assert not step.segments.rename.isVisible(), "another has this name"
    step.segments.name.setText("丙")
    qtbot.mouseClick(step.segments.rename, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: set(step.audience.state.saved) == {"乙", "丙"})
    assert step.audience.state.taken == "丙"
    step.audience.add(0, "tag", Op.IS, "会员")
    qtbot.mouseClick(step.segments.keep, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: step.audience.state.saved["丙"] != zhejiang)
    undo(place)
    qtbot.waitUntil(lambda: step.audience.state.saved["丙"] == zhejiang)


def test_a_change_after_screening_says_that_it_is_void(
    step: AudienceStep, campaign: CampaignModel, place: Workplace, qtbot: QtBot
) -> None:
    place.app.workspace.campaigns.snapshot(campaign.id, place.app.clock())
    place.put(campaign.id, state=State.SCREENED)
    campaign.load()
    qtbot.waitUntil(lambda: campaign.view.campaign.state is State.SCREENED)
    assert step.notice.lines[0].title == "这个受众已核验"
    assert step.number.hint.isHidden(), "how many may be sent to is known"
    step.audience.add(0, "province", Op.IN, "浙江")
    step.left()
    qtbot.waitUntil(lambda: campaign.view.campaign.state is State.DRAFT and campaign.view.unsaved == 0)
    assert step.notice.lines[0].title == "上次核验已作废"
    assert not step.number.hint.isHidden()
    with qtbot.waitSignal(step.wanted) as wanted:
        step.notice.chosen.emit("screening")
    assert wanted.args == ["screening", ""]


def test_an_approved_audience_is_changed_only_on_purpose(
    step: AudienceStep, campaign: CampaignModel, place: Workplace, qtbot: QtBot
) -> None:
    place.put(campaign.id, state=State.APPROVED)
    campaign.load()
    qtbot.waitUntil(lambda: not step.conditions.builder.isEnabled())
    step.notice.chosen.emit("unlock")
    qtbot.waitUntil(step.conditions.builder.isEnabled)


def test_a_running_campaign_shows_its_audience_and_why_it_stays(
    step: AudienceStep, campaign: CampaignModel, place: Workplace, qtbot: QtBot
) -> None:
    place.put(campaign.id, state=State.SENDING)
    campaign.load()
    qtbot.waitUntil(lambda: not step.conditions.builder.isEnabled())
    assert step.notice.lines[0].title == "受众现在不能改"
    assert "已经开始发送" in step.notice.lines[0].text


def test_a_change_that_is_refused_shows_what_is_kept(
    step: AudienceStep, campaign: CampaignModel, place: Workplace, qtbot: QtBot
) -> None:
    place.put(campaign.id, state=State.SENDING)
    step.audience.add(0, "province", Op.IN, "浙江")
    step.left()
    qtbot.waitUntil(lambda: step.audience.state.draft == Draft(next_key=1))
    notice = place.desk.kit.messages.last
    assert notice is not None
    assert notice.code == "campaign_running"


def test_an_audience_of_many_levels_is_counted_but_not_shown_line_by_line(
    place: Workplace, campaign: CampaignModel, qtbot: QtBot
) -> None:
    deep = Filter((Filter((Filter((Condition("province", Op.IS, "浙江"),)),)),))
    campaign.edit(audience=deep)
    qtbot.waitUntil(lambda: campaign.view.unsaved == 0)
    step = AudienceStep(place.desk, campaign)
    qtbot.addWidget(step)
    step.shown()
    qtbot.waitUntil(lambda: step.number.count.text() == "约 20 人")
    assert step.conditions.deep.isVisibleTo(step)
    assert not step.conditions.builder.isVisibleTo(step)
    qtbot.mouseClick(step.conditions.reset, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: step.number.count.text() == "约 40 人")


def test_what_is_being_typed_outlives_the_widgets(
    step: AudienceStep, place: Workplace, campaign: CampaignModel, qtbot: QtBot
) -> None:
    step.audience.add(0, "spend_cents", Op.AT_LEAST, "12a")
    again = AudienceStep(place.desk, campaign)
    qtbot.addWidget(again)
    assert isinstance(again.audience, AudienceModel)
    assert again.audience is step.audience
    assert value_of(again, newest(again)).text() == "12a"


def test_quick_picks_go_on_in_the_next_line_where_there_is_no_room(step: AudienceStep, qtbot: QtBot) -> None:
    """The widest button, not all of them together, says how narrow the step may be."""
    qtbot.waitUntil(step.conditions.quick.isVisible)
    step.resize(500, 600)
    buttons = step.conditions.quick.findChildren(QPushButton)
    qtbot.waitUntil(lambda: len({each.y() for each in buttons}) > 1)
    assert all(each.geometry().right() <= step.conditions.quick.width() for each in buttons)
