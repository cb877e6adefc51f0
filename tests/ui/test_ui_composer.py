"""Writing a campaign's text: found as it is typed, mended by one key, taken back, kept, and never mixed up."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, Qt, QUrl
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.services.composing import SHORTEST
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.steps.content import ContentStep
from campaign_app.ui.tasks import InlineTasks
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.viewmodels.campaign import CampaignModel
from campaign_app.ui.viewmodels.composer import Composer, Saved
from campaign_app.ui.widgets.message_edit import LIMIT, Mark, MessageEdit
from campaign_app.ui.widgets.parts_bar import Parts
from campaign_app.ui.widgets.phone import Bubble
from campaign_app.ui.widgets.utf16 import Units, cleaned
from tests.helpers.writing import BAD, CLEAN, HeldTasks, campaign_of, move, stock

CHARACTERS = st.text(st.sampled_from("a国。{}\n😀𠮷👨‍👩‍👧é"), max_size=30)


@pytest.fixture
def campaign(app: bootstrap.App) -> Campaign:
    stock(app)
    return campaign_of(app)


@pytest.fixture
def step(desk: Desk, campaign: Campaign, qtbot: QtBot) -> Iterator[ContentStep]:
    yield from made_step(desk, campaign, qtbot)


def made_step(desk: Desk, campaign: Campaign, qtbot: QtBot) -> Iterator[ContentStep]:
    model = CampaignModel(desk.app, desk.kit.tasks, desk.kit.messages, campaign)
    made = ContentStep(desk, model)
    qtbot.addWidget(made)
    made.resize(1040, 560)
    made.show()
    made.shown()
    qtbot.waitUntil(lambda: made.composer.state.fresh)
    yield made
    made.hide()
    discard(model)


def discard(model: CampaignModel) -> None:
    """Now and on this thread: garbage may be collected on another one, where no timer can be stopped."""
    model.stop()
    model.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def commit(step: ContentStep, text: str) -> None:
    """As an input method hands it over."""
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(step.edit, event)


def wait_saved(step: ContentStep, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: step.composer.state.saved is Saved.YES)


def write(step: ContentStep, qtbot: QtBot, text: str) -> None:
    step.edit.selectAll()
    commit(step, text)
    qtbot.waitUntil(lambda: step.composer.state.fresh and step.composer.state.text == text)


def tried_out(step: ContentStep, qtbot: QtBot) -> None:
    state = step.composer.state
    qtbot.waitUntil(lambda: step.composer.state.fresh and len(step.composer.state.fixes) == len(state.problems))


def messages_of(step: ContentStep) -> list[str]:
    return [row.message for row in step.problems.shown]


# --- places ----------------------------------------------------------------------------------------------------------


@given(CHARACTERS)
def test_code_points_and_units_of_a_document_lead_to_one_another(text: str) -> None:
    units = Units(text)
    for point in range(len(text) + 1):
        unit = len(text[:point].encode("utf-16-le")) // 2
        assert units.of(point) == unit
        assert units.point(unit) == point
        if point < len(text) and text[point] > "\uffff":
            assert units.point(unit + 1) == point


@given(st.text(max_size=40))
def test_a_cleaned_text_stays_as_it_is_and_can_be_stored(text: str) -> None:
    clean, _ = cleaned(text)
    assert cleaned(clean) == (clean, 0)
    clean.encode("utf-8")


def test_marks_stand_over_their_words_whatever_stands_before(qapp: QApplication, qtbot: QtBot) -> None:
    edit = MessageEdit(Theme(qapp, "light"))
    qtbot.addWidget(edit)
    edit.show_text("😀𠮷{name}国家级😀品质")
    edit.show_marks([Mark(8, 11, "block")])
    (marked,) = [s.cursor.selectedText() for s in edit.extraSelections() if s.cursor.selectedText() == "国家级"]
    assert marked
    edit.go_to(0)
    edit.insert("新")
    assert "国家级" in [s.cursor.selectedText() for s in edit.extraSelections()]
    edit.go_to(9)
    assert edit.caret == 9


# --- problems and fixes ----------------------------------------------------------------------------------------------


def test_a_clean_text_says_so_in_words(step: ContentStep) -> None:
    assert [row.level for row in step.problems.shown] == ["info"]
    assert step.problems.clean.isVisible()
    assert step.problems.clean_text.text() == "没有必须处理的问题，请看一眼下面的提示"
    step.problems.show_rows((), words={})
    assert step.problems.clean_text.text() == "没有发现问题"


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
    assert not step.problems.clean.isVisible()
    assert "国家级" in [s.cursor.selectedText() for s in step.edit.extraSelections()]


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
    assert row.fixes[1].text() == "删除“国家级”"
    qtbot.mouseClick(row.fixes[1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: step.edit.text == BAD.replace("国家级", ""))


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


# --- what is late or wrong -------------------------------------------------------------------------------------------


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


def test_a_megabyte_is_cut_to_what_a_message_may_have(step: ContentStep, qtbot: QtBot, desk: Desk) -> None:
    step.edit.selectAll()
    brought = QMimeData()
    brought.setText("双十一😀" * 250_000)
    brought.setHtml("<b>双十一</b>" * 10)
    step.edit.insertFromMimeData(brought)
    assert step.edit.text == ("双十一😀" * 250_000)[:LIMIT]
    assert desk.kit.messages.last.text == "正文最多 2,000 字，粘贴的内容有 998,000 字没有放进来。"
    qtbot.waitUntil(lambda: step.composer.state.fresh)
    step.edit.insertFromMimeData(brought)
    assert len(step.edit.text) == LIMIT


def test_what_nobody_can_see_is_taken_out_of_a_paste(step: ContentStep, desk: Desk) -> None:
    step.edit.selectAll()
    brought = QMimeData()
    brought.setText("双\x00十\u202e一\r\n会员")
    step.edit.insertFromMimeData(brought)
    assert step.edit.text == "双十一\n会员"
    assert desk.kit.messages.last.text == "去掉了 2 个看不见的控制字符。"


def test_files_are_not_dropped_into_a_text(step: ContentStep) -> None:
    brought = QMimeData()
    brought.setUrls([QUrl.fromLocalFile("/etc/hosts")])
    brought.setText("file:///etc/hosts")
    assert not step.edit.canInsertFromMimeData(brought)
    step.edit.insertFromMimeData(brought)
    assert step.edit.text == CLEAN


# --- kept ------------------------------------------------------------------------------------------------------------


def test_what_was_typed_is_kept_by_itself(step: ContentStep, desk: Desk, campaign: Campaign, qtbot: QtBot) -> None:
    write(step, qtbot, BAD)
    assert step.composer.state.saved is Saved.PENDING
    wait_saved(step, qtbot)
    assert desk.app.campaigns.get(campaign.id).body == BAD
    assert step.edit.text == BAD


@pytest.mark.parametrize("leave", ["left", "hide"])
def test_leaving_keeps_it_at_once(step: ContentStep, desk: Desk, campaign: Campaign, qtbot: QtBot, leave: str) -> None:
    write(step, qtbot, BAD)
    getattr(step, leave)()
    assert desk.kit.tasks.finish()
    assert desk.app.campaigns.get(campaign.id).body == BAD


def test_a_screened_campaign_says_once_what_a_change_undoes(desk: Desk, campaign: Campaign, qtbot: QtBot) -> None:
    told = []
    desk.kit.messages.told.connect(told.append)
    screened = move(desk.app, campaign.id, CampaignState.SCREENED)
    for step in made_step(desk, screened, qtbot):
        assert step.notice.isVisible()
        assert step.notice_text.text() == "改动签名或正文后，需要重新核验。"
        write(step, qtbot, BAD)
        wait_saved(step, qtbot)
        write(step, qtbot, CLEAN)
        assert [notice.text for notice in told] == ["文案已改动，之前的核验作废。"]
        assert not step.notice.isVisible()
        assert desk.app.campaigns.get(campaign.id).state is CampaignState.DRAFT


@pytest.mark.parametrize("state", [CampaignState.SENDING, CampaignState.SCREENING, CampaignState.DONE])
def test_what_runs_can_only_be_read(desk: Desk, campaign: Campaign, qtbot: QtBot, state: CampaignState) -> None:
    for step in made_step(desk, move(desk.app, campaign.id, state), qtbot):
        assert step.edit.isReadOnly()
        assert not step.signature.field.isEnabled()
        assert step.notice_text.text()
        qtbot.keyClick(step.edit, Qt.Key.Key_X)
        assert step.edit.text == CLEAN


def test_a_change_that_comes_too_late_is_not_lost_without_a_word(
    step: ContentStep, desk: Desk, campaign: Campaign, qtbot: QtBot
) -> None:
    told = []
    desk.kit.messages.told.connect(told.append)
    move(desk.app, campaign.id, CampaignState.SENDING)
    write(step, qtbot, BAD)
    qtbot.waitUntil(step.edit.isReadOnly)
    assert step.edit.text == CLEAN
    rescue = next(notice for notice in told if notice.action is not None)
    rescue.action()
    assert QApplication.clipboard().text() == BAD


def test_a_text_that_another_program_changed_is_taken_over(
    step: ContentStep, desk: Desk, campaign: Campaign, qtbot: QtBot
) -> None:
    desk.app.campaigns.edit(campaign.id, body=BAD, actor="cli")
    step._model.load()
    qtbot.waitUntil(lambda: step.edit.text == BAD)


def test_the_text_outlives_a_rebuilt_window(step: ContentStep, desk: Desk, qtbot: QtBot) -> None:
    write(step, qtbot, BAD)
    again = ContentStep(desk, step._model)
    qtbot.addWidget(again)
    assert again.composer is step.composer
    assert again.edit.text == BAD


# --- signature, reader, parts ----------------------------------------------------------------------------------------


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
    assert step.reader.who.text() == "样本里最长：欧阳明月 · 浙江杭州 · 138****0002"
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
    step.reader.parts.price.setValue(4.5)
    qtbot.waitUntil(lambda: step.composer.state.setting.price == 45)
    mean = sum(p * n for p, n in composed.spread.parts) / 4
    assert step.reader.parts.cost.text() == f"约 ¥{round(mean * 4 * 4.5) / 100:.2f}"
    assert "估算" in step.reader.parts.sum.text()


def test_room_and_cost_of_parts() -> None:
    one = Parts(1, 57, ((1, 3), (2, 1)), recipients=1_000, price=50)
    assert (one.room, one.mean, one.cents) == (13, 1.25, 6_250)
    assert Parts(2, 71).room == 63
    assert Parts().cents == 0


@pytest.mark.parametrize("width", range(180, 330, 6))
def test_lines_break_where_telephones_break_them(qapp: QApplication, qtbot: QtBot, width: int) -> None:
    bubble = Bubble(Theme(qapp, "light"))
    qtbot.addWidget(bubble)
    text = "【安宁百货】张😀女士您好，双11会员专享满300元减50元。原价268元，现198元；详询4000001234。\n拒收请回复R"
    bubble.resize(width, 100)
    bubble.show_message(text, (5,))
    lines = bubble.lines
    assert "".join(lines) == text
    for before, after in itertools.pairwise(lines):
        assert after[0] not in "。，；】"
        assert not (before[-1].isdigit() and after[0].isdigit())


# --- for everybody ---------------------------------------------------------------------------------------------------


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


def test_voids_nothing_where_nothing_is_changed(
    app: bootstrap.App, inline: InlineTasks, campaign: Campaign, desk: Desk
) -> None:
    screened = move(app, campaign.id, CampaignState.SCREENED)
    model = CampaignModel(app, inline, desk.kit.messages, screened)
    composer = Composer(app.composing, inline, desk.kit.messages, lambda: "zh_CN", model)
    composer.set_text(CLEAN)
    composer.set_signature("安宁百货")
    composer.flush()
    assert app.campaigns.get(campaign.id).state is CampaignState.SCREENED
    discard(model)
