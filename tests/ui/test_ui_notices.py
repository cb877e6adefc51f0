"""The bar above the page: what went wrong stays to be read, whatever goes well after it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from campaign_app.ui.kit import Kit
from campaign_app.ui.widgets.notice_bar import MOST, SECONDS, NoticeBar


@pytest.fixture
def bar(kit: Kit, qtbot: QtBot) -> NoticeBar:
    made = NoticeBar(kit)
    qtbot.addWidget(made)
    return made


def test_good_news_never_takes_the_place_of_bad(bar: NoticeBar, kit: Kit) -> None:
    assert not bar.isVisible()
    kit.messages.failed("甲店没有同步完", "refused", label="重试", action=lambda: None)
    kit.messages.done("乙店已同步")
    assert bar.said == ("甲店没有同步完", "乙店已同步")
    kit.messages.info("丙店的同步已停止")
    assert bar.said == ("甲店没有同步完", "丙店的同步已停止"), "of passing news the last one"
    assert all(line.isVisible() for line in bar.lines)


def test_good_news_goes_by_itself_and_bad_news_when_it_is_closed(bar: NoticeBar, kit: Kit) -> None:
    kit.messages.failed("没有存下来", "disk_full")
    kit.messages.done("已导出")
    bad, good = bar.lines
    assert bad.findChild(QTimer) is None
    timer = good.findChild(QTimer)
    assert timer is not None
    assert timer.isActive()
    assert timer.interval() == SECONDS * 1000
    timer.timeout.emit()
    assert bar.said == ("没有存下来",)
    bad.close_button.click()
    assert bar.said == ()
    assert not bar.isVisible()


def test_a_button_is_pressed_once_and_its_line_goes_first(bar: NoticeBar, kit: Kit) -> None:
    seen: list[tuple[str, ...]] = []
    kit.messages.warn("没有写入", label="重试", action=lambda: seen.append(bar.said))
    kit.messages.failed("没有同步完", "refused")
    bar.lines[0].action.click()
    assert seen == [("没有同步完",)]
    assert bar.said == ("没有同步完",)


def test_what_is_said_again_stands_once_and_last(bar: NoticeBar, kit: Kit) -> None:
    for text in ("没有同步完", "没有存下来", "没有同步完"):
        kit.messages.failed(text, "x")
    assert bar.said == ("没有存下来", "没有同步完")


def test_the_page_keeps_its_room(bar: NoticeBar, kit: Kit) -> None:
    kit.messages.failed("一", "x")
    kit.messages.done("好")
    for text in ("二", "三"):
        kit.messages.failed(text, "x")
    assert bar.said == ("一", "二", "三"), "what passes makes room first"
    kit.messages.failed("四", "x")
    assert bar.said == ("二", "三", "四")
    assert len(bar.lines) == MOST
