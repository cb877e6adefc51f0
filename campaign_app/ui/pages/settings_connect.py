"""Connecting an account: platform, its fields, and who is there, shown before anything is stored."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QProgressBar, QVBoxLayout, QWidget

from campaign_app.domain.customer import Account
from campaign_app.domain.platform import Asked
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.connect_form import ConnectForm
from campaign_app.ui.pages.connect_parts import ReportPanel, SandboxPanel
from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.viewmodels.connect import Choices, ConnectModel, ConnectState, KeyFile
from campaign_app.ui.widgets.basics import button, column, fit, frame, label, row
from campaign_app.ui.widgets.dialog import Dialog
from campaign_app.ui.widgets.page import scrolling

WIDTH: Final = 620
SCROLLBAR: Final = 12
# heading, reason, buttons, the frame of the window and some air
AROUND: Final = 240


class ConnectDialog(Dialog):
    HELP = "settings.accounts"

    connected = Signal(int, str)

    def __init__(
        self, kit: Kit, model: ConnectModel, choices: Choices, asked: Asked, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("connect")
        self.setWindowTitle(self.tr("连接账户"))
        self.setFixedWidth(WIDTH)
        self._kit, self._model, self._choices = kit, model, choices
        model.setParent(self)
        self.platform = QComboBox()
        self.platform.setObjectName("connect_platform")
        self.platform.setAccessibleName(self.tr("平台"))
        for offer in choices.offers:
            self.platform.addItem(kit.words.term("platform", offer.name), offer.name)
        self.kept = label("", name="connect_kept")  # the platform, where none can be chosen
        self.kept.hide()
        self.able = label("", "muted", wrap=True, name="connect_able")
        self.steps = label("", wrap=True, name="connect_steps")
        self._setup = frame("well", self._prepare())
        self._place = QVBoxLayout()
        self.sandbox = SandboxPanel(kit)
        self.sandbox.picked.connect(self.fill)
        self.sandbox.grew.connect(self._fit)
        self.sandbox.hide()
        self.try_out = button(self.tr("没有账户？连接沙箱试用"), "quiet", name="connect_sandbox", click=self._try_out)
        self.report = ReportPanel(kit)
        self.reason = label("", "block", wrap=True, select=True, name="connect_reason")
        self._progress()
        self._lay_out()
        self.form = self._build(asked)
        self.platform.activated.connect(self._platform_chosen)
        model.changed.connect(self.show_state)
        model.key_read.connect(self._key_read)
        self.finished.connect(model.cancel)
        self.finished.connect(self.deleteLater)
        self.show_state(model.state)

    def show_state(self, state: ConnectState) -> None:
        if state.phase == "done" and state.account is not None:
            self.form.clear_secrets()
            self.connected.emit(state.account.id, state.account.label)
            self.accept()
            return
        for part in (self.platform, self.form, self.try_out):
            part.setEnabled(not state.busy)
        self.busy.setVisible(state.busy)
        self.cancel_button.setText(self.tr("停止") if state.phase == "checking" else self.tr("取消"))
        self.cancel_button.setEnabled(state.phase != "keeping")
        self.report.show_report(state.report, self.form.asked(), self.form.offer)
        self.reason.setText("" if state.error is None else self._kit.words.error(state.error))
        self.reason.setVisible(state.error is not None)
        keep = self.tr("连接") if self._model.renews is None else self.tr("更新授权")
        self.go.setText(keep if state.report is not None else self.tr("检查连接"))
        self._enable()
        if not state.busy and (state.report or state.error) is not None:
            wrong = state.error is not None and self.form.take_focus_back(state.error.code)
            if not wrong:
                self.go.setFocus()  # the fields were off while it looked, and lost it
        self._fit()
        if state.report is not None:
            QTimer.singleShot(0, self, lambda: self.area.ensureWidgetVisible(self.report))

    def reject(self) -> None:
        """The first cancel stops the check that runs, the next one closes the dialog."""
        if self._model.state.phase == "checking":
            self._model.cancel()
        elif self._model.state.phase != "keeping":
            super().reject()

    def renew(self, account: Account) -> None:
        """For new secrets of an account that is connected: its platform stays."""
        title = self.tr("更新“{name}”的授权").format(name=account.label)
        self.setWindowTitle(title)
        self.heading.setText(title)
        self.platform.hide()
        self.kept.setText(self.platform.currentText())
        self.kept.show()
        self.form.take_focus()
        self.try_out.hide()
        self.show_state(self._model.state)

    def fill(self, asked: Asked) -> None:
        """Chooses the platform and types for a person."""
        self._model.edited()
        self.form = self._build(asked, self.form)
        self._enable()
        self._fit()

    def _build(self, asked: Asked, former: ConnectForm | None = None) -> ConnectForm:
        offer = self._choices.offer(asked.platform) or self._choices.offers[0]
        made = ConnectForm(self._kit, offer, self._choices, asked, renews=self._model.renews is not None)
        made.edited.connect(self._edited)
        made.grew.connect(self._fit)
        made.file_wanted.connect(self._choose)
        if former is None:
            self._place.addWidget(made)
        else:
            self._place.replaceWidget(former, made)
            former.clear_secrets()
            former.deleteLater()
        self.platform.setCurrentIndex(self.platform.findData(offer.name))
        self.able.setText(self._kit.words.why("platform", offer.name))
        steps = self._kit.words.term("platform_setup", offer.name)
        self.steps.setText(steps.strip())
        self._setup.setVisible(steps != offer.name)
        made.show()  # last, or fields and words are counted only after the height has been looked for
        return made

    def _prepare(self) -> QVBoxLayout:
        return column(label(self.tr("先在平台上准备好"), "strong"), self.steps, space=1, margin=3)

    def _progress(self) -> None:
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setAccessibleName(self.tr("正在检查连接"))
        self.go = button("", "primary", name="connect_go", click=self._go)
        self.go.setDefault(True)
        self.cancel_button = button("", name="connect_cancel", click=self.reject)

    def _lay_out(self) -> None:
        """What is asked and answered is scrolled where the screen is low; the buttons always stay in sight."""
        safe = self.tr("密钥只存放在加密的工作区里，不会写进日志或发给别人。")
        asked = column(
            column(label(self.tr("平台"), "strong"), self.platform, self.kept, self.able, space=1),
            self._setup,
            self._place,
            label(safe, "small", wrap=True),
            self.sandbox,
            self.report,
        )
        self._asking = asked
        self.area = scrolling(asked)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.heading = label(self.tr("连接账户"), "heading", wrap=True)
        end = row(self.try_out, None, self.cancel_button, self.go)
        self.setLayout(column(self.heading, self.area, self.reason, self.busy, end, margin=5))

    def _fit(self) -> None:
        self._asking.activate()
        wanted = self._asking.totalHeightForWidth(WIDTH - 2 * SPACE[5] - SCROLLBAR)
        self.area.setFixedHeight(min(wanted, self.screen().availableGeometry().height() - AROUND))
        fit(self)

    def _platform_chosen(self) -> None:
        chosen = str(self.platform.currentData())
        if chosen != self.form.offer.name:
            self.fill(Asked(chosen))

    def _enable(self) -> None:
        self.go.setEnabled(self.form.whole and not self._model.state.busy)

    def _edited(self) -> None:
        state = self._model.state
        if state.report is not None or state.error is not None:
            self._model.edited()
        self._enable()
        self._fit()

    def _go(self) -> None:
        if self._model.state.report is not None:
            self._model.keep()
        else:
            self._model.check(self.form.asked())

    def _try_out(self) -> None:
        self.sandbox.setVisible(not self.sandbox.isVisible())
        self._fit()

    def _choose(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self.tr("选择私钥文件"))
        if name:
            self._model.read_key(Path(name))

    def _key_read(self, read: KeyFile) -> None:
        self.form.take_key(read)
        self._fit()
