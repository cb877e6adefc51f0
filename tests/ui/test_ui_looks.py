"""What eyes find wrong in pictures and no other test would: odd questions, text that its own box cuts."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from campaign_app.ui.kit import Kit
from campaign_app.ui.widgets.ask import Question
from campaign_app.ui.widgets.bars import HEIGHT, Bar, Bars
from campaign_app.ui.widgets.basics import column
from campaign_app.ui.widgets.page import scrolling
from tests.helpers.answering import answer, unasked

LONG = "已发出的短信不能收回，结果会保留；余下的不再发送，取消后不能恢复。" * 3


def colour_of(button: QPushButton) -> str:
    """Of its border, where it is not rounded."""
    return button.grab().toImage().pixelColor(button.width() // 2, 0).name()


@pytest.mark.parametrize(
    ("danger", "careful", "colour", "default"),
    [
        (True, False, "block", "confirm_no"),
        (False, False, "accent", "confirm_yes"),
        (False, True, "accent", "confirm_no"),
    ],
)
def test_a_question_shows_what_is_asked_whole_and_a_danger_as_one(
    kit: Kit, qtbot: QtBot, danger: bool, careful: bool, colour: str, default: str
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    kit.theme.dress(parent)
    asked = Question(parent, "取消活动？", LONG, yes="取消活动", no="保留", danger=danger, careful=careful)
    asked.show()
    qtbot.waitUntil(asked.isVisible)
    safe = asked.findChild(QPushButton, default)
    assert safe.isDefault()
    assert asked.focusWidget() is safe, "Enter does what is safe"
    if danger:
        assert colour_of(asked.findChild(QPushButton, "confirm_yes")) == getattr(kit.theme.tokens, colour)
    else:
        accept = asked.findChild(QPushButton, "confirm_yes")
        accept.clearFocus()
        assert colour_of(accept) == getattr(kit.theme.tokens, colour)
    for said in asked.findChildren(QLabel):
        assert said.height() >= said.heightForWidth(said.width()), said.text()
    qtbot.keyClick(asked, Qt.Key.Key_Escape)
    assert asked.result() == Question.DialogCode.Rejected


def test_an_answer_that_nobody_asks_for_ends_and_is_known(kit: Kit, qtbot: QtBot) -> None:
    waiting = answer("confirm_yes", patience=0.0)
    qtbot.waitUntil(lambda: waiting.over)
    parent = QWidget()
    qtbot.addWidget(parent)
    later = Question(parent, "取消活动？", LONG, yes="取消活动", no="保留", danger=True)
    later.open()
    qtbot.waitUntil(later.isVisible)
    later.reject()
    assert later.result() == Question.DialogCode.Rejected
    assert (waiting.asked, unasked(), unasked()) == ([], ["confirm_yes"], [])


def test_other_bars_are_whole_before_they_are_painted(kit: Kit, qtbot: QtBot) -> None:
    def some(count: int) -> list[Bar]:
        return [Bar(str(n), f"原因 {n}", n, "1%", 0.0, 0.5, "warn") for n in range(count)]

    bars, top = Bars(kit.theme, "漏斗"), QWidget()
    inner = QWidget()
    inner.setLayout(column(bars))
    top.setLayout(column(scrolling(column(inner, None))))
    qtbot.addWidget(top)
    bars.show_bars(some(3))
    top.resize(600, 300)
    top.show()
    qtbot.waitUntil(lambda: {row.height() for row in bars.rows.values()} == {HEIGHT})
    bars.show_bars(some(15))
    assert {row.height() for row in bars.rows.values()} == {HEIGHT}
