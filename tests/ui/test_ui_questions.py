"""What Enter does in a question and in a dialog, without a window below."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from campaign_app.ui.kit import Kit
from campaign_app.ui.widgets.ask import Question
from campaign_app.ui.widgets.basics import button as make_button
from campaign_app.ui.widgets.basics import column
from campaign_app.ui.widgets.dialog import Dialog


def focus(part: QWidget, qtbot: QtBot) -> None:
    part.window().activateWindow()
    part.setFocus()
    qtbot.waitUntil(part.hasFocus)


@pytest.mark.parametrize("danger", [False, True])
@pytest.mark.parametrize("answer", ["confirm_yes", "confirm_no"])
def test_enter_presses_the_answer_that_has_the_keyboard(kit: Kit, qtbot: QtBot, answer: str, *, danger: bool) -> None:
    asked = Question(None, "恢复默认？", "从下一个任务起生效。", yes="恢复默认", no="保留", danger=danger)
    qtbot.addWidget(asked)
    asked.open()
    button = asked.findChild(QPushButton, answer)
    focus(button, qtbot)
    QTest.keyClick(button, Qt.Key.Key_Return)
    assert asked.result() == (QDialog.DialogCode.Accepted if answer == "confirm_yes" else QDialog.DialogCode.Rejected)


def test_a_danger_is_never_what_enter_does_by_itself(kit: Kit, qtbot: QtBot) -> None:
    asked = Question(None, "删除？", "不能恢复。", yes="删除", no="保留", danger=True)
    qtbot.addWidget(asked)
    asked.open()
    QTest.keyClick(asked, Qt.Key.Key_Enter)
    assert asked.result() == QDialog.DialogCode.Rejected


def test_enter_in_a_field_does_not_press_the_button_that_it_hands_the_keyboard_to(kit: Kit, qtbot: QtBot) -> None:
    asked, field, pressed = Dialog(), QLineEdit(), list[bool]()
    on = make_button("立即发送", click=lambda: pressed.append(True))
    asked.setLayout(column(field, on))
    qtbot.addWidget(asked)
    asked.show()
    field.returnPressed.connect(lambda: field.setEnabled(False))
    focus(field, qtbot)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert (on.hasFocus(), pressed) == (True, [])
    QTest.keyClick(on, Qt.Key.Key_Return)
    assert pressed == [True]
