"""概览: what needs the user today, and how the last campaigns went."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QProgressBar, QWidget

from campaign_app.domain.team import Permission
from campaign_app.services.matters import Matter
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.guide_card import GuideCard
from campaign_app.ui.pages.last_results import LastResults
from campaign_app.ui.pages.matter_words import MatterWords
from campaign_app.ui.theme import icons
from campaign_app.ui.theme.sheet import set_property
from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.viewmodels.overview import OverviewModel, OverviewState
from campaign_app.ui.widgets.basics import button, card, column, label, row, show_if
from campaign_app.ui.widgets.page import WIDE, Page, scrolling
from campaign_app.ui.widgets.todo import Todo, Todos

MOST, ALL = 6, 40  # lines at once, and where more are asked for: hundreds would hold the window up
RESTART: Final = "restart"
WORKER: Final = "worker"  # no page: what a worker of this computer does


class OverviewPage(Page):
    scrolls = True

    def __init__(self, desk: Desk) -> None:
        super().__init__("")
        self.setMaximumWidth(WIDE + 2 * SPACE[5])
        self.title.setText(self.tr("概览"))
        self._desk = desk
        self.model = OverviewModel(desk.app, desk.kit.tasks, desk.kit.messages, desk.jobs, desk.session, self)
        self._guided = False
        self._leads: dict[str, tuple[str, object]] = {}
        self._words = MatterWords(desk.kit, desk.app.clock, desk.may, self)
        self.results = LastResults(desk.kit, desk.way)
        self.todos = Todos(desk.kit.theme, name="overview_todos")
        self.todos.chosen.connect(self._go)
        self._every = False
        self.more = button("", "quiet", name="overview_more", click=self._show_more)
        self.beyond = label("", "small", name="overview_beyond")
        self.heading = label(self.tr("需要处理"), "heading")
        self.new_button = button(
            self.tr("新建活动"), "primary", name="overview_new", click=lambda: desk.way.to("campaigns", "new")
        )
        desk.allow(Permission.BUILD, self.new_button)
        self.buttons.addWidget(self.new_button)
        self.guide_card = GuideCard(desk)
        self.guide = self.guide_card.guide
        todo = column(self.heading, self._calm(), self.todos, row(self.more, self.beyond, None), space=2)
        inside = column(self._staging(), todo, self.guide_card, self._tiles(), self.results, None, space=4)
        inside.setContentsMargins(0, 0, 0, 8)
        self.content.addWidget(scrolling(inside, spoken=self.tr("概览")))
        self.model.changed.connect(self.render_state)
        self.guide.changed.connect(self._guide_changed)
        desk.session.staged.connect(self._staged)
        desk.kit.theme.changed.connect(self._draw)
        self._draw()
        self.render_state(self.model.state)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self.model.watch(seen=True)
        self.guide.watch(self, seen=True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self.model.watch(seen=False)
        self.guide.watch(self, seen=False)

    def begins(self) -> QWidget | None:
        """What needs somebody is still being read, and the first button until then is the one that hides the guide."""
        return None if self.guide_card.isHidden() else self.guide_card.next_act

    def render_state(self, state: OverviewState) -> None:
        self._show_staging(state)
        guided = self.guide.state.shown and not state.staging
        show_if(self.guide_card, guided)
        self.new_button.setVisible(state.connected > 0 and not (guided and not state.campaigns))
        if guided is not self._guided:  # one primary button a page
            self._guided = guided
            set_property(self.new_button, "kind", "" if guided else "primary")
            self._draw_new()
        self.tiles.setVisible(state.loaded and state.connected > 0)
        self._show_tiles(state)
        self._show_todos(state)
        self.results.show_rows(state.results)

    def _staged(self) -> None:
        """The demo's shops and its draft are there."""
        self.guide.load()

    def _guide_changed(self) -> None:
        self.render_state(self.model.state)

    def _show_todos(self, state: OverviewState) -> None:
        lines = [self._todo(str(number), matter) for number, matter in enumerate(state.matters)]
        self._leads = {str(number): (m.page, m.what) for number, m in enumerate(state.matters)}
        if state.worker_ended:
            words = self.tr("同步、核验和发送都停下了；已发出的不会重发。重新启动后从停下的地方继续。")
            lines.insert(0, Todo(RESTART, "block", self.tr("后台进程已停止"), words, self.tr("重新启动")))
        self.todos.show_lines(lines[: ALL if self._every else MOST])
        left, beyond = len(lines[:ALL]) - MOST, len(lines) - ALL
        self.more.setText(self.tr("收起") if self._every else self.tr("再显示 %Ln 项", "", left))
        self.more.setVisible(left > 0)
        self.beyond.setText(self.tr("另有 %Ln 项，处理完上面的就会显示。", "", beyond))
        self.beyond.setVisible(self._every and beyond > 0)
        self.heading.setVisible(bool(lines))
        known = self.guide.state.found is not None  # else it would be calm for a moment only
        self.calm.setVisible(state.loaded and known and not (lines or state.staging or self.guide.state.shown))

    def _show_more(self) -> None:
        self._every = not self._every
        self.render_state(self.model.state)

    def _go(self, key: str) -> None:
        if key == RESTART:
            self._desk.session.restart_worker()
            return
        page, what = self._leads[key]
        if page == WORKER:
            self._desk.session.start_beside()
            return
        self._desk.way.to(page, what)

    def _todo(self, key: str, matter: Matter) -> Todo:
        title, text, action = self._words.of(matter)
        return Todo(key, matter.level, title, text, action if matter.page else "")

    def _staging(self) -> QWidget:
        self.staging_text = label("", "strong", name="staging_text")
        self.staging_bar = QProgressBar()
        self.staging_bar.setAccessibleName(self.tr("同步进度"))
        hint = label(self.tr("两家模拟店铺正在连接和同步，完成后会有一个可以接着做的草稿活动。"), "muted", wrap=True)
        self.staging = card(self.staging_text, self.staging_bar, hint, space=2)
        return self.staging

    def _show_staging(self, state: OverviewState) -> None:
        self.staging.setVisible(state.staging)
        rows, of = state.syncing or 0, self._desk.session.plan.demo_customers or 0
        self.staging_bar.setRange(0, of if rows else 0)
        self.staging_bar.setValue(min(rows, of))
        counted = self.tr("正在同步演示数据…  {} / {} 位客户").format(show.count(min(rows, of)), show.count(of))
        self.staging_text.setText(counted if rows else self.tr("正在准备演示数据…"))

    def _tiles(self) -> QWidget:
        self.customers, self.customers_under = label("", "number", name="tile_customers"), label("", "small", wrap=True)
        self.under_way, self.under_way_under = label("", "number", name="tile_campaigns"), label("", "small", wrap=True)
        self.shops, self.shops_under = label("", "number", name="tile_shops"), label("", "small", wrap=True)
        self.tiles = QWidget()
        self.tiles.setLayout(
            row(
                self._tile(self.tr("客户"), self.customers, self.customers_under, "customers"),
                self._tile(self.tr("进行中的活动"), self.under_way, self.under_way_under, "campaigns"),
                self._tile(self.tr("已连接店铺"), self.shops, self.shops_under, "settings"),
                space=4,
            )
        )
        return self.tiles

    def _tile(self, title: str, number: QWidget, under: QWidget, page: str) -> QWidget:
        look = button(
            self.tr("查看"), "quiet", name=f"tile_{page}_open", click=lambda: self._desk.way.to(page), small=True
        )
        look.setAccessibleName(self.tr("查看{}").format(title))
        return card(row(label(title, "muted"), None, look), number, under, space=1)

    def _show_tiles(self, state: OverviewState) -> None:
        self.customers.setText(show.count(state.customers))
        if state.syncing is not None:
            self.customers_under.setText(self.tr("正在同步，已收到 {} 位").format(show.count(state.syncing)))
        elif state.synced_at is not None:
            self.customers_under.setText(self.tr("最近同步 {}").format(show.moment(state.synced_at)))
        else:
            self.customers_under.setText(self.tr("还没有同步过"))
        self.under_way.setText(show.count(state.under_way))
        self.under_way_under.setText(self.tr("共 %Ln 个活动", "", state.campaigns))
        self.shops.setText(show.count(state.connected))
        self.shops_under.setText(self.tr("同意记录来自这些店铺的平台"))

    def _calm(self) -> QWidget:
        self.calm_image = label("")
        text = column(
            label(self.tr("没有需要处理的事"), "strong"),
            label(self.tr("等人处理的活动、失败的同步、到期的签名会出现在这里。"), "muted", wrap=True),
            space=1,
        )
        self.calm = card(row(self.calm_image, text, space=3, stretch=1))
        return self.calm

    def _draw_new(self) -> None:
        colour = "on_accent" if self.new_button.property("kind") == "primary" else "text"
        self.new_button.setIcon(self._desk.kit.theme.icon("plus", colour))

    def _draw(self) -> None:
        tokens = self._desk.kit.theme.tokens
        self._draw_new()
        self.calm_image.setPixmap(icons.pixmap("ok", tokens.ok, 22, self.devicePixelRatioF()))
