"""Names that people give: any sign in them is shown as it was written, and a long one cuts nothing else off."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from ui_customers import show_page
from ui_people import add_people, add_shop

from campaign_app.domain.audience import Filter
from campaign_app.ui.desk import Desk
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.customers import CustomersPage
from campaign_app.ui.widgets.basics import button
from campaign_app.ui.widgets.elided import ElidedButton
from campaign_app.ui.widgets.problems import ProblemRow, Row

LINK = "删除“https://anning.example/a?b=1&c=2”"
LONG = '双十一&双十二 <b>老客</b> "回流" 100% 名字非常非常非常长的人群'


def test_no_sign_of_a_text_is_taken_for_a_key(kit: Kit, qtbot: QtBot) -> None:
    shown = ProblemRow(kit.theme)
    qtbot.addWidget(shown)
    shown.show_row(Row("k", "warn", "提醒", "不是自有的已登记域名", "", None, fixes=(LINK,)))
    for made in (shown.fixes[0], button(LINK), ElidedButton(LINK, "")):
        qtbot.addWidget(made)
        assert made.shortcut().isEmpty()
        assert made.text().replace("&&", "&") == LINK


def test_a_long_name_says_what_fits_and_the_whole_of_it_beside(kit: Kit, qtbot: QtBot) -> None:
    made = ElidedButton(LONG, "用这个人群")
    qtbot.addWidget(made)
    made.resize(made.sizeHint())
    made.show()
    made.grab()
    assert made.toolTip() == "用这个人群"
    made.resize(120, made.height())
    made.grab()
    assert made.toolTip() == f"{LONG}\n用这个人群"


@pytest.fixture
def page(desk: Desk, qtbot: QtBot) -> CustomersPage:
    add_people(desk.app, add_shop(desk.app, "安宁店", "安宁店"), 4)
    desk.app.audiences.save(LONG, Filter(), actor="test")
    made = show_page(desk, qtbot)
    qtbot.waitUntil(lambda: bool(made.model.state.segments))
    made.filter.build.click()
    return made


def test_a_segment_of_a_long_name_can_be_deleted_where_it_stands(page: CustomersPage, qtbot: QtBot) -> None:
    segments = page.panel.segments
    qtbot.waitUntil(lambda: segments.findChild(QToolButton, f"segment_forget_{LONG}") is not None)
    QApplication.processEvents()
    room = page.panel.visibleRegion().boundingRect()
    for kind, name in ((QToolButton, f"segment_forget_{LONG}"), (QPushButton, "segment_keep")):
        part = segments.findChild(kind, name)
        assert isinstance(part, QWidget)
        assert room.contains(part.rect().translated(part.mapTo(page.panel, part.rect().topLeft())))
        assert part.visibleRegion().boundingRect() == part.rect()
