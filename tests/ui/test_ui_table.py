"""Tables over millions of rows: pages are read when they are looked at, and nothing waits for them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from campaign_app.domain.errors import AppError, WorkspaceError
from campaign_app.ui.cells import CELL, Cell, Column
from campaign_app.ui.itemmodels.paged import KEPT, PagedModel
from campaign_app.ui.itemmodels.rows import RowsModel
from campaign_app.ui.tasks import Tasks
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.widgets.table import Table
from tests.helpers.inline_tasks import InlineTasks

MILLIONS = 5_000_000
COLUMNS = (
    Column[int]("名称", 120, lambda n: Cell(f"第{n}位"), grows=1),
    Column[int]("状态", 100, lambda n: Cell("已确认" if n % 2 else "不明", level="ok" if n % 2 else "warn"), rank=1),
    Column[int]("消费", 90, lambda n: Cell(str(n)), right=True, rank=2),
)


@dataclass
class Numbers:
    """Row n is the number n; `gate` holds readers back until a test lets them go."""

    total: int = MILLIONS
    page_rows: int = 100
    asked: list[int] = field(default_factory=list)
    trouble: AppError | None = None
    gate: threading.Event = field(default_factory=threading.Event)
    count_gate: threading.Event = field(default_factory=threading.Event)
    counts: int = 0
    bug: Exception | None = None

    def __post_init__(self) -> None:
        self.gate.set()
        self.count_gate.set()

    def count(self) -> int:
        self.counts += 1
        assert self.count_gate.wait(20)
        if self.bug is not None:
            raise self.bug
        return self.total

    def page(self, number: int) -> range:
        assert self.gate.wait(20)
        self.asked.append(number)
        if self.trouble is not None:
            raise self.trouble
        return range(number * self.page_rows, min(self.total, (number + 1) * self.page_rows))


class PromptNumbers(Numbers):
    def first(self) -> range:
        if self.trouble is not None:
            raise self.trouble
        return range(min(self.total, self.page_rows))


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, "light")


@pytest.fixture
def table(theme: Theme, qtbot: QtBot) -> Callable[[PagedModel[int]], Table]:
    def make(model: PagedModel[int]) -> Table:
        made = Table(theme, "numbers", "数字")
        qtbot.addWidget(made)
        made.use(model, model.columns)
        made.resize(600, 400)
        made.show()
        return made

    return make


def test_any_row_of_millions_is_shown_after_its_page_is_read(
    tasks: Tasks, table: Callable[[PagedModel[int]], Table], qtbot: QtBot
) -> None:
    model, source = PagedModel(tasks, COLUMNS), Numbers()
    shown = table(model)
    with qtbot.waitSignal(model.counted):
        model.show(source)
    assert model.rowCount() == MILLIONS
    shown.scrollToBottom()
    shown.grab()
    last = model.index(MILLIONS - 1, 0)
    qtbot.waitUntil(lambda: last.data() == f"第{MILLIONS - 1}位")
    assert last.data(CELL) == Cell(f"第{MILLIONS - 1}位")
    assert model.row(MILLIONS - 1) == MILLIONS - 1
    assert len(source.asked) < 12, "only what was looked at, and its neighbours"


def test_the_window_never_waits_for_a_page(
    tasks: Tasks, table: Callable[[PagedModel[int]], Table], qtbot: QtBot
) -> None:
    model, source = PagedModel(tasks, COLUMNS), Numbers()
    shown = table(model)
    source.gate.clear()
    with qtbot.waitSignal(model.counted):
        model.show(source)
    for row in range(0, MILLIONS, MILLIONS // 50):  # a page read here would wait at the gate, and fail
        shown.scrollTo(model.index(row, 0))
        shown.grab()
    assert model.index(0, 0).data(CELL) is None
    source.gate.set()
    bottom = shown.rowAt(200)
    qtbot.waitUntil(lambda: model.row(bottom) == bottom)
    assert len(source.asked) < 15, "pages that were only passed by are not read"


def test_the_first_page_is_shown_while_millions_are_counted(
    tasks: Tasks, table: Callable[[PagedModel[int]], Table], qtbot: QtBot
) -> None:
    model, source = PagedModel(tasks, COLUMNS), PromptNumbers()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    told: list[int] = []
    model.counted.connect(told.append)
    shown = table(model)
    source.count_gate.clear()
    model.show(source)
    qtbot.waitUntil(lambda: model.row(99) == 99)
    shown.selectRow(7)
    shown.scrollTo(model.index(60, 0))
    before = shown.verticalScrollBar().value()
    assert (model.rowCount(), told) == (100, [])
    source.total = 90  # ten went meanwhile
    source.count_gate.set()
    qtbot.waitUntil(lambda: told == [90])
    assert (model.rowCount(), shown.currentIndex().row(), shown.verticalScrollBar().value()) == (90, 7, before)
    qtbot.waitUntil(lambda: model.row(89) == 89)


def test_a_first_page_that_comes_late_or_not_at_all_changes_nothing(inline: InlineTasks, qtbot: QtBot) -> None:
    model, source = PagedModel(inline, COLUMNS), PromptNumbers(total=0)
    told: list[AppError] = []
    model.failed.connect(told.append)
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(model.rowCount()))
    model.show(source)
    assert resets == [0], "nobody is shown once that is certain"
    source.trouble, source.total = WorkspaceError("disk_error", "The disk reports an error"), 5
    model.show(source)
    assert (resets, told) == ([0, 5], []), "the count is what tells of trouble"


def test_pages_not_looked_at_are_forgotten(inline: InlineTasks, qtbot: QtBot) -> None:
    model, source = PagedModel(inline, COLUMNS), Numbers()
    model.show(source)
    for page in range(0, 3 * KEPT, 3):
        model.index(page * 100, 0).data()
        qtbot.waitUntil(lambda at=page * 100: model.row(at) is not None)
    assert model.row(0) is None
    assert model.row(3 * (KEPT - 1) * 100) is not None


def test_a_new_count_keeps_the_place(tasks: Tasks, table: Callable[[PagedModel[int]], Table], qtbot: QtBot) -> None:
    model, source = PagedModel(tasks, COLUMNS), Numbers(total=1_000)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    shown = table(model)
    with qtbot.waitSignal(model.counted):
        model.show(source)
    shown.selectRow(500)
    shown.scrollTo(model.index(500, 0))
    place = shown.verticalScrollBar().value()
    for total in (1_200, 800, 800):
        source.total = total
        with qtbot.waitSignal(model.counted):
            model.reload()
        assert model.rowCount() == total
        assert shown.currentIndex().row() == 500
        assert shown.verticalScrollBar().value() == place


def test_rows_stay_in_view_while_they_are_read_again(tasks: Tasks, qtbot: QtBot) -> None:
    model, source = PagedModel(tasks, COLUMNS), Numbers(total=50)
    with qtbot.waitSignal(model.counted):
        model.show(source)
    model.index(7, 0).data()
    qtbot.waitUntil(lambda: model.row(7) == 7)
    source.gate.clear()
    with qtbot.waitSignal(model.counted):
        model.reload()
    assert model.index(7, 0).data() == "第7位"
    source.gate.set()


def test_rows_of_another_question_are_dropped(tasks: Tasks, qtbot: QtBot) -> None:
    model, slow, other = PagedModel(tasks, COLUMNS), Numbers(total=100), Numbers(total=0)
    with qtbot.waitSignal(model.counted):
        model.show(slow)
    slow.gate.clear()
    model.index(0, 0).data()
    with qtbot.waitSignal(model.counted):
        model.show(other)
    slow.gate.set()
    qtbot.waitUntil(lambda: slow.asked == [0] or not slow.asked)
    assert model.rowCount() == 0
    assert model.row(0) is None


def test_rows_on_their_way_are_not_lost_to_a_reload_of_the_old_ones(tasks: Tasks, qtbot: QtBot) -> None:
    model, old, new = PagedModel(tasks, COLUMNS), Numbers(total=50), Numbers(total=7)
    with qtbot.waitSignal(model.counted):
        model.show(old)
    model.show(new)
    with qtbot.waitSignal(model.counted):
        model.reload()
    assert (model.source, model.rowCount()) == (new, 7)


def test_trouble_is_told_once_and_a_reload_tries_again(inline: InlineTasks, qtbot: QtBot) -> None:
    model, source = PagedModel(inline, COLUMNS), Numbers()
    model.show(source)
    source.trouble = WorkspaceError("disk_error", "The disk reports an error")
    told: list[AppError] = []
    model.failed.connect(told.append)
    for row in (0, 1_000, 2_000):
        model.index(row, 0).data()
    qtbot.waitUntil(lambda: len(source.asked) == 3)
    model.index(0, 0).data()
    assert told == [source.trouble]
    source.trouble = None
    model.reload()
    model.index(0, 0).data()
    qtbot.waitUntil(lambda: model.row(0) == 0)


def test_a_count_comes_however_often_it_is_asked_for_meanwhile(tasks: Tasks, qtbot: QtBot) -> None:
    model, source = PagedModel(tasks, COLUMNS), Numbers(total=50)
    told: list[int] = []
    model.counted.connect(told.append)
    source.count_gate.clear()
    model.show(source)
    qtbot.waitUntil(lambda: source.counts == 1)
    for _ in range(5):
        model.reload()
    source.count_gate.set()
    qtbot.waitUntil(lambda: len(told) == 2)
    assert (told, source.counts) == ([50, 50], 2), "that one, and one for what came in meanwhile"
    source.count_gate.clear()
    source.total = 60
    model.reload()
    qtbot.waitUntil(lambda: source.counts == 3)
    model.reload()
    source.count_gate.set()
    qtbot.waitUntil(lambda: len(told) == 4)
    assert (told[2:], source.counts, model.rowCount()) == ([60, 60], 4, 60)


def test_another_search_overtakes_a_long_count(tasks: Tasks, qtbot: QtBot) -> None:
    model, slow, other = PagedModel(tasks, COLUMNS), Numbers(total=50), Numbers(total=7)
    told: list[int] = []
    model.counted.connect(told.append)
    slow.count_gate.clear()
    model.show(slow)
    model.reload()
    qtbot.waitUntil(lambda: slow.counts == 1)
    model.show(other)
    qtbot.waitUntil(lambda: told == [7])
    slow.count_gate.set()
    qtbot.waitUntil(lambda: not tasks._running)
    assert (told, model.rowCount(), slow.counts) == ([7], 7, 1)


@pytest.mark.expects_logs("campaign_app.ui.tasks")
def test_a_count_that_fails_or_crashes_is_not_the_last(qtbot: QtBot, qapp: QApplication) -> None:
    tasks = InlineTasks()
    bugs: list[object] = []
    tasks.crashed.connect(bugs.append)
    model, source = PagedModel(tasks, COLUMNS), Numbers(total=50)
    source.bug = ZeroDivisionError()
    model.show(source)
    source.bug = WorkspaceError("disk_full", "full")
    model.reload()
    source.bug = None
    model.reload()
    assert (len(bugs), model.rowCount(), source.counts) == (1, 50, 3)


def test_no_key_selects_or_searches_all_rows(table: Callable[[PagedModel[int]], Table], inline: InlineTasks) -> None:
    model = PagedModel(inline, COLUMNS)
    model.show(Numbers())
    shown = table(model)
    shown.selectAll()
    shown.keyboardSearch("第9")
    assert not shown.selectionModel().hasSelection()


def test_rows_are_opened_by_keys_and_by_double_click(
    table: Callable[[PagedModel[int]], Table], inline: InlineTasks, qtbot: QtBot
) -> None:
    model = PagedModel(inline, COLUMNS)
    model.show(Numbers())
    shown = table(model)
    opened: list[int] = []
    shown.opened.connect(opened.append)
    shown.selectRow(2)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_Enter):
        qtbot.keyClick(shown, key)
    qtbot.keyClick(shown, Qt.Key.Key_Down)
    qtbot.keyClick(shown, Qt.Key.Key_Return)
    qtbot.mouseDClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(40, 38 * 5 + 10))
    assert opened == [2, 2, 2, 3, 5]


def test_a_row_is_copied_as_it_is_shown(
    table: Callable[[PagedModel[int]], Table], inline: InlineTasks, qtbot: QtBot
) -> None:
    model = PagedModel(inline, COLUMNS)
    model.show(Numbers())
    shown = table(model)
    qtbot.waitUntil(lambda: model.row(3) is not None)
    shown.selectRow(3)
    qtbot.keyClick(shown, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "第3位\t已确认\t3"


def test_columns_leave_by_rank_and_the_growing_one_takes_the_rest(
    table: Callable[[PagedModel[int]], Table], inline: InlineTasks
) -> None:
    model = PagedModel(inline, COLUMNS)
    model.show(Numbers(total=3))
    shown = table(model)
    assert [shown.isColumnHidden(i) for i in range(3)] == [False, False, False]
    assert sum(shown.columnWidth(i) for i in range(3)) == shown.viewport().width()
    shown.resize(260, 300)
    assert [shown.isColumnHidden(i) for i in range(3)] == [False, False, True]
    shown.resize(100, 300)
    assert [shown.isColumnHidden(i) for i in range(3)] == [False, True, True]


def test_of_names_that_do_not_fit_the_end_stays_and_of_texts_the_beginning(theme: Theme, qtbot: QtBot) -> None:
    texts = [f"双十一会员日冬装上新老客复购召回满三百减五十{number}" for number in (1, 2)]
    columns = [Column[str]("名称", 120, Cell, named=named) for named in (True, False)]
    table, rows = Table(theme, "table", "表"), RowsModel(columns)
    qtbot.addWidget(table)
    table.use(rows, columns)
    rows.show(texts)
    table.resize(260, 200)
    table.show()

    def drawn(row: int, column: int) -> QImage:
        return table.viewport().grab(table.visualRect(rows.index(row, column))).toImage()

    assert [drawn(0, at) == drawn(1, at) for at in range(2)] == [False, True]


def test_rows_in_memory(qtbot: QtBot) -> None:
    model = RowsModel(COLUMNS, [1, 2])
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert model.index(1, 0).data() == "第2位"
    model.show([3, 4])
    assert model.index(1, 0).data() == "第4位"
    model.show([5])
    assert (model.rowCount(), model.row(0), model.row(1)) == (1, 5, None)


@pytest.mark.parametrize("side", ["left", "right"])
def test_its_frame_goes_round_the_corners_above_the_titles(
    side: str, inline: InlineTasks, theme: Theme, table: Callable[[PagedModel[int]], Table], qtbot: QtBot
) -> None:
    shown = table(PagedModel(inline, COLUMNS))
    theme.dress(shown)
    shown.setFocus()
    qtbot.waitUntil(shown.hasFocus)
    picture = shown.grab().toImage()
    at = 2 if side == "left" else shown.width() - 3  # amidst the curve
    assert picture.pixelColor(at, 2).name() not in {theme.tokens.raised, theme.tokens.surface}


def test_its_titles_go_on_above_the_scroll_bar_which_begins_below_them(
    table: Callable[[PagedModel[int]], Table], inline: InlineTasks, qtbot: QtBot
) -> None:
    model = PagedModel(inline, COLUMNS)
    shown = table(model)
    model.show(Numbers())
    bar, head = shown.verticalScrollBar(), shown.horizontalHeader()
    qtbot.waitUntil(lambda: bar.isVisible() and bar.mapTo(shown, QPoint(0, 0)).y() >= head.geometry().bottom())
    assert head.property("joined"), "its corner is square there"
