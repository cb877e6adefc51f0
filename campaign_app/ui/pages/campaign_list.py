"""The list of campaigns: by state, by name, with what needs a person on top."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt
from PySide6.QtGui import QAction, QHideEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QMenu,
    QStackedWidget,
    QTabBar,
    QTableView,
    QWidget,
)

from campaign_app.domain.campaign import Campaign
from campaign_app.services.campaign_rows import CampaignRow
from campaign_app.services.campaigns import DELETABLE
from campaign_app.ui.desk import Desk
from campaign_app.ui.itemmodels.campaigns import COLUMNS, LEVEL, ROW, UNDER, CampaignTable
from campaign_app.ui.viewmodels.campaigns import GROUPS, CampaignsModel, ListState
from campaign_app.ui.widgets import ask
from campaign_app.ui.widgets.basics import button, column, label, row
from campaign_app.ui.widgets.empty import Empty
from campaign_app.ui.widgets.rows import TALL, TwoLines
from campaign_app.ui.widgets.todo import Todo, Todos

_WIDTHS: Final = {
    "state": 132, "audience": 88, "submitted": 88, "delivered": 88, "planned": 112, "changed": 112, "more": 44,
}  # fmt: skip
NARROW: Final = 900  # below it the column of changes gives way to the name
MOST_TODOS: Final = 2


class CampaignList(QWidget):
    def __init__(self, desk: Desk, model: CampaignsModel, new: QAction) -> None:
        super().__init__()
        self._desk, self._model, self._new = desk, model, new
        self._wanted = 0
        self.tabs = self._tabs()
        self.search = self._search()
        self.todos = Todos(desk.kit.theme, name="campaign_todos")
        self.todos.chosen.connect(lambda key: model.open(int(key)))
        self.table = self._table()
        self.stack = QStackedWidget()
        self.nothing = self._nothing()
        self.no_match = self._no_match()
        for each in (self.table, self.nothing, self.no_match):
            self.stack.addWidget(each)
        self.bar = QWidget()
        self.bar.setLayout(row(self.tabs, None, self.search))
        self.setLayout(column(self.bar, self.todos, self.stack, space=3, stretch=2))
        self._actions()
        model.changed.connect(self.render_state)
        self.render_state(model.state)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self._model.watch(self, seen=True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self._model.watch(self, seen=False)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.table.setColumnHidden(COLUMNS.index("changed"), self.width() < NARROW)

    def render_state(self, state: ListState) -> None:
        self.bar.setVisible(bool(state.rows))
        self._show_tabs(state)
        self._show_todos(state)
        chosen = self._wanted or self._chosen_id()
        self.rows.show_rows(state.shown)
        self._choose(chosen)
        if state.shown:
            self.stack.setCurrentWidget(self.table)
        elif state.rows:
            self.stack.setCurrentWidget(self.no_match)
        else:
            self._show_nothing(state)
            self.stack.setCurrentWidget(self.nothing)

    def chosen(self) -> Campaign | None:
        found = self.table.currentIndex()
        of: CampaignRow | None = found.data(ROW) if found.isValid() else None
        return of.campaign if of is not None else None

    def _chosen_id(self) -> int:
        found = self.chosen()
        return found.id if found is not None else 0

    def _choose(self, campaign_id: int) -> None:
        at = self.rows.row_of(campaign_id)
        if at < 0 or at == self.table.currentIndex().row():
            return
        self._wanted = 0
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.table.selectionModel().setCurrentIndex(self.rows.index(at, 0), flags)
        self.table.scrollTo(self.rows.index(at, 0))

    def _tabs(self) -> QTabBar:
        self._groups = {
            "all": self.tr("全部"),
            "draft": self.tr("草稿"),
            "planned": self.tr("待发送"),
            "sending": self.tr("发送中"),
            "ended": self.tr("已结束"),
        }
        made = QTabBar()
        made.setObjectName("campaign_groups")
        made.setAccessibleName(self.tr("按状态筛选"))
        made.setDrawBase(False)
        made.setExpanding(False)
        for group in GROUPS:
            made.addTab(self._groups[group])
        made.setCurrentIndex(list(GROUPS).index(self._model.state.group))
        made.currentChanged.connect(lambda at: self._model.show_group(list(GROUPS)[at]))
        return made

    def _show_tabs(self, state: ListState) -> None:
        tally = state.tally
        for at, group in enumerate(GROUPS):
            self.tabs.setTabText(at, f"{self._groups[group]} {tally[group]}" if tally[group] else self._groups[group])

    def _search(self) -> QLineEdit:
        made = QLineEdit(self._model.state.query)
        made.setObjectName("campaign_search")
        made.setAccessibleName(self.tr("按名称查找活动"))
        made.setPlaceholderText(self.tr("按名称查找"))
        made.setClearButtonEnabled(True)
        made.setFixedWidth(220)
        made.addAction(self._desk.kit.theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        made.textChanged.connect(self._model.search)
        return made

    def _table(self) -> QTableView:
        self.rows = CampaignTable(lambda: self._desk.kit.words, self._desk.app.clock, self)
        made = QTableView()
        made.setObjectName("campaign_table")
        made.setAccessibleName(self.tr("活动列表"))
        made.setModel(self.rows)
        at = {name: COLUMNS.index(name) for name in ("state", "name", "more")}
        made.setItemDelegate(
            TwoLines(
                self._desk.kit.theme, under=UNDER, level=LEVEL, pill=at["state"], strong=at["name"], more=at["more"],
                parent=made,
            )
        )  # fmt: skip
        made.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        made.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        made.setTabKeyNavigation(False)
        made.setWordWrap(False)
        made.setShowGrid(False)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        made.verticalHeader().hide()
        made.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        made.verticalHeader().setDefaultSectionSize(TALL)
        head = made.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for name, width in _WIDTHS.items():
            made.setColumnWidth(COLUMNS.index(name), width)
        made.activated.connect(lambda _: self._open())
        made.clicked.connect(self._clicked)
        made.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        made.customContextMenuRequested.connect(self._menu_at)
        return made

    def _actions(self) -> None:
        self.open_action = self._action(self.tr("打开"), "Return", self._open)
        self.copy_action = self._action(self.tr("复制为新草稿"), "Ctrl+D", self._copy)
        self.delete_action = self._action(self.tr("删除草稿…"), "Delete", self._delete)
        # Enter is the table's own way to activate a row
        self.table.removeAction(self.open_action)

    def _action(self, text: str, keys: str, do: object) -> QAction:
        made = QAction(text, self)
        made.setShortcut(QKeySequence(keys))
        made.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        made.triggered.connect(lambda _=False: do())  # type: ignore[operator]
        self.table.addAction(made)
        return made

    def _menu_at(self, point: QPoint) -> None:
        campaign = self.chosen()
        if campaign is None:
            return
        menu = QMenu(self)
        self.delete_action.setEnabled(campaign.state in DELETABLE)
        menu.addActions([self.open_action, self.copy_action])
        menu.addSeparator()
        menu.addAction(self.delete_action)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.table.viewport().mapToGlobal(point))
        menu.aboutToHide.connect(lambda: self.delete_action.setEnabled(True))

    def _clicked(self, index: QModelIndex) -> None:
        if COLUMNS[index.column()] == "more":
            self._menu_at(self.table.visualRect(index).bottomLeft())

    def _open(self) -> None:
        campaign = self.chosen()
        if campaign is not None:
            self._model.open(campaign.id)

    def _copy(self) -> None:
        campaign = self.chosen()
        if campaign is not None:
            self._model.duplicate(campaign.id, self.tr("{}（副本）").format(campaign.name), self._copied)

    def _copied(self, made: Campaign) -> None:
        self._wanted = made.id
        self._desk.kit.messages.done(
            self.tr("已复制为草稿“{}”，受众和文案都带过来了。").format(made.name),
            label=self.tr("打开"),
            action=lambda: self._model.open(made.id),
        )

    def _delete(self) -> None:
        campaign = self.chosen()
        if campaign is None:
            return
        if campaign.state not in DELETABLE:
            self._desk.kit.messages.warn(self.tr("只有草稿可以删除；批准过或发送过的活动留作记录，可以取消。"))
            return
        title = self.tr("删除草稿“{}”？").format(campaign.name)
        text = self.tr("删除后不能恢复。客户、同意记录和其他活动不受影响。")
        if ask.confirm(self, title, text, yes=self.tr("删除草稿"), no=self.tr("保留"), danger=True):
            self._model.delete(campaign.id)

    def _show_todos(self, state: ListState) -> None:
        words = self._desk.kit.words
        waiting = [row for row in state.rows if row.needs_person]
        self.todos.show_lines(
            [
                Todo(
                    str(each.campaign.id),
                    "warn",
                    f"{each.campaign.name} · {words.term('state', each.campaign.state)}",
                    words.why("state_note", each.campaign.state_note)
                    or words.term("state_note", each.campaign.state_note),
                    self.tr("去处理"),
                )
                for each in waiting[:MOST_TODOS]
            ]
        )

    def _nothing(self) -> QStackedWidget:
        made = QStackedWidget()
        self.loading = label(self.tr("正在读取活动…"), "muted")
        self.loading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.no_account = Empty(
            self._desk.kit.theme,
            "store",
            self.tr("先连接店铺账户"),
            self.tr("活动只发给平台接口确认同意过的客户，所以先要连接一个平台账户，客户会自动同步进来。"),
            action=self.tr("去设置连接账户"),
            click=lambda: self._desk.way.to("settings", "accounts"),
        )
        self.first = Empty(
            self._desk.kit.theme,
            "campaigns",
            self.tr("还没有活动"),
            self.tr("一个活动分五步：选受众、写内容、核验、发送、看结果。没有平台确认的同意，就不会发给任何人。"),
            action=self.tr("新建活动"),
            click=self._new.trigger,
        )
        for each in (self.loading, self.no_account, self.first):
            made.addWidget(each)
        return made

    def _show_nothing(self, state: ListState) -> None:
        if not state.loaded:
            self.nothing.setCurrentWidget(self.loading)
        else:
            self.nothing.setCurrentWidget(self.first if state.senders else self.no_account)

    def _no_match(self) -> QWidget:
        made = QWidget()
        text = label(self.tr("没有符合条件的活动"), "muted")
        reset = button(self.tr("显示全部"), "quiet", name="campaign_reset", click=self._reset)
        made.setLayout(column(None, row(None, text, reset, None), None))
        return made

    def _reset(self) -> None:
        self.search.clear()
        self.tabs.setCurrentIndex(0)
