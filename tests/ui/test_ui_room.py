"""In the smallest window a text is written in full view, whatever else has to be said above it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QByteArray, QSize
from PySide6.QtGui import QStandardItem
from PySide6.QtWidgets import QDialog, QLineEdit, QStyle, QStyleOptionComboBox, QWidget
from pytestqt.qtbot import QtBot
from ui_guide import Guided, guided
from ui_sending import app

from campaign_app.domain import phone as numbers
from campaign_app.domain.complaint import NewCase, Source, Way
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.campaign_editor import CampaignEditor
from campaign_app.ui.pages.crash_dialog import CrashDialog
from campaign_app.ui.pages.shell import LEAST
from campaign_app.ui.pages.shortcut_sheet import ShortcutSheet
from campaign_app.ui.pages.steps.content import ContentStep
from campaign_app.ui.pages.steps.content_signature import SignaturePicker
from campaign_app.ui.widgets import basics, dialog
from campaign_app.ui.widgets.area import Area
from campaign_app.ui.widgets.basics import column, fit, lay_out
from campaign_app.ui.widgets.page import WIDE
from campaign_app.ui.widgets.phone import TALL, Phone
from campaign_app.ui.widgets.problems import Problems, Row
from campaign_app.ui.widgets.table import Table
from tests.helpers.driving import pause
from tests.helpers.shop import ENTITY
from tests.helpers.staged import stage

__all__ = ["app", "guided"]  # fixtures


def whole(part: QWidget) -> bool:
    """Nothing of it lies outside of what it is in, and nothing beside it lies over it."""
    around = part.parentWidget()
    beside = [each for each in around.children() if isinstance(each, QWidget) and each.isVisible() and each is not part]
    inside = around.rect().contains(part.geometry())
    return inside and not any(each.geometry().intersects(part.geometry()) for each in beside)


def settle() -> None:
    for _ in range(3):
        pause(20)
        lay_out()


def test_a_dialog_that_is_higher_than_its_screen_scrolls_to_its_buttons(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(basics, "room", lambda _: QSize(944, 300))
    sheet = ShortcutSheet()
    qtbot.addWidget(sheet)
    sheet.show()
    settle()
    assert sheet.height() == 300
    assert sheet.focusWidget() is sheet.findChild(Area), "whose arrow keys show the rest"
    assert sheet.close_button.visibleRegion().isEmpty()
    sheet.focusNextPrevChild(True)
    assert sheet.focusWidget() is sheet.close_button
    assert not sheet.close_button.visibleRegion().isEmpty()
    asking = QDialog()
    qtbot.addWidget(asking)
    asking.setLayout(column(QLineEdit()))
    sheet.setParent(asking, sheet.windowFlags())
    fit(asking)
    assert asking.height() < 300, "nor is what another one scrolls its own"


def test_a_dialog_is_no_wider_than_its_screen(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    for where in (basics, dialog):  # 1366 x 768 at 200 %
        monkeypatch.setattr(where, "room", lambda _: QSize(667, 427))
    for made in (ShortcutSheet(), CrashDialog("Traceback", None)):
        qtbot.addWidget(made)
        made.show()
        settle()
        assert made.width() == 667, made.objectName()
        assert made.layout().totalMinimumSize().width() <= 667, made.objectName()


def test_the_state_of_a_signature_never_lies_over_it(kit: Kit, qtbot: QtBot) -> None:
    picker = SignaturePicker(kit)
    qtbot.addWidget(picker)
    picker.state.show_state("Approved and filed with the carriers", "ok")
    long = "【安宁百货官方旗舰店华东会员中心】"
    picker.field.model().appendRow(QStandardItem(long))  # type: ignore[attr-defined]
    picker.show()
    picker.resize(900, 120)
    settle()
    look = QStyleOptionComboBox()
    look.initFrom(picker.field)
    complex_, part = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
    inside = picker.field.style().subControlRect(complex_, look, part, picker.field)
    assert inside.width() >= picker.field.fontMetrics().horizontalAdvance(long), "of two the end may differ"
    for width in (620, 355):
        picker.resize(width, 120)
        settle()
        assert whole(picker.state), width
        assert whole(picker.field), width
    assert picker.state.y() > picker.field.geometry().bottom()


def test_no_telephone_shows_brackets_for_a_signature_that_is_not_chosen(kit: Kit, qtbot: QtBot) -> None:
    phone = Phone(kit.theme)
    qtbot.addWidget(phone)
    phone.show_message("【】您好", (3,), "示例")
    assert (phone.bubble.lines, phone.accessibleDescription()) == (("您好",), "示例\n您好")
    assert phone.bubble._marks == (1,)


def test_of_a_problem_that_is_higher_than_its_list_the_beginning_is_in_sight(kit: Kit, qtbot: QtBot) -> None:
    panel = Problems(kit.theme)
    qtbot.addWidget(panel)
    panel.resize(300, 120)
    panel.show()
    found = [Row(at, "warn", "提醒", "写不下的话" * 30, "法律", None, fixes=()) for at in range(3)]
    panel.show_rows(found, words={level: level for level in ("block", "warn", "info")})
    settle()
    row = panel.rows[1]
    assert row.height() > panel.area.viewport().height()
    panel.show_current(1)
    settle()
    assert panel.area.verticalScrollBar().value() == row.y()


def test_on_a_large_screen_lines_and_the_phone_are_no_larger_than_can_be_read(guided: Guided) -> None:
    staged = stage(guided.desk.app)
    guided.shell.resize(2560, 1440)
    overview = guided.shell.page("overview")
    strip = guided.strip(staged.draft().id, "content")
    settle()
    editor = strip.parentWidget()
    assert isinstance(editor, CampaignEditor)
    step = editor.step
    assert isinstance(step, ContentStep)
    assert step.reader.phone.height() == TALL
    assert step.reader.parts.geometry().top() - step.reader.phone.geometry().bottom() < 20, "they stay together"
    assert editor.mapTo(guided.shell, editor.rect().topRight()).x() < 1700
    guided.shell.go("overview")
    settle()
    assert overview.width() == WIDE + 48, "as wide within its margins"
    guided.shell.resize(1280, 900)
    settle()
    assert overview.width() > 1000


@pytest.mark.parametrize("screened", [False, True], ids=["draft", "screened"])
def test_a_notice_and_the_guide_leave_the_text_and_the_phone_whole(guided: Guided, *, screened: bool) -> None:
    staged = stage(guided.desk.app)
    campaign = staged.screened() if screened else staged.draft()
    guided.shell.resize(LEAST)
    strip = guided.strip(campaign.id, "content")
    settle()
    shown = strip.isVisible()
    guided.desk.kit.messages.info("已保存人群。")
    settle()
    editor = strip.parentWidget()
    assert isinstance(editor, CampaignEditor)
    step = editor.step
    assert isinstance(step, ContentStep)
    for part in (step.edit, step.field, step.reader.phone, step.reader.parts, step.problems):
        assert whole(part), part.objectName()
    for line in guided.shell.notices.lines:
        line.close_button.click()
    settle()
    assert strip.isVisible() is shown, "what gave way comes back"
    guided.shell.resize(1280, 900)
    settle()
    assert strip.isVisible()


@pytest.mark.parametrize(
    ("there", "fits"),
    [(QSize(1350, 688), True), (QSize(1077, 543), False)],
    ids=["1366 × 768 with a taskbar", "the same at 125 %"],
)
def test_on_a_small_screen_it_is_no_higher_than_it_needs_to_be(
    guided: Guided, monkeypatch: pytest.MonkeyPatch, there: QSize, *, fits: bool
) -> None:
    """The button of the next step was below the edge though the phone above it was half empty."""
    monkeypatch.setattr("campaign_app.ui.pages.shell.room", lambda _: there)
    guided.shell.place(QByteArray())
    guided.shell.showNormal()
    guided.shell.resize(there)
    editor = guided.strip(stage(guided.desk.app).draft().id, "content").parentWidget()
    assert isinstance(editor, CampaignEditor)
    settle()
    step, area = editor.step, guided.shell.scrolled
    assert isinstance(step, ContentStep)
    assert area is not None
    for part in (step.edit, step.field, step.reader.phone, step.reader.parts, step.problems):
        assert whole(part), part.objectName()
    assert area.verticalScrollBar().isVisible() is not fits
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    end = editor.on.mapTo(area.viewport(), editor.on.rect().bottomLeft())
    assert area.viewport().rect().contains(end)


def test_at_150_percent_of_a_small_screen_a_list_is_the_only_thing_that_scrolls(
    guided: Guided, monkeypatch: pytest.MonkeyPatch
) -> None:
    """1366 x 768: pages scrolled a little beside their own lists, and a drawer's neighbour sideways."""
    there, staged = QSize(910, 512), stage(guided.desk.app)
    staged.sent()
    monkeypatch.setattr("campaign_app.ui.pages.shell.room", lambda _: there)
    guided.shell.place(QByteArray())
    guided.shell.showNormal()
    guided.shell.resize(there)
    now = guided.desk.app.clock()
    new = NewCase(ENTITY, Source.R12321, Way.FORM, now, now, "GD-1", numbers.Phone("13911112222"), text="骚扰短信")
    case = guided.desk.app.complaints.add(new, actor="李")
    ways = (
        ("customers", 1), ("campaigns", None), ("signatures", (ENTITY, "安宁百货")), ("inbox", None),
        ("inbox", ("case", case.id)), ("compliance", "peaks"), ("compliance", "wordings"), ("records", None),
        ("settings", "rules"),
    )  # fmt: skip
    area = guided.shell.scrolled
    assert area is not None
    for page, what in ways:
        guided.desk.way.to(page, what)
        settle()
        assert not area.verticalScrollBar().isVisible(), (page, what)
        for table in guided.shell.page(page).findChildren(Table):
            assert not (table.isVisible() and table.horizontalScrollBar().isVisible()), (page, what)
