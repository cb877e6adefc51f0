"""活动: the list of campaigns, and the editor of the one that is open."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog

from campaign_app.domain.campaign import Campaign
from campaign_app.domain.team import Permission
from campaign_app.ui.desk import Desk
from campaign_app.ui.messages import translate
from campaign_app.ui.pages.campaign_editor import CampaignEditor
from campaign_app.ui.pages.campaign_list import CampaignList
from campaign_app.ui.pages.new_campaign import NewCampaign
from campaign_app.ui.viewmodels.campaign import CampaignModel
from campaign_app.ui.viewmodels.campaigns import CampaignsModel
from campaign_app.ui.viewmodels.composer import Composer
from campaign_app.ui.widgets.actions import action, tip
from campaign_app.ui.widgets.basics import button
from campaign_app.ui.widgets.page import Page
from campaign_app.ui.widgets.panels import Panels


class CampaignsPage(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__("")
        self.title.setText(self.tr("活动"))
        self._desk = desk
        self.model = model_of(desk)
        self.editor: CampaignEditor | None = None
        self._asking = False
        self._field: tuple[int, str] | None = None  # of the campaign that is being opened
        self.new_action = action(self, "campaigns.new", self.new)
        self.new_button = button(self.tr("新建活动"), "primary", name="campaign_new", click=self.new)
        self.new_button.setToolTip(tip(self.tr("新建活动"), "campaigns.new"))
        desk.allow(Permission.BUILD, self.new_button)
        self.new_action.setEnabled(desk.may(Permission.BUILD))
        self.buttons.addWidget(self.new_button)
        self.list = CampaignList(desk, self.model, self.new_action)
        self.stack = Panels()
        self.stack.addWidget(self.list)
        self.content.addWidget(self.stack)
        self.model.opened.connect(self._opened)
        self.model.read.connect(self._read)
        self.model.taken.connect(self._taken)
        desk.kit.theme.changed.connect(self._draw)
        self._draw()
        self._opened()

    def shown(self) -> None:
        if self.editor is not None:
            self.editor.step.shown()

    def renew(self, kinds: frozenset[str]) -> None:
        """The campaigns themselves are looked at by the clock."""
        if self.editor is not None:
            self.editor.step.renew(kinds)

    def flush(self) -> None:
        if self.editor is not None:
            self.editor.finish()

    def unkept(self) -> bool:
        return self.model.current is not None and bool(self.model.current.view.unkept)

    def unsaved(self) -> bool:
        return self.model.current is not None and self.model.current.view.unfinished > 0

    def drops(self) -> bool:
        self._desk.way.to("campaigns")
        return self.editor is None or self.editor.drops(yes=self.tr("放弃并关闭"))

    def place(self) -> str:
        return "" if self.model.current is None else f"campaign.{self.model.step}"

    def open(self, what: object) -> None:
        """The id of a campaign, (id, step), (id, step, field of the step), ("copy", id, its name), or "new"."""
        if what != "new" and not self._may_leave(what[0] if isinstance(what, tuple) else what):
            return
        if isinstance(what, tuple) and what[0] == "copy":
            self._copy(what[1], what[2])
            return
        self._field = (what[0], what[2]) if isinstance(what, tuple) and len(what) > 2 else None
        if isinstance(what, tuple):
            self.model.open(*what[:2])
        elif isinstance(what, int):
            self.model.open(what)
        elif what == "new":
            self.new()

    def _copy(self, campaign_id: int, name: str) -> None:
        """Opens the copy where its text is mended."""

        messages = self._desk.kit.messages

        def copied(made: Campaign) -> None:
            self.model.open(made.id, "content")
            messages.done(
                lambda: translate("CampaignsPage", "已复制为草稿“{}”。改好文案后重新核验、批准。").format(made.name)
            )

        self.model.duplicate(campaign_id, self.tr("{}（副本）").format(name), copied)

    def _may_leave(self, to: object) -> bool:
        """For another campaign than the one that is open, whose unfinished conditions cannot be kept."""
        current, editor = self.model.current, self.editor
        if current is None or editor is None or not current.view.unfinished or to == current.id:
            return True
        return editor.drops(yes=self.tr("放弃并打开"))

    def new(self) -> None:
        """Asks at once, unless nobody is known yet who could send: that may be because nothing was read so far."""
        if not self._may_leave(None):
            return
        if self.model.state.senders:
            self._ask_new()
        else:
            self._asking = True
            self.model.load()

    def _read(self) -> None:
        if self._asking:
            self._asking = False
            self._ask_new()

    def _ask_new(self) -> None:
        state = self.model.state
        taken = {each.campaign.name for each in state.rows}
        dialog = NewCampaign(self._desk.kit, state.senders, taken, self._desk.app.clock(), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(lambda result: self._asked(dialog, result))
        dialog.open()

    def _asked(self, dialog: NewCampaign, result: int) -> None:
        if dialog.to_settings:
            self._desk.way.to("settings", "accounts")
        elif result == QDialog.DialogCode.Accepted:
            self.model.create(name=dialog.name, entity_uscc=dialog.entity, purpose=dialog.purpose)

    def _taken(self, campaign: CampaignModel) -> None:
        """What was written is still here, also what could not be saved any more."""
        composer = campaign.findChild(Composer)
        text = campaign.view.campaign.body if composer is None else composer.state.text
        name, messages = campaign.view.campaign.name, self._desk.kit.messages

        def said() -> str:
            return translate("CampaignsPage", "活动“{}”已在另一个窗口被删除。").format(name)

        if text.strip():
            messages.warn(
                said,
                label=lambda: translate("CampaignsPage", "复制它的文案"),
                action=lambda: QGuiApplication.clipboard().setText(text),
            )
        else:
            messages.warn(said)

    def _draw(self) -> None:
        self.new_button.setIcon(self._desk.kit.theme.icon("plus", "on_accent"))

    def _opened(self) -> None:
        current = self.model.current
        if self.editor is not None and current is not None and self.editor.shows(current):
            self.editor.go(self.model.step, self._landing(current.id))
            return
        focused = self.window().focusWidget()
        held = focused is not None and self.isAncestorOf(focused)
        self._drop_editor()
        if current is not None and held:
            self.stack.setFocus()  # else Qt would give it to the part that was built first, such as one that hides
        for part in (self.title, self.new_button):
            part.setVisible(current is None)
        if current is not None:
            self.editor = CampaignEditor(self._desk, self.model, current)
            self.stack.addWidget(self.editor)
            self.stack.setCurrentWidget(self.editor)
            if field := self._landing(current.id):
                self.editor.go(self.model.step, field)
            elif held:
                self.editor.take_keyboard()

    def _landing(self, campaign_id: int) -> str:
        """The field that was asked for, once; "" if none was, or of another campaign."""
        wanted, self._field = self._field, None
        return wanted[1] if wanted is not None and wanted[0] == campaign_id else ""

    def _drop_editor(self) -> None:
        former, self.editor = self.editor, None
        if former is not None:
            self.stack.setCurrentWidget(self.list)
            self.stack.removeWidget(former)
            former.deleteLater()


def model_of(desk: Desk) -> CampaignsModel:
    """The one list of the open workspace: it outlives the pages, which are built anew for another language."""
    return desk.kept(CampaignsModel, lambda: CampaignsModel(desk.app, desk.kit.tasks, desk.kit.messages, desk.session))
