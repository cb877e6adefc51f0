"""The list of campaigns: by state, by name, with what needs a person on top."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QTabBar, QWidget

from campaign_app.domain.campaign import UNAPPROVED, Campaign
from campaign_app.domain.team import Permission
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.messages import translate
from campaign_app.ui.pages.campaign_table import CampaignTableView
from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.viewmodels.campaigns import GROUPS, NEEDS_PERSON, CampaignsModel, ListState
from campaign_app.ui.widgets import ask
from campaign_app.ui.widgets.basics import button, column, label, row
from campaign_app.ui.widgets.empty import Empty
from campaign_app.ui.widgets.search_field import SearchField
from campaign_app.ui.widgets.tabs import tab_bar
from campaign_app.ui.widgets.todo import Todo, Todos

MOST_TODOS: Final = 2
NARROWEST, WIDEST = 120, 220  # of the search, in pixels


class CampaignList(QWidget):
    def __init__(self, desk: Desk, model: CampaignsModel, new: QAction) -> None:
        super().__init__()
        self._desk, self._model, self._new = desk, model, new
        self._wanted = 0
        self.tabs = self._tabs()
        self.search = self._search()
        self.todos = Todos(desk.kit.theme, name="campaign_todos")
        self.todos.chosen.connect(lambda key: model.open(int(key)))
        self.table = CampaignTableView(desk)
        self.table.wanted.connect(lambda campaign: model.open(campaign.id))
        self.table.copied.connect(self._copy)
        self.table.noted.connect(lambda campaign: desk.way.to("records", campaign.id))
        self.table.deleted.connect(self._delete)
        self.stack = QStackedWidget()
        self.nothing = self._nothing()
        self.no_match = self._no_match()
        for each in (self.table, self.nothing, self.no_match):
            self.stack.addWidget(each)
        self.bar = QWidget()
        self.bar.setLayout(row(self.tabs, None, self.search))
        self.setLayout(column(self.bar, self.todos, self.stack, space=3, stretch=2))
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
        self._make_room()

    def _make_room(self) -> None:
        """A tab that lies behind arrows is not found; a search is, however narrow."""
        left = self.width() - self.tabs.sizeHint().width() - 2 * SPACE[3]
        self.search.setFixedWidth(min(WIDEST, max(NARROWEST, left)))

    def render_state(self, state: ListState) -> None:
        self.bar.setVisible(bool(state.rows))
        self._show_tabs(state)
        self._show_todos(state)
        chosen = self.table.chosen()
        self.table.rows.show_rows(state.shown)
        if self.table.choose(self._wanted):
            self._wanted = 0
        elif chosen is not None:  # what is wanted may be of a later reading
            self.table.choose(chosen.id)
        if state.shown:
            self.stack.setCurrentWidget(self.table)
        elif state.rows:
            self.stack.setCurrentWidget(self.no_match)
        else:
            self._show_nothing(state)
            self.stack.setCurrentWidget(self.nothing)

    def _tabs(self) -> QTabBar:
        self._groups = {
            "all": self.tr("全部"),
            NEEDS_PERSON: self.tr("需处理"),
            "draft": self.tr("草稿"),
            "planned": self.tr("待发送"),
            "sending": self.tr("发送中"),
            "ended": self.tr("已结束"),
        }
        titles, at = [self._groups[group] for group in GROUPS], list(GROUPS).index(self._model.state.group)
        made = tab_bar("campaign_groups", self.tr("按状态筛选"), titles, at=at)
        made.currentChanged.connect(lambda at: self._model.show_group(list(GROUPS)[at]))
        return made

    def _show_tabs(self, state: ListState) -> None:
        tally = state.tally
        for at, group in enumerate(GROUPS):
            title = self._groups[group]
            self.tabs.setTabText(at, f"{title} {show.count(tally[group])}" if tally[group] else title)
        self._make_room()

    def _search(self) -> SearchField:
        spoken, hint = self.tr("按名称查找活动"), self.tr("按名称查找")
        made = SearchField(self._desk.kit.theme, "campaign_search", spoken, hint, self)
        made.setText(self._model.state.query)
        made.textChanged.connect(self._model.search)
        return made

    def _copy(self, campaign: Campaign) -> None:
        self._model.duplicate(campaign.id, self.tr("{}（副本）").format(campaign.name), self._copied)

    def _copied(self, made: Campaign) -> None:
        """It is chosen in the list, wherever its former one was looked at."""
        if self._model.state.group not in ("all", "draft"):
            self.tabs.setCurrentIndex(0)
        self._wanted = made.id
        self._desk.kit.messages.done(
            lambda: translate("CampaignList", "已复制为草稿“{}”，受众和文案都带过来了。").format(made.name)
        )

    def _delete(self, campaign: Campaign) -> None:
        if campaign.state not in UNAPPROVED:
            self._desk.kit.messages.warn(
                lambda: translate("CampaignList", "只有草稿可以删除；批准过或发送过的活动留作记录，可以取消。")
            )
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
                    words.note(each.campaign.state_note),
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
        self._desk.allow(Permission.BUILD, self.first.button)
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
