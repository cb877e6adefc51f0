"""The page of customers on a real store: what is listed, found, opened, synced, and said where there is nothing."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from ui_customers import Show, read_drawer, show_page, texts
from ui_people import NOW, add_people, add_shop, person, suppress, told

from campaign_app.domain.consent import ConsentStatus, SuppressionKind
from campaign_app.domain.phone import Phone, PlatformPhone
from campaign_app.ui.cells import CELL, Cell
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.customers import CustomersPage
from campaign_app.ui.widgets.empty import Empty


@pytest.fixture
def page(desk: Desk, qtbot: QtBot) -> Show:
    """Builds the page once the store holds what the test wants."""
    return lambda: show_page(desk, qtbot)


def cells(page: CustomersPage, row: int) -> list[str]:
    return [page.rows.index(row, column).data() for column in range(page.rows.columnCount())]


def wait_for_row(page: CustomersPage, row: int, qtbot: QtBot) -> None:
    page.rows.index(row, 0).data()
    qtbot.waitUntil(lambda: page.rows.row(row) is not None)


def choose(combo: QComboBox, value: object, qtbot: QtBot) -> None:
    assert combo.findData(value) >= 0
    combo.setCurrentIndex(combo.findData(value))
    combo.activated.emit(combo.currentIndex())


def test_consent_and_suppression_are_two_columns(desk: Desk, page: Show, qtbot: QtBot) -> None:
    shop = add_shop(desk.app)
    add_people(desk.app, shop, 3)
    desk.app.workspace.facts.append([told(shop, 0, ConsentStatus.CONFIRMED), told(shop, 1, ConsentStatus.DECLINED)], [])
    suppress(desk.app, shop, 0, [SuppressionKind.OPT_OUT, SuppressionKind.COMPLAINT])
    shown = page()
    wait_for_row(shown, 0, qtbot)
    number = person(0).phone
    assert number is not None
    assert cells(shown, 0) == [
        "王芳0", number.masked, "安宁店", "已确认", "投诉 +1", "浙江 杭州", "–", "2026-11-10",
    ]  # fmt: skip
    assert cells(shown, 1)[3:5] == ["已拒绝", "–"]
    assert cells(shown, 2)[3:5] == ["未查询", "–"]
    consent: Cell = shown.rows.index(0, 3).data(CELL)
    assert (consent.level, "主动开启" in consent.explained, "模拟" in consent.explained) == ("ok", True, True)
    assert shown.subtitle.text() == "共 3 位客户"


def test_a_number_that_the_platform_sealed_is_said_to_be_one_and_not_shown(
    desk: Desk, page: Show, qtbot: QtBot
) -> None:
    shop, sealed = add_shop(desk.app), PlatformPhone("~AgAAAAexample0sealed~1~")
    people = [person(0, phone=None, platform_phone=sealed), person(1, phone=None)]
    desk.app.workspace.customers.upsert_page(shop, people, "x", NOW)
    shown = page()
    wait_for_row(shown, 0, qtbot)
    assert [cells(shown, row)[1] for row in (0, 1)] == ["密文", "–"]
    shown.table.opened.emit(0)
    said = read_drawer(shown, qtbot)
    assert ("平台密文" in said, "example0" in said) == (True, False)


def test_no_number_is_ever_shown_whole(desk: Desk, page: Show, qtbot: QtBot) -> None:
    shop = add_shop(desk.app)
    add_people(desk.app, shop, 30)
    shown = page()
    wait_for_row(shown, 0, qtbot)
    shown.table.opened.emit(3)
    drawer = read_drawer(shown, qtbot)
    said = "\n".join(" ".join(cells(shown, row)) for row in range(30)) + drawer
    shown.drawer.copy.click()
    said += QGuiApplication.clipboard().text()
    assert not re.search(r"1\d{10}", said)
    assert re.search(r"138\*{4}\d{4}", said)


def test_a_filter_narrows_and_is_cleared(desk: Desk, page: Show, qtbot: QtBot) -> None:
    shop, other = add_shop(desk.app), add_shop(desk.app, "另一店", "k2")
    add_people(desk.app, shop, 300)
    add_people(desk.app, other, 10, first=900)
    desk.app.workspace.facts.append([told(shop, n, ConsentStatus.CONFIRMED) for n in range(0, 300, 3)], [])
    shown = page()
    assert shown.rows.rowCount() == 310
    for combo, value, count in (
        (shown.filter.shop, shop, 300),
        (shown.filter.status, "confirmed", 100),
        (shown.filter.province, "江苏", 50),
    ):
        choose(combo, value, qtbot)
        qtbot.waitUntil(lambda count=count: shown.rows.rowCount() == count)
    qtbot.waitUntil(lambda: shown.subtitle.text() == "找到 50 位，共 310 位客户")
    assert not shown.filter.clear.isHidden()
    qtbot.mouseClick(shown.filter.clear, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown.rows.rowCount() == 310)
    assert shown.filter.clear.isHidden()
    assert [combo.currentIndex() for combo in (shown.filter.shop, shown.filter.status, shown.filter.province)] == [
        0
    ] * 3


def test_everybody_is_counted_however_early_a_search_begins(desk: Desk, qtbot: QtBot) -> None:
    add_people(desk.app, add_shop(desk.app), 40)
    shown = CustomersPage(desk)
    qtbot.addWidget(shown)
    shown.show()
    shown.shown()
    shown.model.search(text="王芳1")
    qtbot.waitUntil(lambda: shown.subtitle.text() == "找到 11 位，共 40 位客户")


def test_a_typed_number_finds_one_and_is_kept_nowhere(desk: Desk, page: Show, qtbot: QtBot) -> None:
    shop = add_shop(desk.app)
    add_people(desk.app, shop, 250)
    wanted = person(77).phone
    assert isinstance(wanted, Phone)
    shown = page()
    qtbot.keyClicks(shown.filter.text, wanted.digits)
    qtbot.waitUntil(lambda: shown.rows.rowCount() == 1)
    wait_for_row(shown, 0, qtbot)
    assert cells(shown, 0)[0] == "王芳77"
    assert wanted.digits not in repr(shown.model.state)
    desk.app.workspace.database.engine.dispose()
    for file in desk.app.workspace.folder.iterdir():
        assert wanted.digits.encode() not in file.read_bytes()


def test_names_are_found_by_their_start_and_nobody_is_an_answer(desk: Desk, page: Show, qtbot: QtBot) -> None:
    shop = add_shop(desk.app)
    add_people(desk.app, shop, 40)
    shown = page()
    shown.model.search(text="王芳1")
    qtbot.waitUntil(lambda: shown.rows.rowCount() == 11)
    shown.model.search(text="李")
    qtbot.waitUntil(lambda: isinstance(shown.stack.currentWidget(), Empty))
    empty = shown.stack.currentWidget()
    assert isinstance(empty, Empty)
    assert empty.title.text() == "没有符合条件的客户"
    empty.button.click()
    qtbot.waitUntil(lambda: shown.stack.currentWidget() is shown.table)
    assert shown.filter.text.text() == ""


def test_a_row_opens_its_evidence_and_escape_closes_it(desk: Desk, page: Show, qtbot: QtBot) -> None:
    shop = add_shop(desk.app)
    add_people(desk.app, shop, 5)
    facts = [told(shop, 2, ConsentStatus.UNKNOWN, note="missing"), told(shop, 2, ConsentStatus.CONFIRMED, 5)]
    desk.app.workspace.facts.append(facts, [])
    suppress(desk.app, shop, 2, [SuppressionKind.OPT_OUT])
    shown = page()
    wait_for_row(shown, 2, qtbot)
    assert shown.drawer.isHidden()
    shown.table.setFocus()
    shown.table.selectRow(2)
    qtbot.keyClick(shown.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not shown.drawer.isHidden() and shown.drawer.title.text() == "王芳2")
    # the drawer is filled over several turns of the event loop
    qtbot.waitUntil(lambda: "由每个活动的核验决定" in texts(shown.drawer) and "rcpt-5" in texts(shown.drawer))
    said = texts(shown.drawer)
    for words in (
        "客户回复",
        "此人向本主体退订过",
        "登记处",
        ISSUER_LINE,
        "rcpt-5",
        "零售",
        "会员",
        "平台没有回答此人",
    ):
        assert words in said, words
    assert said.index("rcpt-5") < said.index("平台没有回答此人"), "newest first"
    assert "由每个活动的核验决定" in said
    qtbot.keyClick(shown.table, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: shown.drawer.title.text() == "王芳3")
    qtbot.keyClick(shown.table, Qt.Key.Key_Escape)
    assert shown.drawer.isHidden()
    qtbot.mouseDClick(shown.table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 10))
    qtbot.waitUntil(lambda: shown.drawer.title.text() == "王芳0" and not shown.drawer.isHidden())
    qtbot.mouseClick(shown.drawer.cross, Qt.MouseButton.LeftButton)
    assert shown.drawer.isHidden()
    qtbot.mouseClick(shown.table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 10))
    qtbot.waitUntil(lambda: not shown.drawer.isHidden())
    assert shown.drawer.title.text() == "王芳0", "a click is enough, as in all other lists"


ISSUER_LINE = "91110000MA0000009X"


def test_many_answers_are_shown_a_part_at_a_time(desk: Desk, page: Show, qtbot: QtBot) -> None:
    shop = add_shop(desk.app)
    add_people(desk.app, shop, 1)
    desk.app.workspace.facts.append([told(shop, 0, ConsentStatus.CONFIRMED, minutes) for minutes in range(30)], [])
    shown = page()
    shown.open(1)
    assert "rcpt-25" in read_drawer(shown, qtbot).split()
    assert "rcpt-24" not in texts(shown.drawer).split()
    earlier = shown.drawer.findChild(QPushButton, "customer_earlier")
    assert isinstance(earlier, QPushButton)
    assert earlier.text() == "显示更早的 25 条"
    earlier.click()
    assert "rcpt-15" in texts(shown.drawer).split()
    assert "rcpt-14" not in texts(shown.drawer).split()


def test_without_a_shop_the_way_leads_to_the_settings(desk: Desk, page: Show, qtbot: QtBot) -> None:
    shown = page()
    qtbot.waitUntil(lambda: isinstance(shown.stack.currentWidget(), Empty))
    empty = shown.stack.currentWidget()
    assert isinstance(empty, Empty)
    assert empty.title.text() == "先连接一个店铺"
    assert not shown.import_file.isEnabled(), "a file adds to a shop's customers"
    assert shown.import_file.toolTip() == shown.sync.toolTip() == "还没有连接店铺：请先在“设置”里连接"
    assert not shown.sync.isEnabled()
    with qtbot.waitSignal(desk.way.went) as went:
        empty.button.click()
    assert went.args == ["settings", "accounts"]


def test_without_customers_a_sync_is_offered(desk: Desk, page: Show, qtbot: QtBot) -> None:
    add_shop(desk.app)
    shown = page()
    qtbot.waitUntil(lambda: isinstance(shown.stack.currentWidget(), Empty))
    empty = shown.stack.currentWidget()
    assert isinstance(empty, Empty)
    assert empty.title.text() == "还没有客户"
    empty.button.click()
    qtbot.waitUntil(lambda: len(desk.app.jobs.open_jobs()) == 1)
    qtbot.waitUntil(lambda: not empty.button.isEnabled())
    assert not shown.sync.isEnabled()


def test_what_the_user_was_doing_outlives_the_window(desk: Desk, page: Show, qtbot: QtBot) -> None:
    add_people(desk.app, add_shop(desk.app), 40)
    first = page()
    first.model.search(text="王芳1", province="江苏")
    first.model.open(12)
    qtbot.waitUntil(lambda: first.rows.rowCount() == 6 and first.model.state.person is not None)
    second = page()
    assert second.model is first.model
    qtbot.waitUntil(lambda: second.rows.rowCount() == 6)
    assert second.filter.text.text() == "王芳1"
    assert second.filter.province.currentData() == "江苏"
    assert second.drawer.title.text() == "王芳11"


def test_the_row_of_whoever_is_open_stays_marked(desk: Desk, page: Show, qtbot: QtBot) -> None:
    """In a window that is built anew, among other rows, and where the table gets the keyboard before it has them."""
    add_people(desk.app, add_shop(desk.app), 450)
    first = page()
    first.model.open(432)
    qtbot.waitUntil(lambda: first.model.state.person is not None)
    qtbot.waitUntil(lambda: marked(first) == [431])
    first.hide()
    second = page()
    second.activateWindow()
    second.table.setFocus()
    qtbot.waitUntil(lambda: second.rows.rowCount() == 450)
    # the table may have gone to the row of 432 before it read those at its top
    qtbot.waitUntil(lambda: any(second.rows.row(row) is not None for row in (0, 431)))
    qtbot.waitUntil(lambda: marked(second) == [431])
    assert second.model.state.opened == 432
    second.model.search(text="王芳43")
    qtbot.waitUntil(lambda: second.rows.rowCount() == 11)
    qtbot.waitUntil(lambda: marked(second) == [2])
    second.model.search(text="王芳2")
    qtbot.waitUntil(lambda: second.rows.rowCount() == 111)
    wait_for_row(second, 0, qtbot)
    second.setFocus()
    second.table.setFocus()
    assert second.model.state.opened == 432, "somebody else is opened by a person only"


def marked(page: CustomersPage) -> list[int]:
    return [index.row() for index in page.table.selectionModel().selectedRows()]


def test_every_control_has_a_name(desk: Desk, page: Show, qtbot: QtBot) -> None:
    add_people(desk.app, add_shop(desk.app), 3)
    shown = page()
    shown.open(1)
    qtbot.waitUntil(lambda: shown.model.state.person is not None)
    focusable = [each for each in shown.findChildren(QWidget) if each.focusPolicy() & Qt.FocusPolicy.TabFocus]
    unnamed = [
        each.objectName() or type(each).__name__
        for each in focusable
        if each.isVisibleTo(shown)
        and not (each.accessibleName() or (isinstance(each, QPushButton) and each.text()))
        and type(each).__name__ not in {"QScrollArea"}
    ]
    assert unnamed == []
