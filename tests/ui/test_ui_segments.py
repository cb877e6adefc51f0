"""A segment built among the customers: in words, counted as it is typed, and the table shows whom it finds."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import pytest
from PySide6.QtCore import QRegularExpression, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from ui_customers import show_page
from ui_people import add_people, add_shop

from campaign_app.domain.audience import Condition, Filter, Op
from campaign_app.domain.team import Person, Role
from campaign_app.services.audience_lines import Line
from campaign_app.services.audiences import Audiences
from campaign_app.services.people import People
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.customers import CustomersPage
from campaign_app.ui.pages.segments import MOST
from campaign_app.wiring import wire

ZHEJIANG = Filter((Condition("province", Op.IN, ("浙江",)),))
SECONDS = 20
Part = TypeVar("Part", bound=QWidget)


@pytest.fixture
def page(desk: Desk, qtbot: QtBot) -> CustomersPage:
    """Ten people of two shops: every other one is of 浙江, and number n has n orders up to four and spent n yuan."""
    for first, label in ((0, "安宁店"), (6, "宜居店")):
        add_people(desk.app, add_shop(desk.app, label, label), 6 if first == 0 else 4, first)
    return show_page(desk, qtbot)


def find(page: CustomersPage, kind: type[Part], name: str) -> Part:
    found = page.findChild(kind, name)
    assert found is not None, name
    return found


def build(page: CustomersPage, qtbot: QtBot) -> None:
    page.filter.build.click()
    qtbot.waitUntil(lambda: page.segments_model.state.count is not None)


def says(page: CustomersPage, qtbot: QtBot, found: int) -> None:
    """The count beside the conditions, and the table below them."""
    qtbot.waitUntil(lambda: page.panel.number.count.text() == (f"约 {found} 人" if found else "0 人"))
    qtbot.waitUntil(lambda: page.model.state.found == found and page.rows.rowCount() == found)


def choose(page: CustomersPage, qtbot: QtBot, words: str) -> None:
    qtbot.waitUntil(lambda: page.filter.segment.findText(words) >= 0)
    at = page.filter.segment.findText(words)
    page.filter.segment.setCurrentIndex(at)
    page.filter.segment.activated.emit(at)


def undo(desk: Desk) -> None:
    notice = desk.kit.messages.last
    assert notice is not None
    assert notice.label == "撤销"
    assert notice.action is not None
    notice.action()


def test_a_segment_is_built_by_keyboard_and_the_table_follows(page: CustomersPage, desk: Desk, qtbot: QtBot) -> None:
    page.activateWindow()
    page.filter.build.setFocus()
    QTest.keyClick(page.filter.build, Qt.Key.Key_Space)
    add = page.panel.conditions.builder.add
    qtbot.waitUntil(lambda: QApplication.focusWidget() is add)
    says(page, qtbot, 10)
    QTest.keyClick(find(page, QPushButton, "quick_spend_cents"), Qt.Key.Key_Space)
    value = QApplication.focusWidget()
    assert isinstance(value, QLineEdit)
    says(page, qtbot, 0)
    QTest.keyClicks(value, "4")  # in the place of the 300 that were suggested
    says(page, qtbot, 6)
    assert page.panel.number.of.text() == "共 10 人，占 60.0%"
    assert page.subtitle.text() == "找到 6 位，共 10 位客户"
    assert page.filter.segment.currentText() == "未保存的条件"
    find(page, QPushButton, "condition_add").click()
    assert page.panel.number.count.text() == "–"
    assert page.rows.rowCount() == 6, "a line that means nothing yet changes nothing"
    page.segments_model.change(replace(newest(page), text="浙江"))
    says(page, qtbot, 3)
    page.panel.segments.name.setFocus()
    page.panel.segments.name.insert("浙江满 4 元")
    QTest.keyClick(page.panel.segments.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.filter.segment.currentText() == "浙江满 4 元")
    wanted = Filter((Condition("spend_cents", Op.AT_LEAST, 400), *ZHEJIANG.parts))
    assert desk.app.audiences.saved() == {"浙江满 4 元": wanted}
    assert page.panel.conditions.heading.text() == "编辑人群“浙江满 4 元”"
    says(page, qtbot, 3)
    QTest.keyClick(page.panel.segments.name, Qt.Key.Key_Escape)
    assert not page.panel.isVisible()
    assert QApplication.focusWidget() is page.filter.build
    assert page.rows.rowCount() == 3


def newest(page: CustomersPage) -> Line:
    draft = page.segments_model.state.draft
    assert draft is not None
    return max(draft.lines, key=lambda line: line.key)


def test_a_saved_segment_is_changed_replaced_and_had_back(page: CustomersPage, desk: Desk, qtbot: QtBot) -> None:
    desk.app.audiences.save("浙江客户", ZHEJIANG, actor="test")
    page.model.refresh()
    qtbot.waitUntil(page.filter.segment.isVisible)
    assert page.filter.build.text() == "新建人群"
    choose(page, qtbot, "浙江客户")
    assert page.filter.build.text() == "编辑人群"
    build(page, qtbot)
    says(page, qtbot, 5)
    assert page.filter.segment.currentText() == "浙江客户", "nothing was changed yet"
    page.segments_model.add(0, "order_count", Op.AT_LEAST, "2")
    says(page, qtbot, 3)
    assert page.filter.segment.currentText() == "未保存的条件"
    find(page, QPushButton, "segment_keep").click()
    qtbot.waitUntil(lambda: page.filter.segment.currentText() == "浙江客户")
    assert desk.app.audiences.saved()["浙江客户"] != ZHEJIANG
    undo(desk)
    qtbot.waitUntil(lambda: page.filter.segment.currentText() == "未保存的条件")
    assert desk.app.audiences.saved() == {"浙江客户": ZHEJIANG}
    says(page, qtbot, 3)


def test_of_hundreds_of_segments_some_are_listed_and_any_is_found(
    page: CustomersPage, desk: Desk, qtbot: QtBot
) -> None:
    for number in range(30):
        desk.app.audiences.save(f"老客复购{number:02}", ZHEJIANG, actor="test")
    build(page, qtbot)
    segments = page.panel.segments
    assert len(segments._bins) == MOST
    assert segments.rest.text() == "另有 18 个人群，输入名称查找。"
    QTest.keyClicks(segments.search, "29")
    assert segments.rest.isHidden()
    (use,) = segments.findChildren(QPushButton, QRegularExpression("^segment_use_"))
    use.click()
    says(page, qtbot, 5)
    segments.search.setText("没有这个")
    assert segments.rest.text() == "没有名称符合的人群。"
    segments.search.clear()
    assert len(segments._bins) == MOST


def test_renaming_and_deleting_leave_the_table_as_it_is(page: CustomersPage, desk: Desk, qtbot: QtBot) -> None:
    desk.app.audiences.save("浙江客户", ZHEJIANG, actor="test")
    build(page, qtbot)
    find(page, QPushButton, "segment_use_浙江客户").click()
    says(page, qtbot, 5)
    page.panel.segments.name.setText("江浙")
    find(page, QPushButton, "segment_rename").click()
    qtbot.waitUntil(lambda: page.filter.segment.currentText() == "江浙")
    assert desk.app.audiences.saved() == {"江浙": ZHEJIANG}
    find(page, QToolButton, "segment_forget_江浙").click()
    qtbot.waitUntil(lambda: page.filter.segment.currentText() == "未保存的条件")
    assert desk.app.audiences.saved() == {}
    says(page, qtbot, 5)
    undo(desk)
    qtbot.waitUntil(lambda: page.model.state.segments == ("江浙",))
    assert desk.app.audiences.saved() == {"江浙": ZHEJIANG}


def test_what_was_being_read_meanwhile_brings_no_deleted_segment_back(
    page: CustomersPage, desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.app.audiences.save("浙江客户", ZHEJIANG, actor="test")
    build(page, qtbot)
    page.model.load()
    qtbot.waitUntil(lambda: page.model.state.segments == ("浙江客户",))
    real, read, go = People.provinces, threading.Event(), threading.Event()

    def slowly(of: People) -> Sequence[str]:
        read.set()
        assert go.wait(SECONDS)
        return [*real(of), "海南"]

    monkeypatch.setattr(People, "provinces", slowly)
    page.model.load()
    qtbot.waitUntil(read.is_set)
    find(page, QToolButton, "segment_forget_浙江客户").click()
    qtbot.waitUntil(lambda: page.model.state.segments == ())
    go.set()
    qtbot.waitUntil(lambda: "海南" in (page.model.state.provinces or ()))
    assert page.model.state.segments == ()


def test_conditions_that_were_put_away_go_on_and_can_be_had_back(page: CustomersPage, desk: Desk, qtbot: QtBot) -> None:
    build(page, qtbot)
    page.segments_model.add(0, "province", Op.IN, "江苏")
    says(page, qtbot, 5)
    find(page, QToolButton, "segment_close").click()
    assert (page.rows.rowCount(), page.filter.clear.isVisible()) == (5, True)
    page.filter.clear.click()
    qtbot.waitUntil(lambda: page.rows.rowCount() == 10)
    undo(desk)
    says(page, qtbot, 5)
    again = show_page(desk, qtbot)
    build(again, qtbot)
    assert find(again, QLineEdit, f"condition_value_{newest(again).key}").text() == "江苏", "it outlives the page"
    desk.app.audiences.save("浙江客户", ZHEJIANG, actor="test")
    again.model.refresh()
    again.segments_model.load()
    qtbot.waitUntil(lambda: "浙江客户" in again.segments_model.state.saved)
    choose(again, qtbot, "浙江客户")
    qtbot.waitUntil(lambda: again.model.state.search.segment == "浙江客户")
    undo(desk)
    qtbot.waitUntil(lambda: again.filter.segment.currentText() == "未保存的条件")


def test_a_count_runs_beside_the_window_and_a_newer_one_overtakes_it(
    page: CustomersPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(page, qtbot)
    real, began, go, threads = Audiences.count, threading.Event(), threading.Event(), set[int]()

    def slowly(of: Audiences, audience: Filter, entity: str) -> int:
        threads.add(threading.get_ident())
        found = real(of, audience, entity)
        if found == 5:
            began.set()
            assert go.wait(SECONDS)
        return found

    monkeypatch.setattr(Audiences, "count", slowly)
    page.segments_model.add(0, "province", Op.IN, "浙江")
    qtbot.waitUntil(began.is_set)
    assert page.panel.number.busy.isVisible()
    page.segments_model.add(0, "spend_cents", Op.AT_LEAST, "4")
    says(page, qtbot, 3)
    go.set()
    qtbot.wait(0)
    assert page.panel.number.count.text() == "约 3 人"
    assert threading.get_ident() not in threads


def test_whoever_may_not_build_campaigns_looks_but_saves_nothing(inline_desk: Desk, qtbot: QtBot) -> None:
    app = inline_desk.app
    add_people(app, add_shop(app), 4)
    app.audiences.save("浙江客户", ZHEJIANG, actor="test")
    workspace = replace(app.workspace, person=Person("anna", frozenset({Role.REVIEWER})))
    page = show_page(replace(inline_desk, app=wire(workspace, app.keeper, app.offset)), qtbot)
    build(page, qtbot)
    find(page, QPushButton, "segment_use_浙江客户").click()
    says(page, qtbot, 2)
    page.panel.segments.name.setText("另一个")
    for kind, name in ((QPushButton, "segment_keep"), (QToolButton, "segment_forget_浙江客户")):
        assert not find(page, kind, name).isEnabled()
        assert "运营" in find(page, kind, name).toolTip()
