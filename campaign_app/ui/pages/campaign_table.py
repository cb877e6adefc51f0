"""The table in the list of campaigns: one row chosen, and what can be done to it by mouse, menu and keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QMenu

from campaign_app.domain.campaign import UNAPPROVED, Campaign
from campaign_app.domain.team import Permission
from campaign_app.services.campaign_rows import CampaignRow
from campaign_app.ui.desk import Desk
from campaign_app.ui.itemmodels.campaigns import COLUMNS, LEVEL, ROW, UNDER, CampaignTable
from campaign_app.ui.widgets.actions import action
from campaign_app.ui.widgets.pill import pill_font
from campaign_app.ui.widgets.row_view import RowView
from campaign_app.ui.widgets.rows import TALL, TwoLines

_WIDTHS: Final = {
    "state": 132, "audience": 100, "submitted": 100, "delivered": 100, "planned": 112, "changed": 112, "more": 44,
}  # fmt: skip
_PAD: Final = 26
GIVE_WAY: Final = ("changed", "submitted", "audience")  # in this order, where the name would have less than
LEAST: Final = 200


class CampaignTableView(RowView):
    """Each signal carries the campaign that is chosen."""

    wanted = Signal(object)
    copied = Signal(object)
    noted = Signal(object)  # what was done with it, and by whom
    deleted = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__(TALL)
        self.setObjectName("campaign_table")
        self.setAccessibleName(self.tr("活动列表"))
        self._builds = desk.may(Permission.BUILD)
        self.rows = CampaignTable(lambda: desk.kit.words, desk.app.clock, self)
        self.setModel(self.rows)
        self._look(desk)
        self._columns()
        self.open_action = self._action(self.tr("打开"), self.wanted.emit)
        self.copy_action = self._keyed("campaigns.copy", self.copied.emit)
        self.noted_action = self._action(self.tr("谁做过什么"), self.noted.emit)
        self.delete_action = self._keyed("campaigns.delete", self.deleted.emit)
        self.activated.connect(lambda _: self.open_action.trigger())
        self.clicked.connect(self._clicked)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu_at)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        room = self.width() - sum(self._needs.values())
        for name in GIVE_WAY:
            gone = room < LEAST
            self.setColumnHidden(COLUMNS.index(name), gone)
            room += self._needs[name] if gone else 0

    def chosen(self) -> Campaign | None:
        found = self.currentIndex()
        of: CampaignRow | None = found.data(ROW) if found.isValid() else None
        return of.campaign if of is not None else None

    def choose(self, campaign_id: int) -> bool:
        """Whether it is among the rows that are shown."""
        at = self.rows.row_of(campaign_id)
        if at >= 0 and at != self.currentIndex().row():
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.selectionModel().setCurrentIndex(self.rows.index(at, 0), flags)
            self.scrollTo(self.rows.index(at, 0))
        return at >= 0

    def _look(self, desk: Desk) -> None:
        state, name, more = (COLUMNS.index(column) for column in ("state", "name", "more"))
        self.setItemDelegate(
            TwoLines(desk.kit.theme, self, under=UNDER, level=LEVEL, pill=state, strong=name, more=more)
        )
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _columns(self) -> None:
        head = self.horizontalHeader()
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        written = QFontMetrics(pill_font(self.font()))
        self._needs: dict[str, int] = {}
        for name, width in _WIDTHS.items():
            index = COLUMNS.index(name)
            title = str(self.rows.headerData(index, Qt.Orientation.Horizontal) or "")
            self._needs[name] = max(width, written.horizontalAdvance(title) + _PAD)
            self.setColumnWidth(index, self._needs[name])

    def _action(self, text: str, emit: Callable[[Campaign], None]) -> QAction:
        made = QAction(text, self)
        made.triggered.connect(lambda _=False: self._act(emit))
        self.addAction(made)
        return made

    def _keyed(self, key: str, emit: Callable[[Campaign], None]) -> QAction:
        return action(self, key, lambda: self._act(emit))

    def _act(self, emit: Callable[[Campaign], None]) -> None:
        campaign = self.chosen()
        if campaign is not None:
            emit(campaign)

    def _clicked(self, index: QModelIndex) -> None:
        if COLUMNS[index.column()] == "more":
            self._menu_at(self.visualRect(index).bottomLeft())

    def _menu_at(self, point: QPoint) -> None:
        campaign = self.chosen()
        if campaign is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([self.open_action, self.copy_action, self.noted_action])
        menu.addSeparator()
        self.copy_action.setEnabled(self._builds)
        self.delete_action.setEnabled(self._builds and campaign.state in UNAPPROVED)
        menu.addAction(self.delete_action)
        # by the keyboard it stays possible to ask, and to be told why not
        for shut in (self.copy_action, self.delete_action):
            menu.aboutToHide.connect(lambda shut=shut: shut.setEnabled(True))
        menu.popup(self.viewport().mapToGlobal(point))
