"""活动: the list of campaigns, and the editor of the one that is open."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStackedWidget

from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.campaign_editor import CampaignEditor
from campaign_app.ui.viewmodels.campaigns import CampaignsModel, ListState
from campaign_app.ui.widgets.page import Page


class CampaignsPage(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__("")
        self.title.setText(self.tr("活动"))
        self._desk = desk
        self.model = model_of(desk)
        self.editor: CampaignEditor | None = None
        self.list = _List(self.model)
        self.list.setObjectName("campaign_list")
        self.list.setAccessibleName(self.tr("活动列表"))
        self.list.activated.connect(self._open_row)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.list)
        self.content.addWidget(self.stack)
        self.model.changed.connect(self.render_list)
        self.model.opened.connect(self._opened)
        self.render_list(self.model.state)
        self._opened()

    def open(self, what: object) -> None:
        """The id of a campaign, or (id, step)."""
        if isinstance(what, tuple):
            self.model.open(*what)
        elif isinstance(what, int):
            self.model.open(what)

    def render_list(self, state: ListState) -> None:
        self.list.clear()
        for each in state.shown:
            item = QListWidgetItem(each.campaign.name)
            item.setData(256, each.campaign.id)
            self.list.addItem(item)

    def _open_row(self, index: QModelIndex) -> None:
        self.model.open(index.data(256))

    def _opened(self) -> None:
        current = self.model.current
        if self.editor is not None and current is not None and self.editor.shows(current):
            self.editor.go(self.model.step)
            return
        self._drop_editor()
        for part in (self.title,):
            part.setVisible(current is None)
        if current is not None:
            self.editor = CampaignEditor(self._desk, self.model, current)
            self.stack.addWidget(self.editor)
            self.stack.setCurrentWidget(self.editor)

    def _drop_editor(self) -> None:
        former, self.editor = self.editor, None
        if former is not None:
            self.stack.setCurrentWidget(self.list)
            self.stack.removeWidget(former)
            former.deleteLater()


class _List(QListWidget):
    def __init__(self, model: CampaignsModel) -> None:
        super().__init__()
        self._model = model

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self._model.watch(self, seen=True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self._model.watch(self, seen=False)


def model_of(desk: Desk) -> CampaignsModel:
    """The one list of the open workspace: it outlives the pages, which are built anew for another language."""
    known = desk.session.findChild(CampaignsModel, "campaigns_model")
    if isinstance(known, CampaignsModel):
        return known
    return CampaignsModel(desk.app, desk.kit.tasks, desk.kit.messages, desk.session)
