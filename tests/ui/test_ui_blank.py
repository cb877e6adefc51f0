"""The look for blank parts notices each kind of them, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QSize, QStringListModel, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QPushButton,
    QStyledItemDelegate,
    QWidget,
)
from pytestqt.qtbot import QtBot

from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.widgets.chart import Column, ColumnChart, Kind
from campaign_app.ui.widgets.page import Page
from campaign_app.ui.widgets.phone import Phone
from tests.helpers.blank import blank_in

WHITE = "color: white; background: white; border: none; placeholder-text-color: white;"
Made = Callable[[Theme], QWidget]


def listed(_: Theme) -> QWidget:
    view = QListView()
    view.setModel(QStringListModel(["一行", "又一行"], view))
    return view


def charted(theme: Theme) -> QWidget:
    chart = ColumnChart(theme, "图")
    chart.show_columns([Kind("送达", "ok")], [Column("周一", "三条", (3,))], "三条")
    return chart


def phoned(theme: Theme) -> QWidget:
    phone = Phone(theme)
    phone.show_message("【安宁百货】您好", (), "一条")
    return phone


def paged(_: Theme) -> QWidget:
    page = Page("概览")
    page.content.addWidget(QLabel("内容"))
    return page


def combined(_: Theme) -> QWidget:
    box = QComboBox()
    box.addItem("选中的")
    return box


def pictured(_: Theme) -> QWidget:
    picture, label = QPixmap(QSize(20, 20)), QLabel()
    picture.fill(Qt.GlobalColor.white)
    label.setPixmap(picture)
    label.setMargin(10)
    return label


class Nothing(QStyledItemDelegate):
    def paint(self, *_: object) -> None:
        """As one that forgot to."""


SHOWN: dict[str, Made] = {
    "label": lambda _: QLabel("一段话"),
    "button": lambda _: QPushButton("按钮"),
    "box": combined,
    "line": lambda _: QLineEdit("一行"),
    "text": lambda _: QPlainTextEdit("一段话"),
    "list": listed,
    "chart": charted,
    "phone": phoned,
    "page": paged,
}


def blank(part: QWidget) -> None:
    if isinstance(part, QListView):
        part.setItemDelegate(Nothing(part))
    elif isinstance(part, ColumnChart):
        part.paintEvent = lambda _: None  # type: ignore[method-assign]
    elif isinstance(part, Phone):
        part.bubble.paintEvent = lambda _: None  # type: ignore[method-assign]
    elif isinstance(part, Page):
        part.content.itemAt(0).widget().hide()
    else:
        part.setStyleSheet(WHITE)


@pytest.mark.parametrize("kind", SHOWN)
def test_what_was_made_blank_is_noticed(kind: str, qapp: QApplication, qtbot: QtBot) -> None:
    top = QWidget()
    qtbot.addWidget(top)
    top.resize(400, 500)
    part = SHOWN[kind](Theme(qapp, "light"))
    part.setParent(top)
    part.setGeometry(20, 20, 360, 460 if isinstance(part, Page | Phone | ColumnChart) else 60)
    top.show()
    assert blank_in(top) == set()
    blank(part)
    assert {said.split()[0] for said in blank_in(top)} == {type(part).__name__}


def test_a_picture_of_nothing_is_noticed(qapp: QApplication, qtbot: QtBot) -> None:
    label = pictured(Theme(qapp, "light"))
    qtbot.addWidget(label)
    label.setStyleSheet(WHITE)
    label.show()
    assert len(blank_in(label)) == 1
