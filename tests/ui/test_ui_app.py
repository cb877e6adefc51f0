"""The application around the pages: geometry, languages, closing, the tray, and edits that are not lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QPoint, QSize, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCalendarWidget, QLabel, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot
from ui_sending import answer_when_asked as ask_and_answer

from campaign_app import bootstrap
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.ui.pages.campaigns import CampaignsPage
from campaign_app.ui.pages.ending_note import EndingNote
from campaign_app.ui.pages.shell import FIRST, LEAST, LEAST_PAGE, Shell
from campaign_app.ui.pages.steps.content import ContentStep
from campaign_app.ui.prefs import Prefs
from campaign_app.ui.tasks import Task
from campaign_app.ui.viewmodels.closing import OnItsWay, on_their_way
from campaign_app.ui.widgets.basics import room
from campaign_app.ui.widgets.caret import carry_caret
from tests.helpers.full import fill_disk
from tests.helpers.window import ENTITY, Start, Started


def add(app: bootstrap.App, name: str, state: CampaignState, hours: int) -> None:
    later = app.clock() + timedelta(hours=hours)
    made = app.workspace.campaigns.create(
        Campaign(0, name, ENTITY, "retail", Filter(), "安宁百货", "您好，拒收请回复R")
    )
    moved = replace(made, state=state, send_at=later, window_end=later + timedelta(hours=2))
    app.workspace.campaigns.update(moved, expected=CampaignState.DRAFT)


def test_the_welcome_is_whole_and_the_keyboard_begins_at_its_first_way(
    prefs: Prefs, tmp_path: Path, qapp: QApplication, qtbot: QtBot
) -> None:
    started = Started(tmp_path / "new", prefs, qapp, qtbot, tray=False)
    shell = started.application.shell
    welcome = shell.gate.welcome
    lines = [each for each in welcome.findChildren(QLabel) if each.wordWrap()]
    lines[-1].setText("二十六个字在一行里正好放得下，按钮变宽之后就要两行了。")
    started.application.start()
    qtbot.waitUntil(lambda: shell.gate.panel is welcome)
    assert [each.text() for each in lines if each.height() < each.heightForWidth(each.width())] == []
    shell.activateWindow()
    qtbot.waitUntil(welcome.demo.hasFocus)
    started.application.shut()
    qapp.setStyleSheet("")


def test_the_program_is_named_once_in_a_title(start: Start, qapp: QApplication) -> None:
    """Windows and X11 put its name behind every title that does not end with it."""
    former = qapp.applicationDisplayName()
    qapp.setApplicationDisplayName("允发 Yunfa")
    shell, note = start().application.shell, EndingNote()
    qapp.setApplicationDisplayName(former)
    assert (shell.windowTitle(), note.windowTitle()) == ("允发 Yunfa", "允发 Yunfa")


# --- closing ---------------------------------------------------------------------------------------------------------


def test_with_nothing_on_its_way_it_closes(start: Start, qtbot: QtBot) -> None:
    started = start()
    add(started.open(), "草稿", CampaignState.PAUSED, 1)
    started.application.shell.close()
    qtbot.waitUntil(lambda: started.exits == [0])
    assert started.application.closing.dialog is None


def test_a_window_whose_workspace_is_not_open_closes_at_once(start: Start) -> None:
    started = start()
    started.application.start()
    started.application.shell.close()
    assert started.exits == [0]


def asked(started: Started) -> QPushButton:
    """Closes the window; the question it asks, as its button for staying."""
    started.application.shell.close()
    closing = started.application.closing
    started.bot.waitUntil(lambda: closing.dialog is not None and closing.dialog.isVisible())
    assert closing.dialog is not None
    return closing.dialog.stay


def test_what_is_on_its_way_is_named_those_that_are_being_sent_first(start: Start) -> None:
    app = start().open()
    add(app, "晚些", CampaignState.SCHEDULED, 9)
    add(app, "早些", CampaignState.SCHEDULED, 3)
    add(app, "已停", CampaignState.PAUSED, 1)
    add(app, "正在", CampaignState.SENDING, 1)
    names = [(each.name, each.send_at is None) for each in on_their_way(app)]
    assert names == [("正在", True), ("早些", False), ("晚些", False)]
    assert isinstance(on_their_way(app)[0], OnItsWay)


def test_going_back_leaves_everything_as_it_is_and_asks_again(start: Start, qtbot: QtBot) -> None:
    started = start()
    add(started.open(), "双十一", CampaignState.SCHEDULED, 3)
    for _ in range(2):
        asked(started)
        dialog = started.application.closing.dialog
        assert dialog is not None
        assert "双十一" in " ".join(label.text() for label in dialog.findChildren(type(dialog.what)))
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        assert started.application.shell.isVisible()
    assert started.exits == []


@pytest.mark.expects_logs("campaign_app.qt")  # this platform has no tray to draw in
def test_in_the_tray_the_window_is_hidden_and_comes_back(start: Start, qtbot: QtBot) -> None:
    started = start(tray=True)
    add(started.open(), "双十一", CampaignState.SENDING, 3)
    stay = asked(started)
    assert "托盘" in stay.text()
    qtbot.mouseClick(stay, Qt.MouseButton.LeftButton)
    closing, shell = started.application.closing, started.application.shell
    assert not shell.isVisible()
    assert closing.tray.shown
    assert [action.text() for action in closing.tray.menu.actions()] == ["打开允发", "退出"]
    closing.tray.open_action.trigger()
    assert shell.isVisible()
    assert not closing.tray.shown
    qtbot.mouseClick(asked(started), Qt.MouseButton.LeftButton)
    closing.tray.leave_action.trigger()
    qtbot.waitUntil(lambda: closing.dialog is not None and closing.dialog.isVisible())
    assert shell.isVisible(), "leaving from the tray asks too, where it can be seen"
    assert closing.dialog is not None
    qtbot.mouseClick(closing.dialog.leave, Qt.MouseButton.LeftButton)
    assert started.exits == [0]


def test_without_a_tray_the_window_can_be_made_small(start: Start, qtbot: QtBot) -> None:
    started = start(tray=False)
    add(started.open(), "双十一", CampaignState.SENDING, 3)
    stay = asked(started)
    assert "托盘" not in stay.text()
    qtbot.mouseClick(stay, Qt.MouseButton.LeftButton)
    assert started.application.shell.isMinimized()
    started.application.bring_to_front()
    assert not started.application.shell.isMinimized()


def test_changes_that_could_not_be_saved_are_not_lost_by_closing_without_a_word(start: Start, qtbot: QtBot) -> None:
    started = start()
    app = started.open()
    made = app.campaigns.create(name="双十一", entity_uscc=ENTITY, purpose="retail", audience=Filter(), actor="test")
    page = started.application.shell.page("campaigns")
    page.open((made.id, "content"))
    assert isinstance(page, CampaignsPage)
    qtbot.waitUntil(lambda: page.editor is not None and isinstance(page.editor.step, ContentStep))
    assert page.editor is not None
    step = page.editor.step
    assert isinstance(step, ContentStep)
    qtbot.waitUntil(lambda: step.composer.state.fresh)
    free = fill_disk(app)
    step.composer.set_text("买" * 60_000)
    asked = ask_and_answer("confirm_no")
    started.application.shell.close()
    qtbot.waitUntil(lambda: asked == ["有改动没有存下来"])
    assert started.exits == []
    free()
    page.editor.again.click()
    qtbot.waitUntil(lambda: app.campaigns.get(made.id).body == "买" * 60_000)
    qtbot.waitUntil(lambda: not page.unkept())
    started.application.shell.close()
    qtbot.waitUntil(lambda: started.exits == [0])


def test_a_worker_that_is_not_the_windows_goes_on_and_it_says_so(start: Start) -> None:
    started = start()
    add(started.open(), "双十一", CampaignState.SENDING, 3)
    asked(started)  # its handle has no process: the worker is somebody else's
    dialog = started.application.closing.dialog
    assert dialog is not None
    assert "不影响发送" in dialog.what.text()


def test_edits_that_are_not_saved_are_saved_at_the_end(start: Start) -> None:
    started = start()
    app = started.open()
    page = started.application.shell.page("overview")
    saved: list[str] = []

    def flush() -> None:
        def save(task: Task) -> None:
            task.tick(0)
            app.policies.save({"batch_size": "77"}, actor="test")
            saved.append("saved")

        started.application.tasks.write(save, lambda _: None)

    page.flush = flush  # type: ignore[method-assign]
    started.application.shut()
    assert saved == ["saved"]


# --- bugs ------------------------------------------------------------------------------------------------------------


@pytest.mark.qt_no_exception_capture
@pytest.mark.expects_logs("campaign_app.ui.tasks")
@pytest.mark.parametrize("where", ["slot", "background"])
def test_a_bug_of_the_window_is_shown_masked_and_the_window_goes_on(
    start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setattr("sys.excepthook", lambda *_: None)
    started = start()
    started.open()

    def fail(*_: object) -> None:
        raise LookupError("no customer 13800138000 password=hunter22")

    application = started.application
    if where == "slot":
        QTimer.singleShot(0, fail)
    else:
        application.tasks.run(fail, lambda _: None)
    reports = application.reports
    qtbot.waitUntil(lambda: reports.dialog is not None and reports.dialog.isVisible())
    assert reports.dialog is not None
    said = reports.dialog.report.toPlainText()
    assert "LookupError: no customer 138****8000" in said
    assert "13800138000" not in said
    assert "hunter22" not in said
    words = [label.text() for label in reports.dialog.findChildren(QLabel)]
    assert any(text.startswith("刚才的操作没有完成，已保存的内容都在，没有多发短信。") for text in words)
    qtbot.mouseClick(reports.dialog.go_on, Qt.MouseButton.LeftButton)
    application.shell.go("settings")
    assert application.shell.current == "settings"


# --- geometry and languages ------------------------------------------------------------------------------------------


def test_the_geometry_is_written_at_the_end_and_not_while_the_window_is_resized(
    start: Start, prefs: Prefs, qtbot: QtBot
) -> None:
    started = start()
    started.open()
    for width in range(1100, 1200, 10):
        # the offscreen platform's screen is 800 pixels high and wide
        started.application.shell.resize(width, 740)
        QApplication.processEvents()
    assert prefs.bytes("geometry").isEmpty()
    started.application.shut()
    again = start()
    again.application.start()
    assert again.application.shell.height() == 740 != FIRST.height()


def test_a_geometry_that_is_on_no_screen_or_no_geometry_is_ignored(
    start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaign_app.ui.pages.shell.room", lambda _: QSize(1904, 1000))
    shell = start().application.shell
    shell.place(QByteArray(b"nonsense"))
    assert shell.size() == FIRST
    known = shell.saveGeometry()

    def far_away(self: Shell, _: QByteArray) -> bool:
        """A system that does not correct it by itself."""
        self.move(QPoint(90_000, 90_000))
        return True

    monkeypatch.setattr(Shell, "restoreGeometry", far_away)
    shell.place(known)
    assert any(screen.geometry().contains(shell.pos()) for screen in QApplication.screens())


@pytest.mark.parametrize(
    ("there", "least", "filled"),
    [
        (QSize(1904, 1000), LEAST, False),
        (QSize(1350, 688), QSize(1024, 688), True),  # 1366 × 768 with a taskbar
        (QSize(1077, 543), QSize(1024, 543), True),  # the same at 125 %
    ],
)
def test_the_first_window_is_whole_on_every_screen(
    there: QSize, least: QSize, filled: bool, start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies below the edge of a small screen, such as the button of the next step, nobody finds."""
    monkeypatch.setattr("campaign_app.ui.pages.shell.room", lambda _: there)
    shell = start().application.shell
    shell.place(QByteArray())
    assert shell.minimumSize() == least
    assert (shell.size(), shell.isMaximized()) == (FIRST.boundedTo(there), filled)


