"""The columns of the customers: which, in which order, how wide, sorted by what, and that it is remembered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from PySide6.QtCore import QByteArray, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from ui_customers import show_page
from ui_people import NOW, add_people, add_shop, person

from campaign_app.domain.audience import Condition, Filter, Op
from campaign_app.domain.people import PeopleQuery
from campaign_app.services import people as listing
from campaign_app.ui.cells import Cell, Column
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.customers import CustomersPage
from campaign_app.ui.viewmodels import customers as customers_model
from campaign_app.ui.widgets.columns import LEAST, Arrangement, unpacked, widths_of
from campaign_app.ui.widgets.columns_dialog import ColumnsDialog

JUNK = (b"", b"no", b"[]", b'{"order": 1, "hidden": [], "widths": {}}', b'{"widths": {"a": "x"}}')


def column(key: str, width: int, grows: int = 0, rank: int = 0) -> Column[int]:
    return Column(key, width, lambda n: Cell(str(n)), grows=grows, rank=rank, key=key)


COLUMNS = (column("a", 100, grows=1), column("b", 100, grows=2), column("c", 100, rank=1), column("d", 100, rank=2))


def test_what_nobody_chose_gives_way_and_what_somebody_chose_is_scrolled_to() -> None:
    assert widths_of(COLUMNS, 460, Arrangement()) == {0: 120, 1: 140, 2: 100, 3: 100}
    assert set(widths_of(COLUMNS, 300, Arrangement())) == {0, 1, 2}
    assert widths_of(COLUMNS[2:], 260, Arrangement()) == {0: 100, 1: 160}, "no table ends before its frame does"
    assert widths_of(COLUMNS[:1], 80, Arrangement()) == {0: 80}, "pressed together a little"
    assert widths_of(COLUMNS[:1], 40, Arrangement()) == {0: 78}, "and no more: the rest is scrolled to"
    assert widths_of((column("e", 100), column("f", 100, grows=1, rank=1)), 190, Arrangement()) == {0: 190}
    chosen = Arrangement(hidden=frozenset({"b"}), widths={"a": 250})
    assert widths_of(COLUMNS, 300, chosen) == {0: 250, 2: 100, 3: 100}


@pytest.mark.parametrize("junk", JUNK)
def test_an_arrangement_that_cannot_be_read_is_none(junk: bytes) -> None:
    assert unpacked(QByteArray(junk)) == Arrangement()


def test_an_arrangement_comes_back_as_it_was_and_newer_columns_stand_at_its_end() -> None:
    chosen = Arrangement(("c", "a"), frozenset({"d"}), {"a": 5}).with_width("b", 200)
    back = unpacked(chosen.packed())
    assert back == Arrangement(("c", "a"), frozenset({"d"}), {"a": LEAST, "b": 200})
    assert [each.key for each in back.ordered(COLUMNS)] == ["c", "a", "b", "d"]


@pytest.fixture
def page(desk: Desk, qtbot: QtBot) -> CustomersPage:
    shop = add_shop(desk.app)
    add_people(desk.app, shop, 3)
    richer = [person(n, spend_cents=n * 1_000, updated_at=NOW + timedelta(minutes=1)) for n in range(3)]
    desk.app.workspace.customers.upsert_page(shop, richer, "y", NOW)
    return show_page(desk, qtbot)


def shown(page: CustomersPage) -> list[str]:
    head = page.table.horizontalHeader()
    order = map(head.logicalIndex, range(head.count()))
    return [page.rows.columns[i].key for i in order if not page.table.isColumnHidden(i)]


def opened(page: CustomersPage) -> ColumnsDialog:
    page.columns.click()
    dialog = page.findChild(ColumnsDialog)
    assert dialog is not None
    return dialog


def test_columns_are_hidden_moved_and_widened_by_keyboard_and_remembered(
    page: CustomersPage, desk: Desk, qtbot: QtBot
) -> None:
    dialog = opened(page)
    dialog.list.setFocus()
    dialog.list.setCurrentRow(1)
    QTest.keyClick(dialog.list, Qt.Key.Key_Space)
    assert "phone" not in shown(page)
    dialog.list.setCurrentRow(0)
    QTest.keyClick(dialog.down, Qt.Key.Key_Space)
    QTest.keyClick(dialog.down, Qt.Key.Key_Space)
    assert shown(page)[:3] == ["shop", "name", "consent"]
    dialog.width_of.setValue(240)
    assert page.table.columnWidth(0) == 240
    dialog.accept()
    again = show_page(desk, qtbot)
    assert (shown(again), again.table.columnWidth(0)) == (shown(page), 240)
    other = opened(again)
    QTest.keyClick(other.reset, Qt.Key.Key_Space)
    assert shown(again)[:2] == ["name", "phone"]
    assert not other.reset.isEnabled()
    other.accept()


def test_the_last_column_cannot_be_hidden(page: CustomersPage) -> None:
    dialog = opened(page)
    for row in range(dialog.list.count()):
        dialog.list.item(row).setCheckState(Qt.CheckState.Unchecked)
    assert len(shown(page)) == 1
    dialog.accept()


def test_what_is_dragged_in_the_head_is_remembered(page: CustomersPage, desk: Desk, qtbot: QtBot) -> None:
    head = page.table.horizontalHeader()
    head.moveSection(head.visualIndex(3), 0)
    head.resizeSection(3, 222)
    again = show_page(desk, qtbot)
    assert shown(again)[0] == "consent"
    assert again.table.columnWidth(3) == 222
    assert refs(again, qtbot)
    again.table.selectRow(0)
    QTest.keyClick(again.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().split("\t")[0] == "未查询", "copied as it is shown"


def refs(page: CustomersPage, qtbot: QtBot) -> list[str]:
    page.rows.index(0, 0).data()
    qtbot.waitUntil(lambda: page.rows.row(0) is not None)
    rows = [page.rows.row(n) for n in range(page.rows.rowCount())]
    return [row.name for row in rows if row is not None]


def click_head(page: CustomersPage, key: str) -> None:
    at = next(i for i, each in enumerate(page.rows.columns) if each.key == key)
    head = page.table.horizontalHeader()
    where = QPoint(head.sectionViewportPosition(at) + 30, head.height() // 2)
    QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=where)


def test_a_head_sorts_turns_round_and_lets_go(page: CustomersPage, qtbot: QtBot) -> None:
    head = Qt.Orientation.Horizontal
    assert refs(page, qtbot) == ["王芳0", "王芳1", "王芳2"]
    click_head(page, "spent")
    qtbot.waitUntil(lambda: refs(page, qtbot) == ["王芳2", "王芳1", "王芳0"])
    assert page.rows.headerData(6, head) == "累计消费 ↓"
    qtbot.waitUntil(lambda: page.subtitle.text() == "共 3 位客户；累计消费从大到小")
    page.model.open(page.rows.row(1).id)  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: page.table.currentIndex().row() == 1)
    click_head(page, "spent")
    qtbot.waitUntil(lambda: refs(page, qtbot) == ["王芳1", "王芳2", "王芳0"])
    assert page.rows.headerData(6, head) == "累计消费 ↑"
    click_head(page, "spent")
    qtbot.waitUntil(lambda: page.subtitle.text() == "共 3 位客户")
    click_head(page, "consent")
    assert page.model.state.search.order == "", "cannot be sorted by, and is not"


def test_of_a_long_list_the_first_are_shown_and_it_is_said(
    page: CustomersPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = page.model._app.people.ordered
    monkeypatch.setattr(customers_model, "SORTED_MOST", 2)

    def first_two(_: object, query: PeopleQuery, order: str, *, descending: bool) -> Sequence[int]:
        return real(query, order, descending=descending, limit=2)

    monkeypatch.setattr(listing.People, "ordered", first_two)
    dialog = opened(page)
    dialog.order.setCurrentIndex(dialog.order.findText("累计消费从大到小"))
    dialog.order.activated.emit(dialog.order.currentIndex())
    qtbot.waitUntil(lambda: page.subtitle.text() == "共 3 位客户；累计消费从大到小，显示最前面的 2 位")
    assert refs(page, qtbot) == ["王芳2", "王芳1"]
    dialog.accept()


def test_a_saved_segment_is_looked_at_with_its_count(page: CustomersPage, desk: Desk, qtbot: QtBot) -> None:
    assert not page.filter.segment.isVisible(), "nobody saved one"
    desk.app.audiences.save("消费十元以上", Filter((Condition("spend_cents", Op.AT_LEAST, 1_000),)), actor="test")
    page.model.refresh()
    qtbot.waitUntil(page.filter.segment.isVisible)
    page.filter.segment.setCurrentIndex(1)
    page.filter.segment.activated.emit(1)
    qtbot.waitUntil(lambda: page.subtitle.text() == "找到 2 位，共 3 位客户")
    assert refs(page, qtbot) == ["王芳1", "王芳2"]
    desk.app.audiences.remove("消费十元以上", actor="test")
    page.model.refresh()
    qtbot.waitUntil(lambda: page.subtitle.text() == "找到 0 位，共 3 位客户")
