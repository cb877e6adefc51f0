"""The worker at login as the workspace's settings show it: a switch, its state, and why there is none."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QFrame, QVBoxLayout

from campaign_app.domain.team import Permission
from campaign_app.ui.desk import Desk
from campaign_app.ui.viewmodels.settings import WorkspaceModel, WorkspaceState
from campaign_app.ui.widgets.basics import card, label, show_if


class LoginCard(QFrame):
    def __init__(self, desk: Desk, model: WorkspaceModel) -> None:
        super().__init__()
        self._desk, self._model = desk, model
        self.switch = QCheckBox(self.tr("登录这台电脑后，由后台进程接着发"))
        self.switch.setObjectName("workspace_at_login")
        # a screen reader toggles, which is no click
        self.switch.toggled.connect(model.set_at_login)
        self.now = label("", name="workspace_at_login_state")
        self.note = label(
            self.tr("不用打开窗口，定时的活动到时照常发出。只在本用户登录期间运行；关闭窗口时也可以选它。"),
            "small",
            wrap=True,
        )
        self.reason = label("", "small", wrap=True, name="workspace_at_login_reason")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(card(label(self.tr("关闭窗口以后"), "strong"), self.switch, self.now, self.note, self.reason))
        desk.allow(Permission.WORK, self.switch)
        model.changed.connect(self.show_state)
        self.show_state(model.state)

    def show_state(self, state: WorkspaceState) -> None:
        login = state.login
        with QSignalBlocker(self.switch):
            self.switch.setChecked(login is not None and login.on)
        refused = None if login is None else login.refused
        why = "" if refused is None else self._desk.kit.words.error(refused)
        if not self._desk.may(Permission.WORK):
            why = self._desk.why_not(Permission.WORK)
        # what cannot be switched on may still be switched off
        free = login is not None and not state.switching and (refused is None or login.on)
        self.switch.setEnabled(free and self._desk.may(Permission.WORK))
        self.switch.setAccessibleDescription(why or self.note.text())
        self.now.setText(self._state(state))
        self.reason.setText(why)
        show_if(self.reason, bool(why))
        show_if(self.note, not why)

    def _state(self, state: WorkspaceState) -> str:
        if state.switching:
            return self.tr("正在更改…")
        if state.login is None:
            return ""
        return self.tr("现在：登录时自动启动") if state.login.on else self.tr("现在：登录时不启动")