def test_a_page_is_scrolled_where_the_screen_has_no_room_for_it(
    start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lower than 1366 × 768 at 150 %: parts of a page lay upon each other."""
    monkeypatch.setattr("campaign_app.ui.pages.shell.room", lambda _: QSize(894, 412))
    (started := start()).open()
    shell = started.application.shell
    shell.place(QByteArray())  # as after a start in another language
    shell.resize(894, 412)
    shell.go("settings")
    QApplication.processEvents()
    area = shell.scrolled
    assert area is not None
    page, bar = shell.page("settings"), area.verticalScrollBar()
    assert page.height() >= LEAST_PAGE.height() > area.viewport().height()
    assert not area.horizontalScrollBar().isVisible(), "nobody reads line by line from side to side"
    bar.setValue(bar.maximum())
    assert page.mapTo(area.viewport(), page.rect().bottomLeft()).y() < area.viewport().height()
    shell.go("customers")
    assert area.verticalScrollBar().value() == 0, "another page begins at its top"
    shell.go("overview")
    QApplication.processEvents()
    assert area.verticalScrollBar().maximum() == 0, "what scrolls by itself has one scroll bar"


def test_windows_are_measured_by_their_screen(start: Start, qtbot: QtBot) -> None:
    started = start()
    started.application.start()
    shell = started.application.shell
    shell.show_help()
    for window in (shell, shell.help):
        assert window is not None
        assert room(window).expandedTo(window.size()) == room(window)


def test_a_window_that_fills_its_screen_does_so_in_another_language(start: Start, prefs: Prefs, qtbot: QtBot) -> None:
    (started := start()).open()
    started.application.shell.showMaximized()
    prefs.language = "en"
    assert started.application.shell.isMaximized()


def test_another_language_builds_the_window_anew_where_it_was(start: Start, prefs: Prefs, qtbot: QtBot) -> None:
    started = start()
    started.open()
    former = started.application.shell
    former.go("settings")
    assert QCalendarWidget().locale().monthName(11) == "十一月", "whatever the system speaks"
    prefs.language = "en"
    assert QCalendarWidget().locale().monthName(11) == "November"
    assert started.application.shell is not former
    assert started.application.shell.current == "settings"
    assert started.application.shell.isVisible()
    assert not former.isVisible()
    prefs.language = "zh_CN"
    assert started.application.shell.isVisible()


def test_the_keyboard_begins_at_the_first_page(start: Start, qtbot: QtBot) -> None:
    started = start()
    started.open()
    shell = started.application.shell
    qtbot.waitUntil(lambda: bool(shell.current))
    assert shell.focusWidget() is shell.navigation.buttons["overview"]


def test_another_language_leaves_the_caret_where_one_writes(start: Start, prefs: Prefs, qtbot: QtBot) -> None:
    started = start()
    made = started.open().campaigns.create(
        name="双十一", entity_uscc=ENTITY, purpose="retail", audience=Filter(), actor="test"
    )
    started.application.shell.page("campaigns").open((made.id, "content"))
    started.application.shell.go("campaigns")

    def writing() -> QPlainTextEdit:
        shell = started.application.shell
        qtbot.waitUntil(lambda: shell.findChild(QPlainTextEdit, "body") is not None)
        return shell.findChild(QPlainTextEdit, "body")

    field = writing()
    field.setFocus()
    QTest.keyClicks(field, "abcdef")
    cursor = field.textCursor()
    cursor.setPosition(2)
    cursor.setPosition(4, cursor.MoveMode.KeepAnchor)
    field.setTextCursor(cursor)
    prefs.language = "en"
    again = writing()
    assert again is not field
    assert again.textCursor().selectedText() == "cd"
    QTest.keyClicks(again, "x")
    assert again.toPlainText() == "abxef"
    prefs.language = "zh_CN"


def test_a_caret_is_carried_to_the_same_text_only(qtbot: QtBot) -> None:
    former, same, other = QLineEdit("双十一"), QLineEdit("双十一"), QLineEdit("双十二")
    for each in (former, same, other):
        qtbot.addWidget(each)
    former.setCursorPosition(1)
    carry_caret(former, same)
    carry_caret(former, other)
    assert (same.cursorPosition(), other.cursorPosition()) == (1, 3)
