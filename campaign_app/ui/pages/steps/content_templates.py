"""The menu 模板 beside a campaign's text: a provider's template comes in, or the text goes out as one."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.steps.template_in import TemplateInDialog
from campaign_app.ui.pages.steps.template_out import TemplateOutDialog
from campaign_app.ui.viewmodels.composer import Composer, ComposerState
from campaign_app.ui.viewmodels.template_in import TemplateIn
from campaign_app.ui.viewmodels.template_out import TemplateOut
from campaign_app.ui.widgets.message_edit import MessageEdit


class TemplateMenu(QToolButton):
    bring = Signal()
    give = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("templates_menu")
        self.setProperty("kind", "quiet")
        self.setText(self.tr("模板"))
        self.setToolTip(self.tr("与服务商的短信模板互相转换"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self.importing = self._action("template_import", self.tr("从服务商模板导入…"), self.bring)
        self.exporting = self._action("template_export", self.tr("导出为服务商模板…"), self.give)
        self.setMenu(self._menu)

    def show_possible(self, *, editable: bool, written: bool) -> None:
        self.importing.setEnabled(editable)
        self.exporting.setEnabled(written)

    def _action(self, name: str, words: str, signal: SignalInstance) -> QAction:
        made = self._menu.addAction(words)
        made.setObjectName(name)
        made.triggered.connect(lambda _=False: signal.emit())
        return made


class TemplateExchange(QObject):
    """Opens the dialogs of one step; what comes in replaces the text as one step that can be undone."""

    def __init__(self, desk: Desk, composer: Composer, edit: MessageEdit, menu: TemplateMenu, step: QWidget) -> None:
        super().__init__(step)
        self._desk, self._composer, self._edit, self._step = desk, composer, edit, step
        self._menu = menu
        menu.bring.connect(self.bring)
        menu.give.connect(self.give)
        composer.changed.connect(self._show_possible)  # a method, which is let go with its page

    def _show_possible(self, state: ComposerState) -> None:
        known = state.setting is not None
        self._menu.show_possible(editable=state.editable and known, written=bool(state.text.strip()) and known)

    def bring(self) -> None:
        state = self._composer.state
        if state.setting is None or not state.editable:
            return
        model = TemplateIn(self._desk.kit.tasks, state.setting.variables)
        dialog = TemplateInDialog(self._desk.kit, model, signature=state.signature, parent=self._step)
        dialog.taken.connect(self._take)
        dialog.open()

    def give(self) -> None:
        state, kit = self._composer.state, self._desk.kit
        if state.setting is None or not state.text.strip():
            return
        model = TemplateOut(
            self._desk.app.composing,
            kit.tasks,
            state.setting,
            body=state.text,
            signature=state.signature,
            language=kit.prefs.language,
        )
        TemplateOutDialog(kit, model, parent=self._step).open()

    def _take(self, body: str) -> None:
        if self._composer.state.editable:
            self._edit.apply([(0, len(self._edit.text), body)])
            self._edit.setFocus()
