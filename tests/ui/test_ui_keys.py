"""Where the keyboard is can be seen, and it stops at nothing that does nothing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from campaign_app.ui.kit import Kit
from campaign_app.ui.widgets.area import Area
from campaign_app.ui.widgets.basics import button, column
from campaign_app.ui.widgets.page import scrolling
from campaign_app.ui.widgets.reading import enter, stops_of


@pytest.fixture
def page(kit: Kit, qtbot: QtBot) -> QWidget:
    tall = QWidget()
    tall.setMinimumHeight(600)
    made = QWidget()
    inside = column(button("一", name="inside"), tall)
    made.setLayout(column(scrolling(inside, spoken="内容"), button("下一步", name="on")))
    qtbot.addWidget(made)
    made.resize(300, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


def area_of(page: QWidget) -> Area:
    found = page.findChild(Area)
    assert isinstance(found, Area)
    return found


def test_a_part_that_scrolls_shows_that_it_has_the_keyboard(page: QWidget) -> None:
    area = area_of(page)
    area.setFocus()
    held = area.verticalScrollBar().grab().toImage()
    page.findChild(QPushButton, "on").setFocus()
    assert area.verticalScrollBar().grab().toImage() != held
    area.setFocus()
    QTest.keyClick(area, Qt.Key.Key_Down)
    assert area.verticalScrollBar().value() > 0


def test_the_tab_key_passes_a_part_that_has_nothing_to_scroll(page: QWidget) -> None:
    area = area_of(page)
    assert area in list(stops_of(page))
    page.resize(300, 900)
    QTest.qWait(0)
    assert area not in list(stops_of(page))


def test_whoever_comes_by_keys_begins_at_what_can_be_done(page: QWidget) -> None:
    inside, on = (page.findChild(QPushButton, name) for name in ("inside", "on"))
    enter(page)
    assert page.focusWidget() is inside
    on.setFocus()
    enter(page, inside)
    assert page.focusWidget() is on, "where it was"
    on.setEnabled(False)
    inside.setEnabled(False)
    enter(page, area_of(page))
    assert page.focusWidget() is area_of(page)
    enter(None)
