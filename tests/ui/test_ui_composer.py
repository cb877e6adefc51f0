"""Writing a campaign's text: found as it is typed, mended by one key, taken back, and never mixed up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign
from campaign_app.services.composing import SHORTEST
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.steps.content import ContentStep
from campaign_app.ui.viewmodels.campaign import CampaignModel
from campaign_app.ui.viewmodels.composer import Composer
from campaign_app.ui.widgets.phone import Phone
from campaign_app.ui.widgets.problems import ProblemRow
from tests.helpers.inline_tasks import InlineTasks
from tests.helpers.staged import open_by_day
from tests.helpers.writing import (
    BAD,
    CLEAN,
    ENTITY,
    HeldTasks,
    campaign_of,
    discard,
    made_step,
    messages_of,
    stock,
    tried_out,
    write,
)


@pytest.fixture
def app(made_workspace: Path, tmp_path: Path) -> Iterator[bootstrap.App]:
    """On an ordinary day: on others there is a hint more."""
    yield from open_by_day(made_workspace, tmp_path / "workspace")


@pytest.fixture
def campaign(app: bootstrap.App) -> Campaign:
    stock(app)
    return campaign_of(app)


@pytest.fixture
def step(desk: Desk, campaign: Campaign, qtbot: QtBot) -> Iterator[ContentStep]:
    yield from made_step(desk, campaign, qtbot)


def test_a_clean_text_says_so_in_words(step: ContentStep) -> None:
    assert [row.level for row in step.problems.shown] == ["info"]
    assert step.problems.clean.isVisible()
    assert step.problems.clean_text.text() == "没有必须处理的问题，请看一眼下面的提示"
    step.problems.show_rows((), words={})
    assert step.problems.clean_text.text() == "没有发现问题"


def test_nothing_written_is_an_invitation_and_no_list_of_faults(step: ContentStep, qtbot: QtBot) -> None:
    step.edit.selectAll()
    qtbot.keyClick(step.edit, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: step.composer.state.fresh and step.composer.state.text == "")
    assert step.problems.shown == ()
    assert step.problems.clean_text.text().startswith("写下正文后")
    assert not step.problems.clean_image.isVisible()
    assert "没有发现" not in step.edit.accessibleDescription()
    for key, modifier in (
        (Qt.Key.Key_F8, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier),
    ):
        qtbot.keyClick(step.edit, key, modifier)
    assert step._current is None, "nor is what nobody sees mended by a key"
    write(step, qtbot, BAD)
    assert step.problems.shown
    assert not step.problems.clean.isVisible()


def test_a_new_campaign_has_no_part_yet(app: bootstrap.App, desk: Desk, qtbot: QtBot) -> None:
    stock(app)
    made = app.campaigns.create(name="双十一", entity_uscc=ENTITY, purpose="retail", audience=Filter(), actor="test")
    for step in made_step(desk, made, qtbot):
        assert step.reader.parts.head.text() == "0 条 · 0 字"
        assert step.reader.parts.room.text() == "再写 71 字进入第 2 条"


def test_typing_shows_what_the_rules_say_with_level_law_and_reason(step: ContentStep, qtbot: QtBot) -> None:
    write(step, qtbot, BAD)
    shown = {row.message: row for row in step.problems.shown}
    row = shown["“国家级”是绝对化用语"]
    assert (row.level, row.word, row.law, row.verified) == (
        "block",
        "阻止",
        "中华人民共和国广告法 第九条第（三）项",
        True,
    )
    assert row.why
    assert step.edit.accessibleDescription() == "合规提示：阻止 1，提醒 1，提示 1"
    assert not step.problems.clean.isVisible()
    assert "国家级" in [s.cursor.selectedText() for s in step.edit.extraSelections()]


@pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)
def test_the_mouse_on_underlined_words_shows_rule_law_reason_and_fixes(step: ContentStep, qtbot: QtBot) -> None:
    write(step, qtbot, BAD)
    tried_out(step, qtbot)
    told = hovered(step, BAD.index("国家级") + 1)
    row = next(row for row in step.problems.shown if "国家级" in row.message)
    rule = next(p.finding.rule_id for p in step.composer.state.problems if p.finding.text == "国家级")
    for words in (row.word, row.message, row.law, row.why, rule, "删除这一句", "Alt+Enter"):
        assert words in told
    assert "全网最低价" not in told
    hovered(step, BAD.index("品质"))
    qtbot.waitUntil(lambda: not QToolTip.isVisible())
    qtbot.keyClicks(step.edit, "x")
    hovered(step, step.edit.text.index("国家级") + 1)
    assert not QToolTip.isVisible(), "of a text that is being checked"


def hovered(step: ContentStep, place: int) -> str:
    """What is shown while the mouse rests on the character at `place`."""
    cursor = step.edit.textCursor()
    cursor.setPosition(place)
    at = step.edit.cursorRect(cursor).center() + QPoint(4, 0)
    view = step.edit.viewport()
    QApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, at, view.mapToGlobal(at)))
    return QToolTip.text()


def test_a_source_that_nobody_has_verified_says_so(step: ContentStep, qtbot: QtBot) -> None:
    write(step, qtbot, "国家级品质，无抵押贷款秒批。拒收请回复R")
    rows = {row.shown.verified: row for row in step.problems.findChildren(ProblemRow) if row.shown and row.isVisible()}
    assert set(rows) == {True, False}
    assert rows[False].unverified.isVisible()
    assert rows[False].unverified.text in rows[False].accessibleDescription()
    assert not rows[True].unverified.isVisible()
    assert rows[True].unverified.text not in rows[True].accessibleDescription()


def test_one_key_mends_the_problem_at_the_caret_and_one_undo_brings_it_back(step: ContentStep, qtbot: QtBot) -> None:
    write(step, qtbot, BAD)
    step.edit.go_to(BAD.index("国家级") + 1)
    qtbot.keyClick(step.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: "国家级" not in step.edit.text)
    first = step.edit.text
    qtbot.waitUntil(lambda: step.composer.state.fresh)
    step.edit.go_to(first.index("全网"))
    qtbot.keyClick(step.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: "全网最低价" not in step.edit.text)
    step.edit.undo()
    assert step.edit.text == first
    step.edit.undo()
    assert step.edit.text == BAD
    step.edit.redo()
    assert step.edit.text == first
    qtbot.waitUntil(lambda: step.composer.state.fresh and "“国家级”是绝对化用语" not in messages_of(step))


def test_a_button_does_what_it_says(step: ContentStep, qtbot: QtBot) -> None:
    write(step, qtbot, BAD)
    tried_out(step, qtbot)
    row = next(row for row in step.problems.rows if row.shown and "国家级" in row.shown.message)
    assert row.fixes[1].text() == "删除这一句"
    qtbot.mouseClick(row.fixes[1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: step.edit.text == BAD.replace("国家级品质，", ""))


def test_what_is_missing_is_listed_and_added(step: ContentStep, qtbot: QtBot) -> None:
    write(step, qtbot, CLEAN.replace("拒收请回复R", ""))
    assert "没有退订方式" in messages_of(step)
    row = next(row for row in step.problems.rows if row.shown and row.shown.message == "没有退订方式")
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    qtbot.keyClick(row, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: step.edit.text.endswith("拒收请回复R"))
    qtbot.waitUntil(step.problems.clean.isVisible)


def test_caret_and_panel_keep_step(step: ContentStep, qtbot: QtBot) -> None:
    write(step, qtbot, BAD)
    first, second = BAD.index("全网最低价"), BAD.index("国家级")
    step.edit.go_to(0)
    qtbot.keyClick(step.edit, Qt.Key.Key_F8)
    assert step.edit.caret == first
    qtbot.keyClick(step.edit, Qt.Key.Key_F8)
    assert step.edit.caret == second
    qtbot.keyClick(step.edit, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    assert step.edit.caret == first
    current = [row.shown.message for row in step.problems.rows if row.property("current") and row.shown]
    assert current == ["“全网最低价”须有比价依据"]
    row = next(row for row in step.problems.rows if row.shown and "国家级" in row.shown.message)
    qtbot.keyClick(row, Qt.Key.Key_Return)
    assert step.edit.caret == second
    step.edit.go_to(len(BAD))
    assert not any(row.property("current") for row in step.problems.rows)


def test_a_problem_in_somebodys_data_marks_the_variable_and_says_whose(step: ContentStep, qtbot: QtBot) -> None:
    write(step, qtbot, CLEAN.replace("会员专享", "{level}专享"))
    reader = next(r for r in step.composer.state.setting.readers if r.values.get("level"))
    step.reader.wanted.emit(reader)
    qtbot.waitUntil(lambda: any("国家级" in message for message in messages_of(step)))
    row = next(row for row in step.problems.shown if "国家级" in row.message)
    assert row.note == "在 李小明 的变量 {level} 的内容里，改文案改不掉"
    assert "{level}" in [s.cursor.selectedText() for s in step.edit.extraSelections()]


def test_variables_come_with_a_sample_and_are_inserted_at_the_caret(step: ContentStep, qtbot: QtBot) -> None:
    words = [action.text() for action in step.field.menu.actions()]
    assert "{name}\t姓名，例如 王芳" in words
    assert "{level}\tlevel，例如 国家级会员" in words
    step.edit.go_to(0)
    next(a for a in step.field.menu.actions() if a.text().startswith("{city}")).trigger()
    assert step.edit.text == "{city}" + CLEAN


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_an_opened_brace_offers_the_variables_and_enter_takes_one(step: ContentStep, qtbot: QtBot) -> None:
    shown = step.edit.names.rows
    step.activateWindow()
    step.edit.setFocus()
    qtbot.waitUntil(step.edit.hasFocus)
    step.edit.go_to(0)
    step.edit.insert("😀")
    qtbot.keyClicks(step.edit, "{")
    assert shown.isVisible()
    assert shown.model().index(0, 0).data() == "{name}  姓名，例如 王芳"
    qtbot.keyClicks(shown, "ci")
    assert [shown.model().index(n, 0).data().split()[0] for n in range(shown.model().rowCount())] == ["{city}"]
    qtbot.keyClick(shown, Qt.Key.Key_Return)
    assert step.edit.text == "😀{city}" + CLEAN
    assert not shown.isVisible()
    qtbot.keyClicks(step.edit, "{")
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    assert not shown.isVisible()
    qtbot.keyClicks(step.edit, "zz")
    assert not shown.isVisible(), "there is no such variable"
    assert step.edit.text == "😀{city}{zz" + CLEAN


@pytest.fixture
def held(qapp: QApplication) -> HeldTasks:
    return HeldTasks()


def test_a_late_answer_about_a_former_text_is_dropped(
    app: bootstrap.App, campaign: Campaign, held: HeldTasks, qtbot: QtBot, desk: Desk
) -> None:
    model = CampaignModel(app, held, desk.kit.messages, campaign)
    composer = Composer(app.composing, held, desk.kit.messages, lambda: "zh_CN", model)
    composer.load()
    held.release()
    for text in (BAD, CLEAN + "1"):
        composer.set_text(text)
        before = len(held.held)
        qtbot.waitUntil(lambda before=before: len(held.held) > before)
    held.release(len(held.held) - 1)
    assert composer.state.fresh
    seen = []
    composer.changed.connect(seen.append)
    while held.held:
        held.release()
    assert composer.state.composed.body == CLEAN + "1"
    assert all(state.composed.body != BAD for state in seen)
    discard(model)


def test_nothing_is_said_in_a_former_language(
    app: bootstrap.App, inline: InlineTasks, campaign: Campaign, desk: Desk, qtbot: QtBot
) -> None:
    model, language = CampaignModel(app, inline, desk.kit.messages, campaign), ["zh_CN"]
    told = app.composing, inline, desk.kit.messages, lambda: language[0], model
    composer = Composer.of(*told)
    composer.load()
    composer.set_text(BAD)
    qtbot.waitUntil(lambda: composer.state.fresh and bool(composer.state.fixes))
    language[0] = "en"
    assert Composer.of(*told) is composer
    assert (composer.state.composed, composer.state.fixes) == (None, {})
    composer.load()
    qtbot.waitUntil(lambda: composer.state.fresh and bool(composer.state.fixes))
    labels = [fix.label for fixes in composer.state.fixes.values() for fix in fixes]
    assert labels
    assert all(label.startswith(("Change", "Delete", "Add", "Move", "Use", "Write", "Drop")) for label in labels)
    discard(model)


def test_a_fix_of_a_former_text_is_never_made(
    app: bootstrap.App, inline: InlineTasks, campaign: Campaign, desk: Desk, qtbot: QtBot
) -> None:
    model = CampaignModel(app, inline, desk.kit.messages, campaign)
    composer = Composer(app.composing, inline, desk.kit.messages, lambda: "zh_CN", model)
    composer.load()
    composer.set_text(BAD)
    qtbot.waitUntil(lambda: composer.state.fresh and bool(composer.state.fixes))
    key = next(p.key for p in composer.state.problems if p.finding.text == "国家级")
    made = []
    composer.fixed.connect(made.append)
    composer.set_text("前面多了几个字，" + BAD)
    composer.apply(key)
    assert made == []
    qtbot.waitUntil(lambda: bool(made))
    assert made[0][0].start == composer.state.text.index("国家级")
    discard(model)


def test_a_signature_shows_its_filing_and_one_that_cannot_be_used_its_reason(
    step: ContentStep, desk: Desk, campaign: Campaign, qtbot: QtBot
) -> None:
    field = step.signature.field
    assert field.currentText() == "【安宁百货】"
    assert step.signature.words.text() == "用途：零售、会员 · 有效至 2099-12-31"
    at = field.findText("【安宁折扣】")
    assert not field.model().flags(field.model().index(at, 0)) & Qt.ItemFlag.ItemIsEnabled
    assert field.itemData(at, Qt.ItemDataRole.UserRole + 2) == "不能用：审核中，尚未通过"
    step.signature.chosen.emit("安宁折扣")
    qtbot.waitUntil(lambda: "签名未审核通过、未完成运营商报备或已过有效期" in messages_of(step))
    assert step.signature.state.text == "审核中，尚未通过"
    assert desk.kit.tasks.finish()
    assert desk.app.campaigns.get(campaign.id).signature == "安宁折扣"


def test_the_telephone_shows_a_chosen_reader(step: ContentStep, qtbot: QtBot) -> None:
    assert step.reader.who.text().endswith("最长：欧阳明月 · 浙江杭州 · 138****0002")
    qtbot.mouseClick(step.reader.shortest, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "最短：王芳" in step.reader.who.text())
    assert step.composer.state.who == SHORTEST
    step.reader.searched.emit("张")
    qtbot.waitUntil(lambda: [r.name for r in step.composer.state.found] == ["张伟"])
    step.reader.wanted.emit(step.composer.state.found[0])
    qtbot.waitUntil(lambda: "收件人：张伟" in step.reader.who.text())
    assert "【安宁百货】张伟您好" in step.reader.phone.accessibleDescription()


def test_a_message_of_two_parts_shows_where_the_second_begins(step: ContentStep, qtbot: QtBot) -> None:
    write(step, qtbot, CLEAN.replace("店内", "店内新到羽绒被与毛毯，"))
    composed = step.composer.state.composed
    assert (composed.segments.segments, composed.marks) == (2, (67,))
    assert step.reader.parts.head.text() == f"2 条 · {composed.segments.length} 字"
    assert step.reader.parts.cost.text() == "单价未填"
    assert (step.reader.parts.price.text(), "单价" in step.reader.parts.sum.text()) == ("未填", False)
    step.reader.parts.price.setValue(0.045)
    qtbot.waitUntil(lambda: step.composer.state.setting.price == 450)
    mean = sum(p * n for p, n in composed.spread.parts) / 4
    assert step.reader.parts.cost.text() == f"约 ¥{round(mean * 4 * 4.5) / 100:.2f}"
    assert "估算" in step.reader.parts.sum.text()


def test_a_part_that_begins_within_a_character_says_so(step: ContentStep, qtbot: QtBot) -> None:
    body = "秋" * 55 + "👨‍👩‍👧‍👦到店有礼，会员两件八折。拒收请回复R"
    write(step, qtbot, body)
    composed = step.composer.state.composed
    assert composed.torn == composed.marks == (65,)
    assert step.reader.parts.torn.isVisible()
    assert step.reader.parts.torn.text().startswith("第 2 条开头：此处会把一个字符切成两段")
    assert step.reader.phone.bubble.toolTip() == "此处会把一个字符切成两段"
    write(step, qtbot, body[11:])
    assert step.composer.state.composed.torn == ()
    assert not step.reader.parts.torn.isVisible()
    assert step.reader.phone.bubble.toolTip() == ""


def test_a_low_telephone_gives_its_head_to_the_message(desk: Desk, qtbot: QtBot) -> None:
    phone = Phone(desk.kit.theme)
    qtbot.addWidget(phone)
    phone.show()
    phone.resize(phone.width(), 400)
    around = phone.height() - phone.area.height()
    phone.resize(phone.width(), 160)
    qtbot.waitUntil(lambda: phone.height() - phone.area.height() < around - 40)


def test_go_and_fix_lands_in_the_field(step: ContentStep, qtbot: QtBot) -> None:
    step.activateWindow()
    step.land("signature")
    qtbot.waitUntil(step.signature.field.hasFocus)
    step.land("body")
    qtbot.waitUntil(step.edit.hasFocus)


def test_whatever_takes_the_focus_has_a_name(step: ContentStep, qtbot: QtBot) -> None:
    write(step, qtbot, BAD)
    tried_out(step, qtbot)
    inner = (QLineEdit,)
    for widget in step.findChildren(QWidget):
        wants = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if wants and widget.isVisible() and not (isinstance(widget, inner) and widget.objectName().startswith("qt_")):
            assert widget.accessibleName() or getattr(widget, "text", str)(), widget
            assert widget.objectName(), widget
