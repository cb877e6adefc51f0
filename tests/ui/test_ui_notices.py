"""The bar above the page: what went wrong stays to be read, whatever goes well after it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from campaign_app.domain.errors import AppError, WorkspaceError
from campaign_app.domain.ports import Job
from campaign_app.ui.folders import tell_written
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.customers import CustomersPage
from campaign_app.ui.pages.steps.content import TrimmedWords
from campaign_app.ui.prefs import Prefs
from campaign_app.ui.widgets.notice_bar import MOST, SECONDS, NoticeBar
from tests.helpers.english import CHINESE
from tests.helpers.window import Start


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


def test_a_file_that_was_written_after_all_is_told_of_alone(bar: NoticeBar, kit: Kit) -> None:
    """It had been open in another program."""
    for file in ("结果.xlsx", "名单.csv"):
        kit.messages.error(AppError("file_unwritable", "", file=file))
    assert len(bar.lines) == 2
    kit.messages.done("已导出到“结果.xlsx”。", about="结果.xlsx")
    assert ["名单.csv" in bar.said[0], bar.said[1:]] == [True, ("已导出到“结果.xlsx”。",)]


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


def test_a_file_that_was_made_leads_to_its_folder_and_takes_no_bad_news_away(
    bar: NoticeBar, kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or True)
    kit.messages.error(AppError("file_unwritable", "", file="报告.pdf"))
    kit.messages.failed("甲店没有同步完", "refused")
    for name in ("报告.pdf", "名单.csv", "证据.yunfa"):
        tell_written(kit.messages, partial("已生成：{}".format, name), tmp_path / name)
    assert bar.said == ("甲店没有同步完", "已生成：证据.yunfa"), "of several the last one"
    bar.lines[-1].action.click()
    assert opened == [str(tmp_path)]


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


def test_bad_news_beyond_the_room_comes_back_and_is_closed_together(bar: NoticeBar, kit: Kit) -> None:
    for number in range(8):
        kit.messages.warn(lambda number=number: f"坏消息{number}")
    kit.messages.warn(lambda: "坏消息1")
    kit.messages.done(lambda: "好消息")
    assert bar.said == ("坏消息7", "坏消息1", "好消息")
    assert bar._more.text() == "另有 6 条更早的提示，关闭上面的就会显示。"
    bar.lines[0].close_button.click()
    assert bar.said == ("坏消息6", "坏消息1", "好消息")
    bar._all.click()
    assert (bar.said, bar.isVisible()) == ((), False)
    kit.messages.warn(lambda: "坏消息0")
    assert bar.said == ("坏消息0",)
    assert bar._foot.isHidden()


def test_what_is_shown_stays_when_the_language_is_switched(start: Start, prefs: Prefs) -> None:
    started = start()
    app = started.open()
    application, messages = started.application, started.application.kit.messages
    pressed: list[bool] = []
    job = Job(1, "sync", {"account_id": 7}, "failed", error="unreachable", progress=12)
    page = application.shell.page("customers")
    assert isinstance(page, CustomersPage)
    page.model.synced.emit(job)
    messages.error(WorkspaceError("disk_full", "full"), label="X", action=lambda: pressed.append(True))
    messages.done(lambda: TrimmedWords().said(3, 0))
    chinese = application.shell.notices.said
    assert chinese[0].startswith(" 没有同步完，已收到的 12 位客户保留。")
    assert len(chinese) == 3
    prefs.language = "en"
    english = application.shell.notices.said
    assert len(english) == 3
    assert not any(CHINESE.search(each) for each in english), english
    assert [line.action.text() for line in application.shell.notices.lines[:2]] == ["Retry", "X"]
    prefs.language = "zh_CN"
    assert application.shell.notices.said == chinese, "also when the page that told it is long gone"
    application.shell.notices.lines[1].action.click()
    assert (pressed, application.shell.notices.said) == ([True], (chinese[0], chinese[2]))
    assert app is application.session.state.app
