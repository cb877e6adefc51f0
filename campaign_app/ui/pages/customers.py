"""客户: a table of everybody, a filter, syncs and imports, and the evidence of the one that is open."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from campaign_app.domain.errors import AppError
from campaign_app.domain.team import Permission
from campaign_app.services.people import PersonRow
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.itemmodels.paged import PagedModel
from campaign_app.ui.messages import translate
from campaign_app.ui.pages.customers_cells import CustomerCells
from campaign_app.ui.pages.customers_drawer import CustomerDrawer, focus_inside
from campaign_app.ui.pages.customers_filter import CustomersFilter
from campaign_app.ui.pages.customers_segment import SegmentPanel, segments_of
from campaign_app.ui.pages.customers_sync import SyncButton, SyncNotices, SyncStrip
from campaign_app.ui.pages.import_notices import ImportNotices
from campaign_app.ui.pages.import_records import ImportRecords
from campaign_app.ui.pages.import_wizard import ImportWizard
from campaign_app.ui.single import mark_of
from campaign_app.ui.viewmodels.awaited import Awaited
from campaign_app.ui.viewmodels.customers import CustomersModel, CustomersState
from campaign_app.ui.viewmodels.importing import ImportModel
from campaign_app.ui.viewmodels.imports_list import ImportsModel
from campaign_app.ui.widgets.actions import action
from campaign_app.ui.widgets.basics import button, insert, row, show_if
from campaign_app.ui.widgets.columns import Arrangement, unpacked
from campaign_app.ui.widgets.columns_dialog import ColumnsDialog, OrderWords
from campaign_app.ui.widgets.empty import Empty
from campaign_app.ui.widgets.page import Page
from campaign_app.ui.widgets.panels import Panels
from campaign_app.ui.widgets.table import Table

TABLE: Final = "table"
# of the kinds of what is done (`Page.renew`), those after which something here is another
_SHOWN: Final = frozenset({"account", "customer", "import", "segment"})
_COLUMNS: Final = "customers_columns"


class CustomersPage(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__("", " ")
        self.title.setText(self.tr("客户"))
        self._desk = desk
        self.model = model_of(desk)
        self.imports_model = import_of(desk)
        self._kit = kit = desk.kit
        self.cells = CustomerCells(lambda: kit.words, desk.app.clock, self)
        self.rows: PagedModel[PersonRow] = PagedModel(kit.tasks, self.cells.columns(), self)
        self.table = Table(kit.theme, "customers_table", self.tr("客户"))
        self.table.use(self.rows, self.rows.columns)
        self.table.arrange(unpacked(kit.prefs.bytes(_COLUMNS)))
        self.segments_model = segments_of(desk, self.model)
        self.filter = CustomersFilter(kit, self.model, self.segments_model)
        self._panel: SegmentPanel | None = None
        self.strip = SyncStrip(self.model)
        self.sync = SyncButton(kit, self.model)
        self.notices = SyncNotices(kit, self.model, self)
        self.drawer = CustomerDrawer(desk, self.model, self.cells)
        self._places: dict[str, QWidget] = {TABLE: self.table}
        self._marked: int | None = None
        self._to_sync = False
        self.stack = Panels()
        self.stack.addWidget(self.table)
        self._buttons()
        self.content.addWidget(self.filter)
        self.content.addLayout(row(self.stack, self.drawer, space=3, stretch=0), 2)
        self.content.addWidget(self.strip)  # last: what comes and goes moves no row
        self._connect()
        if self.segments_model.state.shown:
            self._built()
        self.render_state(self.model.state)
        self.rows.show(self.model.source)

    @property
    def panel(self) -> SegmentPanel:
        """Built when it is first asked for: to open the page would be felt."""
        return self._panel or self._built()

    def _built(self) -> SegmentPanel:
        panel = self._panel = SegmentPanel(self._desk, self.segments_model)
        panel.closed.connect(self.filter.build.setFocus)
        insert(self.content, self.content.indexOf(self.filter) + 1, panel, after=self.filter.clear)
        self.content.setStretchFactor(panel, 3)
        return panel

    def shown(self) -> None:
        self.model.refresh()
        if self.segments_model.state.shown:
            self.segments_model.load()

    def renew(self, kinds: frozenset[str]) -> None:
        if kinds & _SHOWN:
            self.model.renew()
        elif "suppression" in kinds:
            self.model.renew_marks()
        if "segment" in kinds and self.segments_model.state.shown:
            self.segments_model.renew()

    def place(self) -> str:
        return "customers.segments" if self.segments_model.state.shown else ""

    def open(self, what: object) -> None:
        """A customer's id, or "sync": where syncing is begun."""
        if isinstance(what, int):
            self.model.open(what)
        elif what == "sync":
            self._to_sync = True
            self._land(self.model.state)

    def render_state(self, state: CustomersState) -> None:
        place = self._place(state)
        if place not in self._places:
            self._places[place] = self._empty(place)
            self.stack.addWidget(self._places[place])
        shown = self._places[place]
        self.stack.setCurrentWidget(shown)
        if place == "no_customers" and isinstance(shown, Empty):
            shown.button.setEnabled(self.sync.isEnabled())  # not while all of them are being synced
        self.table.sort_by(state.search.order, descending=state.search.descending)
        show_if(self.columns, place == TABLE)
        show_if(self.filter, place in {TABLE, "nobody_found"})
        self.subtitle.setText(self._counts(state))
        self.import_file.setEnabled(bool(state.connected))
        if self._desk.may(Permission.IMPORT):
            self.import_file.setToolTip(self.sync.toolTip() if state.shops is not None and not state.connected else "")
        if state.opened != self._marked:
            self._marked = state.opened
            self._mark_opened()
        self._land(state)

    def _land(self, state: CustomersState) -> None:
        """On the button of the empty page, else on the one above the table, once it is known which."""
        if self._to_sync and state.shops is not None and state.everybody is not None:
            self._to_sync = False
            there = self.stack.currentWidget()
            (there.button if isinstance(there, Empty) else self.sync).setFocus()

    def _counts(self, state: CustomersState) -> str:
        """How many there are and, of a long sorted list, how many of them are shown."""
        counted = self._counted(state)
        if state.search.order and state.found is None:
            return self.tr("正在排序…可在“列和排序”里改回同步的先后。")
        if not state.search.order:
            return counted
        by = next(column for column in self.rows.columns if column.sort == state.search.order)
        order = OrderWords().said(by, descending=state.search.descending)
        if state.found is not None and state.shown < state.found:
            shown = show.count(state.shown)
            return self.tr("{counted}；{order}，显示最前面的 {shown} 位").format(
                counted=counted, order=order, shown=shown
            )
        return self.tr("{counted}；{order}").format(counted=counted, order=order)

    def _counted(self, state: CustomersState) -> str:
        if state.everybody is None:
            return self.tr("正在统计客户…")
        everybody = self.tr("共 {count} 位客户", "", state.everybody).format(count=show.count(state.everybody))
        if state.search.empty:
            return everybody
        if state.found is None:
            return self.tr("正在查找…")
        return self.tr("找到 {found} 位，共 {count} 位客户").format(
            found=show.count(state.found), count=show.count(state.everybody)
        )

    def _place(self, state: CustomersState) -> str:
        if state.everybody == 0 and state.shops is not None:
            return "no_customers" if state.connected else "no_shop"
        return "nobody_found" if state.found == 0 and not state.search.empty else TABLE

    def _empty(self, place: str) -> Empty:
        theme, way = self._kit.theme, self._desk.way
        if place == "no_shop":
            return Empty(
                theme,
                "store",
                self.tr("先连接一个店铺"),
                self.tr("客户和他们的同意记录都来自平台。连接店铺账户之后，就能把客户同步到这里。"),
                action=self.tr("去设置里连接"),
                click=lambda: way.to("settings", "accounts"),
            )
        if place == "no_customers":
            return Empty(
                theme,
                "customers",
                self.tr("还没有客户"),
                self.tr("店铺已经连接。平台上的客户会一页一页收进来，可以随时停止，已收到的会保留。"),
                action=self.tr("同步客户"),
                click=self.sync.begin_all,
            )
        return Empty(
            theme,
            "search",
            self.tr("没有符合条件的客户"),
            self.tr("姓名按开头查找，客户标识和手机号要输入完整。也可以放宽店铺、同意、省份或人群的条件。"),
            action=self.tr("清除筛选"),
            click=self.filter.clear_all,
        )

    def _buttons(self) -> None:
        self.imports = button(self.tr("导入记录"), "quiet", name="customers_imports", click=self._show_imports)
        self.import_file = button(self.tr("导入文件"), name="customers_import", click=self._import)
        self._desk.allow(Permission.IMPORT, self.import_file)
        self.columns = button("", name="customers_columns", click=self._ask_columns)
        self.columns.setAccessibleName(self.tr("列和排序…"))
        self.columns.setToolTip(self.tr("列和排序…"))
        for each in (self.imports, self.import_file, self.columns, self.sync):
            self.buttons.addWidget(each)
        self._kit.theme.changed.connect(self._draw)
        self._draw()

    def _connect(self) -> None:
        model, table = self.model, self.table
        model.changed.connect(self.render_state)
        model.asked.connect(self._ask)
        model.again.connect(self.rows.reload)
        self.rows.counted.connect(model.counted)
        self.rows.counted.connect(self._mark_opened)
        self.rows.failed.connect(self._unread)
        model.unread.connect(self._unread)
        table.opened.connect(self._open_row)
        table.clicked.connect(lambda index: self._open_row(index.row()))
        table.moved.connect(self._follow_row)
        table.arranged.connect(self._arranged)
        table.sorted.connect(self._sort)
        self.drawer.closed.connect(table.setFocus)
        self.filter.building.connect(self._build_segment)
        action(self.table, "customers.close", model.close)

    def _unread(self, error: AppError) -> None:
        self._kit.messages.error(error, label=lambda: translate("CustomersPage", "重试"), action=self.model.refresh)

    def _ask(self, source: object) -> None:
        self.table.clearSelection()
        self.rows.show(source)  # type: ignore[arg-type]

    def _open_row(self, number: int) -> None:
        person = self.rows.row(number)
        if person is not None:
            self.model.open(person.id)

    def _follow_row(self, number: int) -> None:
        """While the drawer is open it shows the current row."""
        person = self.rows.row(number)
        opened = self.model.state.opened
        if person is not None and opened is not None and opened != person.id and not focus_inside(self.drawer):
            self.model.open(person.id)

    def _mark_opened(self) -> None:
        """The row of whoever is open, wherever it is among rows that are new."""
        opened, source = self.model.state.opened, self.model.source
        current = self.rows.row(self.table.currentIndex().row()) if self.table.currentIndex().isValid() else None
        if opened is None or (current is not None and current.id == opened):
            return
        self._kit.tasks.run(
            lambda _: source.place_of(opened),
            lambda row: self._mark(opened, row),
            failed=self._unread,
            owner=self,
            key="place",
        )

    def _mark(self, opened: int, row: int | None) -> None:
        if row is not None and row < self.rows.rowCount() and opened == self.model.state.opened:
            self.table.selectRow(row)

    def _arranged(self, arrangement: Arrangement) -> None:
        self._kit.prefs.put_bytes(_COLUMNS, arrangement.packed())

    def _arrange(self, arrangement: Arrangement) -> None:
        self.table.arrange(arrangement)
        self._arranged(arrangement)

    def _sort(self, order: str, descending: bool) -> None:  # noqa: FBT001 a slot
        self.model.sort(order, descending=descending)

    def _ask_columns(self) -> None:
        search = self.model.state.search
        asked = ColumnsDialog(self.rows.columns, self.table.arrangement, (search.order, search.descending), self)
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.changed.connect(self._arrange)
        asked.sorted.connect(self._sort)
        asked.open()

    def _build_segment(self) -> None:
        self.panel.begin()

    def _import(self) -> None:
        shops = self.model.state.connected
        self.imports_model.start(self.model.state.search.account_id or shops[0].id)
        wizard = ImportWizard(self._desk, self.imports_model, shops, self)
        wizard.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        wizard.finished.connect(self.model.refresh)
        wizard.open()

    def _show_imports(self) -> None:
        records = ImportRecords(
            self._desk, ImportsModel(self._desk.app, self._kit.tasks, self._kit.messages, self), self
        )
        records.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        records.finished.connect(self.model.refresh)
        records.open()

    def _draw(self) -> None:
        self.import_file.setIcon(self._kit.theme.icon("import"))
        self.columns.setIcon(self._kit.theme.icon("columns"))


def model_of(desk: Desk) -> CustomersModel:
    """The one of the open workspace: it outlives the pages, which are built anew for another language."""
    return desk.kept(
        CustomersModel, lambda: CustomersModel(desk.app, desk.kit.tasks, desk.jobs, desk.kit.messages, desk.session)
    )


def import_of(desk: Desk) -> ImportModel:
    """The same: an import goes on in the worker while its wizard is closed. Its end is told on any page."""

    def make() -> ImportModel:
        kit, plan = desk.kit, desk.session.plan
        awaited = Awaited(kit.prefs, "" if plan.demo else mark_of(plan.folder))
        made = ImportModel(desk.app, kit.tasks, desk.jobs, kit.messages, awaited, desk.session)
        ImportNotices(kit, made, made)
        return made

    return desk.kept(ImportModel, make)
