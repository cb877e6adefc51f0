"""退订与投诉 → 投诉: every complaint with its deadline and its state, and all of the one that is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabBar, QWidget

from campaign_app.domain.complaint import Case, CaseState
from campaign_app.domain.team import Permission
from campaign_app.ui import show
from campaign_app.ui.cells import MOMENT, NOTHING, Cell, Column
from campaign_app.ui.desk import Desk
from campaign_app.ui.folders import documents, tell_written
from campaign_app.ui.itemmodels.paged import PagedModel
from campaign_app.ui.messages import translate
from campaign_app.ui.pages.case_dialogs import NewCaseDialog
from campaign_app.ui.pages.case_drawer import CaseDrawer
from campaign_app.ui.pages.case_pack_dialog import PackDialog
from campaign_app.ui.pages.case_words import CaseWords
from campaign_app.ui.pages.sheet_dialogs import CaseFileDialog
from campaign_app.ui.viewmodels.cases import KINDS, CasesModel, CaseSource, CasesState, Row
from campaign_app.ui.widgets.basics import button, column, row
from campaign_app.ui.widgets.empty import Empty
from campaign_app.ui.widgets.panels import Panels
from campaign_app.ui.widgets.search_field import SearchField
from campaign_app.ui.widgets.table import Table
from campaign_app.ui.widgets.tabs import tab_bar

if TYPE_CHECKING:
    from campaign_app.reports.case_pack import Packed

SEARCH: Final = 240


class CasesPanel(QWidget):
    """`said` carries what the page says under its title; `enter` and `from_file` stand beside that."""

    said = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk, self.model = desk, model_of(desk)
        self._words = CaseWords(lambda: desk.kit.words, self)
        self.rows: PagedModel[Row] = PagedModel(desk.kit.tasks, self._columns(), self)
        self.table = Table(desk.kit.theme, "cases_table", self.tr("投诉"))
        self.table.use(self.rows, self.rows.columns)
        self.table.clicked.connect(lambda index: self._open(index.row()))
        self.table.opened.connect(self._open)
        self.table.moved.connect(self._follow)
        self._marked: int | None = None  # the case whose row was selected last
        self.drawer = CaseDrawer(desk, self.model, self._words)
        self.drawer.closed.connect(self.table.setFocus)
        self.drawer.pack.connect(self.pack_dialog)
        self.tabs, self.search = self._tabs(), self._search()
        self.enter = button(self.tr("登记投诉…"), "primary", name="case_enter", click=self.new_dialog)
        self.from_file = button(self.tr("从文件导入…"), name="case_import", click=self.file_dialog)
        desk.allow(Permission.SUPPRESS, self.enter, self.from_file)
        self.stack = Panels()
        self.nothing, self.no_match, self.no_shop = self._nothing(), self._no_match(), self._no_shop()
        for each in (self.table, self.nothing, self.no_match, self.no_shop):
            self.stack.addWidget(each)
        self.setLayout(
            column(
                row(self.tabs, None, self.search),
                row(self.stack, self.drawer, space=3, stretch=0),
                space=4, stretch=1,
            )
        )  # fmt: skip
        self.rows.counted.connect(self.model.counted)
        self.rows.failed.connect(desk.kit.messages.error)
        self.rows.dataChanged.connect(self._mark)
        self.model.changed.connect(self.render_state)
        self.model.other.connect(self._show_other)
        self.model.again.connect(self._renew)
        self.model.added.connect(self._added)
        self.model.packed.connect(self._packed)
        self.render_state(self.model.state)
        self.rows.show(self.model.source())

    def shown(self) -> None:
        self.model.load()
        self.rows.reload()

    def render_state(self, state: CasesState) -> None:
        none = self.no_shop if state.nobody else self.nothing
        empty = self.no_match if state.filtered or state.kind == "done" else none
        self.stack.setCurrentWidget(empty if state.total == 0 else self.table)
        self._mark()
        self.enter.setEnabled(bool(state.entities) and self._desk.may(Permission.SUPPRESS))
        self.from_file.setEnabled(bool(state.entities) and self._desk.may(Permission.SUPPRESS))
        self.tell()

    def reveal(self, case_id: int) -> None:
        """Opens a case that still waits for its answer, among all that do."""
        self.search.clear()
        self.tabs.setCurrentIndex(list(KINDS).index("open"))
        self.model.open(case_id)

    def tell(self) -> None:
        total = self.model.state.total
        if total is None:
            self.said.emit(self.tr("正在读取…"))
            return
        found = self.tr("共 {count} 个投诉。", "", total).format(count=show.count(total))
        self.said.emit(found + self.tr("投诉人在登记或收到时已加入拒收名单，不能解除。"))

    def new_dialog(self) -> NewCaseDialog:
        made = NewCaseDialog(self._desk.kit, self.model, self._desk.app.clock(), self)
        made.open()
        return made

    def file_dialog(self) -> CaseFileDialog:
        made = CaseFileDialog(self._desk, self.model.state.entities, self)
        made.finished.connect(lambda _: self.rows.reload())  # stopped half way, some are there
        made.open()
        return made

    def pack_dialog(self, case: Case) -> PackDialog:
        made = PackDialog(self._desk.kit, self.model, case, documents(), self)
        made.open()
        return made

    def _open(self, number: int) -> None:
        found = self.rows.row(number) if number >= 0 else None
        if found is not None:
            self.model.open(found[0].id)

    def _follow(self, number: int) -> None:
        if self.drawer.isVisible():
            self._open(number)

    def _mark(self) -> None:
        """The row of the open case is the selected one, wherever it was opened, and wherever newer ones moved it."""
        opened, at = self.model.state.opened, self.table.currentIndex().row()
        here = self.rows.row(at)
        if opened is None:
            self._marked = None
            return
        chosen_and_not_read = at >= 0 and here is None
        number = None if chosen_and_not_read else self.rows.find(lambda each: each[0].id == opened)
        if number is not None and number != at:
            self.table.setAutoScroll(self._marked != opened)  # whoever has scrolled on is not called back
            self.table.selectRow(number)
            self.table.setAutoScroll(True)
        if number is not None:
            self._marked = opened

    def _show_other(self, source: CaseSource) -> None:
        self.rows.show(source)

    def _renew(self) -> None:
        if self.isVisible():
            self.rows.reload()

    def _added(self, case: Case) -> None:
        words = {
            CaseState.MATCHED: translate("CasesPanel", "投诉已登记，并对上了一条短信；投诉人已加入拒收名单。"),
            CaseState.OPEN: translate("CasesPanel", "投诉已登记，有几条短信要人核对；投诉人已加入拒收名单。"),
        }
        other = translate("CasesPanel", "投诉已登记，没有找到对应的短信；投诉人已加入拒收名单。")
        self._desk.kit.messages.done(lambda: words.get(case.state, other))

    def _packed(self, made: Packed) -> None:
        name = made.file.name
        tell_written(
            self._desk.kit.messages,
            lambda: translate("CasesPanel", "举证包已导出：{file}").format(file=name),
            made.file,
        )

    def _tabs(self) -> QTabBar:
        names = {"open": self.tr("待处理"), "done": self.tr("已答复"), "all": self.tr("全部")}
        titles, at = [names[kind] for kind in KINDS], list(KINDS).index(self.model.state.kind)
        made = tab_bar("case_kinds", self.tr("按状态筛选"), titles, at=at)
        made.currentChanged.connect(lambda at: self.model.show_kind(list(KINDS)[at]))
        return made

    def _search(self) -> SearchField:
        spoken, hint = self.tr("查找投诉"), self.tr("手机号、标识、编号或内容")
        made = SearchField(self._desk.kit.theme, "case_search", spoken, hint, self)
        made.setText(self.model.state.text)
        made.setFixedWidth(SEARCH)
        made.textChanged.connect(self.model.search)
        return made

    def _nothing(self) -> Empty:
        return Empty(
            self._desk.kit.theme,
            "inbox",
            self.tr("没有待处理的投诉"),
            self.tr("平台转来的投诉会自动登记；12321、运营商或本人的投诉可以手工登记，或从文件导入。"),
        )

    def _no_shop(self) -> Empty:
        return Empty(
            self._desk.kit.theme,
            "store",
            self.tr("先连接店铺账户，才能登记投诉"),
            self.tr("投诉登记在被投诉的主体名下，主体随店铺账户一起连接。连接之后，平台转来的投诉也会自动登记。"),
            action=self.tr("去连接账户"),
            click=lambda: self._desk.way.to("settings", "accounts"),
        )

    def _no_match(self) -> Empty:
        return Empty(
            self._desk.kit.theme,
            "search",
            self.tr("没有符合条件的投诉"),
            self.tr("手机号、客户标识和编号要输入完整；也可以输入内容里的几个字。"),
            action=self.tr("显示全部"),
            click=self._reset,
        )

    def _reset(self) -> None:
        self.search.clear()
        self.tabs.setCurrentIndex(list(KINDS).index("all"))

    def _columns(self) -> tuple[Column[Row], ...]:
        words, term = self._words, self._desk.kit.words
        return (
            Column(self.tr("收到"), MOMENT, lambda each: Cell(show.moment(each[0].received_at)), rank=2),
            Column(self.tr("期限"), 112, lambda each: words.due(each[1])),
            Column(self.tr("投诉人"), 128, lambda each: Cell(each[0].who or self.tr("号码已删除")), rank=1),
            Column(
                self.tr("来源"), 104, lambda each: Cell(term.term("complaint_source", each[0].source)), rank=3
            ),
            Column(self.tr("内容"), 120, self._content, grows=3, rank=2),
            Column(self.tr("状态"), 132, lambda each: words.state(each[0])),
            Column(self.tr("活动"), 110, lambda each: _or_nothing(each[0].campaign), grows=2, rank=4, named=True),
            Column(self.tr("负责人"), 88, lambda each: _or_nothing(each[0].owner), rank=2),
        )  # fmt: skip

    def _content(self, each: Row) -> Cell:
        return _or_nothing(" ".join(each[0].text.split()) or each[0].number)


def _or_nothing(text: str) -> Cell:
    return Cell(text, text) if text else NOTHING


def model_of(desk: Desk) -> CasesModel:
    """The one of the open workspace: it outlives the page, which is built anew for another language."""
    return desk.kept(
        CasesModel, lambda: CasesModel(desk.app, desk.kit.tasks, desk.kit.messages, desk.jobs, desk.session)
    )
