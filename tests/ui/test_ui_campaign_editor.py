"""The frame of the campaign editor: head, stepper, steps in any order, and nothing typed that gets lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QLineEdit, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from campaign_app.domain.audience import Condition, Filter, Op
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.campaign import CampaignState as State
from campaign_app.ui.pages.campaigns import CampaignsPage
from campaign_app.ui.viewmodels.campaign import CampaignModel, CampaignView
from campaign_app.ui.viewmodels.campaign_steps import STEPS, Mark, marks
from campaign_app.ui.widgets.basics import lay_out
from tests.helpers.answering import answer
from tests.helpers.desk_of import ENTITY, Workplace, workplace


@pytest.fixture
def place(tmp_path: Path, qapp: QApplication) -> Iterator[Workplace]:
    with workplace(tmp_path, qapp, inline=False) as made:
        yield made


def open_page(place: Workplace, qtbot: QtBot) -> CampaignsPage:
    page = CampaignsPage(place.desk)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    qtbot.waitUntil(lambda: page.model.state.loaded)
    return page


def edit(page: CampaignsPage, campaign_id: int, qtbot: QtBot, step: str = "") -> None:
    page.open((campaign_id, step) if step else campaign_id)
    qtbot.waitUntil(lambda: page.editor is not None and page.model.current is not None)


# --- editor ----------------------------------------------------------------------------------------------------------


def test_the_five_steps_are_visited_in_any_order_and_built_once(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop(3)
    made = place.campaign("双十一")
    page = open_page(place, qtbot)
    edit(page, made.id, qtbot, "results")
    editor = page.editor
    assert editor is not None
    assert list(editor._steps) == ["results"]
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    for number in (1, 3, 2, 4, 5):
        qtbot.keyClick(editor, Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.AltModifier)
        assert page.model.step == STEPS[number - 1]
        assert editor.stepper.buttons[STEPS[number - 1]].isChecked()
    qtbot.mouseClick(editor.stepper.buttons["content"], Qt.MouseButton.LeftButton)
    assert page.model.step == "content"
    editor.go("results")
    assert len(editor._steps) == 5
    assert not editor.on.isVisibleTo(editor)
    qtbot.mouseClick(editor.back, Qt.MouseButton.LeftButton)
    assert page.model.step == "sending"
    before = editor.step
    editor.go("audience")
    qtbot.keyClick(editor.on, Qt.Key.Key_Space)
    assert editor.focusWidget() is editor.step.begins(), "work goes on in the text"
    editor.go("sending")
    assert editor.step is before


def test_the_way_on_stands_out_where_a_step_is_done(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop(3)
    made = place.campaign("双十一")
    page = open_page(place, qtbot)
    edit(page, made.id, qtbot, "audience")
    editor = page.editor
    assert editor is not None
    led = {}
    for step in STEPS[:-1]:
        editor.go(step)
        led[step] = editor.on.property("kind")
    assert led == {"audience": "primary", "content": "", "screening": "", "sending": ""}
    place.put(made.id, signature="安宁百货", body="{name}您好")
    assert page.model.current is not None
    page.model.current.load()
    editor.go("content")
    qtbot.waitUntil(lambda: editor.on.property("kind") == "primary")


def test_a_step_can_send_the_user_to_the_field_of_another(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop(3)
    made = place.campaign("双十一")
    page = open_page(place, qtbot)
    edit(page, made.id, qtbot, "sending")
    editor = page.editor
    assert editor is not None
    landed: list[str] = []
    editor.go("content")
    editor.step.land = landed.append  # type: ignore[method-assign]
    editor.go("sending")
    editor.step.wanted.emit("content", "signature")
    assert page.model.step == "content"
    assert landed == ["signature"]


def test_who_comes_back_to_the_page_sees_what_changed_meanwhile(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop(6)
    made = place.campaign("双十一")
    page = open_page(place, qtbot)
    edit(page, made.id, qtbot, "audience")
    assert page.editor is not None
    audience = page.editor.step.audience  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: audience.state.count == 6)
    place.add_shop(4, "安宁折扣店")
    page.shown()
    qtbot.waitUntil(lambda: audience.state.count == 10)


def test_the_name_is_changed_in_place_and_never_empty(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop()
    made = place.campaign("双十一")
    page = open_page(place, qtbot)
    edit(page, made.id, qtbot)
    editor = page.editor
    assert editor is not None
    editor.name.setText("  ")
    editor.name.editingFinished.emit()
    assert editor.name.text() == "双十一"
    editor.name.setText("双十一正式")
    editor.name.editingFinished.emit()
    assert editor.saved.text() == "正在保存…"
    qtbot.waitUntil(lambda: editor.saved.text() == "已保存")
    assert place.app.campaigns.get(made.id).name == "双十一正式"


def test_the_keys_of_the_steps_work_as_soon_as_a_campaign_is_opened(place: Workplace, qtbot: QtBot) -> None:
    """While the step still reads what it is to show nobody types into what is beside it, such as a segment's name."""
    place.add_shop()
    made = place.campaign("双十一")
    page = open_page(place, qtbot)
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.list.table.setFocus()
    edit(page, made.id, qtbot, "audience")
    editor, focused = page.editor, page.focusWidget()
    assert editor is not None
    assert focused is editor.stepper.buttons["audience"]
    qtbot.keyClick(focused, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert page.model.step == "content"


def test_a_long_name_is_told_by_its_beginning(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop()
    made = place.campaign("双十一" + "很长" * 25)
    page = open_page(place, qtbot)
    edit(page, made.id, qtbot)
    editor = page.editor
    assert editor is not None
    assert page.model.current is not None
    editor.render_view(page.model.current.view)
    assert editor.name.cursorPosition() == 0
    assert made.name in editor.name.toolTip()
    assert elided_in(editor.name)
    place.put(made.id, state=State.PAUSED, state_note="restored")
    page.model.current.load()
    qtbot.waitUntil(editor.note.isVisible)
    lay_out()
    assert editor.note.width() >= editor.note.sizeHint().width(), "what is the matter is said whole beside it"
    page.resize(1900, 700)
    lay_out()
    assert editor.name.width() == editor.name.maximumWidth(), "it has what room there is"
    editor.name.setCursorPosition(len(made.name))  # as by Tab into it, and out again
    editor.name.editingFinished.emit()
    assert editor.name.cursorPosition() == 0


def elided_in(field: QLineEdit) -> bool:
    """Whether it is painted as one whose text ends in … would be: unlike Qt's own, which cuts a character in two."""
    plain = QLineEdit(field.text(), field.parentWidget())
    plain.setProperty("role", "name")
    plain.setGeometry(field.geometry())
    plain.setCursorPosition(0)
    plain.ensurePolished()
    return field.grab().toImage() != plain.grab().toImage()


def test_a_running_campaign_keeps_its_name(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop()
    made = place.campaign("双十一", State.SENDING)
    page = open_page(place, qtbot)
    edit(page, made.id, qtbot)
    assert page.editor is not None
    assert page.editor.name.isReadOnly()


def test_leaving_the_editor_saves_what_was_only_typed(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop(6)
    made = place.campaign("双十一")
    page = open_page(place, qtbot)
    edit(page, made.id, qtbot, "audience")
    editor = page.editor
    assert editor is not None
    audience = editor.step.audience  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: audience.state.draft is not None)
    audience.add(0, "order_count", Op.AT_LEAST, "1")
    qtbot.mouseClick(editor.close_button, Qt.MouseButton.LeftButton)
    assert page.model.current is None
    assert page.list.isVisible()
    wanted = Filter((Condition("order_count", Op.AT_LEAST, 1),))
    qtbot.waitUntil(lambda: place.app.campaigns.get(made.id).audience == wanted)


def test_conditions_without_a_meaning_are_not_dropped_in_silence(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop(6)
    made = place.campaign("双十一")
    page = open_page(place, qtbot)
    edit(page, made.id, qtbot, "audience")
    editor = page.editor
    assert editor is not None
    audience = editor.step.audience  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: audience.state.draft is not None)
    audience.add(0, "spend_cents", Op.AT_LEAST, "12a")
    editor.go("content")
    assert editor.stepper.buttons["audience"].note == "1 个条件没填好"
    assert editor.saved.text() == "有没填好的条件，未保存"
    answer("confirm_no")
    qtbot.mouseClick(editor.close_button, Qt.MouseButton.LeftButton)
    assert page.model.step == "audience"
    answer("confirm_yes")
    qtbot.mouseClick(editor.close_button, Qt.MouseButton.LeftButton)
    assert page.model.current is None
    assert place.app.campaigns.get(made.id).audience == Filter()


def test_another_language_keeps_the_campaign_and_the_step(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop(3)
    made = place.campaign("双十一")
    page = open_page(place, qtbot)
    edit(page, made.id, qtbot, "screening")
    again = CampaignsPage(place.desk)
    qtbot.addWidget(again)
    assert again.editor is not None
    assert again.model.step == "screening"
    assert again.editor.shows(page.model.current)  # type: ignore[arg-type]


def test_a_campaign_that_is_gone_leads_back_to_the_list(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop()
    made = place.campaign("双十一")
    page = open_page(place, qtbot)
    edit(page, made.id, qtbot)
    place.app.campaigns.delete_draft(made.id, "somebody else")
    page.model.current.load()  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: page.model.current is None)
    assert page.list.isVisible()
    last = place.desk.kit.messages.last
    assert last is not None
    assert last.text == "活动“双十一”已在另一个窗口被删除。"
    assert last.action is None, "nothing was written in it"


def test_a_campaign_that_does_not_exist_is_said_not_shown(place: Workplace, qtbot: QtBot) -> None:
    page = open_page(place, qtbot)
    with qtbot.waitSignal(place.desk.kit.messages.told):
        page.open(99)
    assert page.editor is None


# --- model -----------------------------------------------------------------------------------------------------------


def view(state: State = State.DRAFT, counts: dict[str, int] | None = None, **changes: object) -> CampaignView:
    funnel = changes.pop("funnel", {})
    campaign = replace(Campaign(1, "x", ENTITY, "retail", Filter(), state=state), **changes)  # type: ignore[arg-type]
    return CampaignView(campaign, funnel, counts or {})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seen", "step", "mark"),
    [
        (view(), "audience", Mark("empty", "everybody")),
        (view(audience=Filter((Condition("tag", Op.IS, "a"),))), "audience", Mark("done", "conditions", 1)),
        (replace(view(), unfinished=2), "audience", Mark("attention", "unfinished", 2)),
        (view(State.SCREENED, snapshot_size=9), "audience", Mark("done", "people", 9)),
        (view(State.SCREENED), "audience", Mark("attention", "nobody")),
        (view(), "content", Mark("empty", "empty")),
        (view(body="a"), "content", Mark("attention", "no_signature")),
        (view(signature="a"), "content", Mark("attention", "no_text")),
        (view(body="a", signature="a"), "content", Mark("done", "written")),
        (replace(view(body="a", signature="a"), verdict="block"), "content", Mark("attention", "blocked")),
        (replace(view(body="a", signature="a"), verdict="warn"), "content", Mark("done", "written")),
        (view(), "screening", Mark("empty", "empty")),
        (view(State.SCREENING), "screening", Mark("busy", "running")),
        (view(funnel={"ok": 1}), "screening", Mark("attention", "void")),
        (view(state_note="refused"), "screening", Mark("attention", "failed")),
        (view(State.SCREENED, funnel={"stale": 1}), "screening", Mark("attention", "nobody")),
        (view(State.SENDING, funnel={"ok": 3}), "screening", Mark("done", "ready", 3)),
        (view(), "sending", Mark("empty", "empty")),
        (view(State.WAITING), "sending", Mark("attention", "stopped")),
        (view(State.SENDING), "sending", Mark("busy", "running")),
        (view(State.CANCELLED), "sending", Mark("done", "cancelled")),
        (view(), "results", Mark("empty", "empty")),
        (view(State.DONE, {"submitted": 2}), "results", Mark("done", "submitted", 2)),
        (view(State.SENDING, {"submitted": 2, "delivered": 1}), "results", Mark("busy", "delivered", 1)),
        (view(State.DONE, {"submitted": 2, "delivered": 2}), "results", Mark("done", "delivered", 2)),
        (view(State.DONE, {"submitted": 2, "complaints": 1}), "results", Mark("attention", "complaints", 1)),
    ],
)
def test_each_step_says_how_far_it_is(seen: CampaignView, step: str, mark: Mark) -> None:
    assert marks(seen)[step] == mark


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_a_mark_for_every_step(state: State) -> None:
    assert set(marks(view(state))) == set(STEPS)


def test_a_campaign_nobody_looks_at_is_not_read_by_the_clock(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop()
    model = CampaignModel(place.app, place.desk.kit.tasks, place.desk.kit.messages, place.campaign("双十一"))
    model.stop()
    place.put(model.id, body="新")
    with qtbot.waitSignal(model.changed):
        model.load()
    assert not model._timer.isActive()
    shiboken6.delete(model)


def test_a_text_that_the_rules_block_is_no_finished_step(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop()
    made = place.campaign("双十一")
    page = open_page(place, qtbot)
    edit(page, made.id, qtbot, "results")
    assert page.editor is not None
    assert page.model.current is not None
    content = page.editor.stepper.buttons["content"]
    page.model.current.edit(body="全国第一，国家级品质。拒收请回复R", signature="安宁百货")
    qtbot.waitUntil(lambda: content.note == "有必须修改处")
    assert content.state == "attention"
    page.model.current.edit(body="")
    assert content.note == "未写正文"


def focusable(widget: QWidget) -> Iterator[QWidget]:
    for each in widget.findChildren(QWidget):
        if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.window() is widget.window():  # no list of a combo box
            yield each


def test_everything_that_takes_the_focus_has_a_name(place: Workplace, qtbot: QtBot) -> None:
    place.add_shop(5)
    made = place.campaign("双十一")
    place.campaign("会员日", State.WAITING, state_note="window_over")
    page = open_page(place, qtbot)
    nameless = [each for each in focusable(page) if not _name(each)]
    edit(page, made.id, qtbot, "audience")
    assert page.editor is not None
    audience = page.editor.step.audience  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: audience.state.draft is not None)
    audience.add()
    audience.add_group()
    nameless += [each for each in focusable(page.editor) if not _name(each)]
    assert nameless == []


def _name(widget: QWidget) -> str:
    """As a screen reader gets it; what scrolls speaks by what is in it."""
    if isinstance(widget, QScrollArea):
        return "-"
    found = QAccessible.queryAccessibleInterface(widget)
    return found.text(QAccessible.Text.Name) if found is not None and found.isValid() else ""
