"""What stands in the window until the workspace is open: a welcome, a new workspace, a passphrase, or what is wrong."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from PySide6.QtCore import QProcess, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QProgressBar, QStackedWidget, QWidget

from campaign_app.ui.kit import Kit
from campaign_app.ui.messages import translate
from campaign_app.ui.pages.gate_create import CreatePanel
from campaign_app.ui.pages.gate_open import FailedPanel, PassphrasePanel
from campaign_app.ui.pages.gate_welcome import WelcomePanel
from campaign_app.ui.single import raise_other
from campaign_app.ui.viewmodels.session import Session, SessionState
from campaign_app.ui.widgets.basics import column, label, lay_out, row

WIDTH = 560
SLOW_MS = 2_000


class Gate(QWidget):
    def __init__(self, kit: Kit, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._kit, self._session = kit, session
        self._stack = QStackedWidget()
        self._stack.setFixedWidth(WIDTH)
        self._waiting = self._opening()
        self._stack.addWidget(self._waiting)
        self.setLayout(column(None, row(None, self._stack, None), None))
        session.changed.connect(self.show_state)
        self.show_state(session.state)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Only what is in a window has its look, and with it its height."""
        super().showEvent(event)
        if self.panel is not None:
            self._show(self.panel)

    def show_state(self, state: SessionState) -> None:
        self._slow.stop()
        if state.phase == "open":
            for typed in self.findChildren(CreatePanel) + self.findChildren(PassphrasePanel):
                typed.forget()
            return
        if state.phase == "opening":
            self._hint.hide()
            if not (self._session.plan.demo or self._typed()):  # a demo's key is in memory only
                self._slow.start(SLOW_MS)
            self._show(self._waiting)
        elif state.phase == "missing":
            self.new.show_state(state)
            self._show(self.new if state.creating else self.welcome)
            if not state.creating:
                self.welcome.demo.setFocus()
        elif state.phase == "passphrase":
            self.passphrase.show_state(state)
            self._show(self.passphrase)
            self.passphrase.field.setFocus()
        else:
            self.failed.show_state(state)
            self._show(self.failed)
            self.failed.retry.setFocus()  # once it is shown: a stack gives it to its panel's first part

    @cached_property
    def welcome(self) -> WelcomePanel:
        """Panels are built when they are first wanted: most starts want none of them."""
        made = WelcomePanel(self._kit.theme)
        made.demo.clicked.connect(self._demo)
        made.new.clicked.connect(self._new)
        made.other.clicked.connect(self._other)
        made.restore.clicked.connect(self._restore)
        return made

    @cached_property
    def new(self) -> CreatePanel:
        made = CreatePanel(self._kit, self._session)
        made.back.connect(self._session.welcome)
        made.grew.connect(lambda: self._grew(made))
        return made

    @cached_property
    def passphrase(self) -> PassphrasePanel:
        made = PassphrasePanel(self._kit, self._session)
        made.other.connect(self._other)
        made.back.connect(self._session.welcome)
        return made

    @cached_property
    def failed(self) -> FailedPanel:
        made = FailedPanel(self._kit, self._session)
        made.other.connect(self._other)
        made.back.connect(self._session.welcome)
        made.shown_elsewhere.connect(self._raise_other)
        return made

    @property
    def panel(self) -> QWidget | None:
        return self._stack.currentWidget()

    def _show(self, panel: QWidget) -> None:
        """The card is as high as what it holds, whichever panel that is."""
        if self._stack.indexOf(panel) < 0:
            self._stack.addWidget(panel)
        self._stack.setCurrentWidget(panel)
        lay_out()  # a panel that has just got its look says its height of before
        height = panel.heightForWidth(WIDTH) if panel.hasHeightForWidth() else panel.sizeHint().height()
        self._stack.setFixedHeight(height)

    def _grew(self, panel: QWidget) -> None:
        """Whatever becomes of it while another one is shown, such as that it forgets what was typed, it stays away."""
        if self.panel is panel:
            self._show(panel)

    def _typed(self) -> bool:
        """Whether it is opened by what somebody typed just now, so that no keychain is asked."""
        by_new = isinstance(self.panel, CreatePanel) and self.panel.by_passphrase.isChecked()
        return by_new or isinstance(self.panel, PassphrasePanel)

    def _opening(self) -> QWidget:
        busy = QProgressBar()
        busy.setRange(0, 0)
        busy.setAccessibleName(self.tr("正在打开工作区"))
        text = label(self.tr("正在打开工作区…"), "muted")
        self._hint = label(self.tr("系统可能正在请您解锁钥匙串，请留意弹出的窗口。"), "small", name="gate_slow")
        for each in (text, self._hint):
            each.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        policy = self._hint.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._hint.setSizePolicy(policy)
        self._hint.hide()
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.timeout.connect(self._hint.show)
        made = QWidget()
        made.setLayout(column(text, busy, self._hint))
        return made

    def _new(self) -> None:
        self.new.begin()
        self._show(self.new)
        self.new.make.setFocus()

    def _demo(self) -> None:
        from campaign_app.processes import own_command

        program, *arguments = own_command("demo")
        started, _ = QProcess.startDetached(program, arguments)
        if started:
            self._kit.messages.info(lambda: translate("Gate", "演示正在另一个窗口打开，关闭它后不会留下任何数据。"))
        else:
            self._kit.messages.warn(lambda: translate("Gate", "演示没有启动成功，请重新安装本程序。"))

    def _other(self) -> None:
        folder = QFileDialog.getExistingDirectory(
            self, self.tr("打开工作区文件夹"), str(self._session.plan.folder.parent)
        )
        if folder:
            self._session.open_at(Path(folder))

    def _restore(self) -> None:
        from campaign_app.clocks import system_clock
        from campaign_app.ui.pages.backup_dialogs import RestoreDialog
        from campaign_app.ui.viewmodels.backups import RestoreModel

        folder = self._session.plan.folder
        model = RestoreModel(self._kit.tasks, system_clock)
        dialog = RestoreDialog(self._kit, model, folder.with_name(f"{folder.name}-restored"), self)
        dialog.restored.connect(self._session.open_at)
        dialog.open()

    def _raise_other(self) -> None:
        folder = self._session.plan.folder
        self._kit.tasks.run(lambda _: raise_other(folder), self._raised, owner=self)

    def _raised(self, found: bool) -> None:  # noqa: FBT001 a result
        if not found:
            self._kit.messages.warn(
                lambda: translate("Gate", "没有找到打开此工作区的窗口，可能是命令行程序在使用它；请等它结束后重试。")
            )
