"""What stands in the window until the workspace is open: waiting, a passphrase, a new workspace, or what is wrong."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QProgressBar, QStackedWidget, QWidget

from campaign_app.ui.kit import Kit
from campaign_app.ui.viewmodels.session import Session, SessionState
from campaign_app.ui.widgets.basics import button, card, column, label, row

WIDTH = 460


class Gate(QWidget):
    def __init__(self, kit: Kit, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._kit, self._session = kit, session
        self._stack = QStackedWidget()
        self._stack.setFixedWidth(WIDTH)
        self._panels: dict[str, QWidget] = {
            "opening": self._opening(),
            "missing": self._missing(),
            "passphrase": self._passphrase(),
            "failed": self._failed(),
        }
        for panel in self._panels.values():
            self._stack.addWidget(panel)
        self.setLayout(column(None, row(None, self._stack, None), None))
        session.changed.connect(self.show_state)
        self.show_state(session.state)

    def show_state(self, state: SessionState) -> None:
        if state.phase == "open":
            return
        self._stack.setCurrentWidget(self._panels[state.phase])
        words = self._kit.words.error(state.error) if state.error is not None else ""
        self.reason.setText(words)
        wrong = state.phase == "passphrase" and state.error is not None and state.error.code == "wrong_passphrase"
        self.wrong.setText(words if wrong else "")
        if state.phase == "passphrase":
            self.passphrase.clear()
            self.passphrase.setFocus()

    def _opening(self) -> QWidget:
        busy = QProgressBar()
        busy.setRange(0, 0)
        busy.setAccessibleName(self.tr("正在打开工作区"))
        text = label(self.tr("正在打开工作区…"), "muted")
        text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        made = QWidget()
        made.setLayout(column(None, text, busy, None))
        return made

    def _missing(self) -> QWidget:
        return card(
            label(self.tr("新建工作区"), "heading"),
            label(
                self.tr("工作区保存客户、同意记录和活动，加密存放在这台电脑上。密钥保存在系统钥匙串里。"),
                "muted",
                wrap=True,
            ),
            button(self.tr("新建工作区"), "primary", name="gate_create", click=lambda: self._session.create(None)),
        )

    def _passphrase(self) -> QWidget:
        self.passphrase = QLineEdit()
        self.passphrase.setObjectName("gate_passphrase")
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setAccessibleName(self.tr("口令"))
        self.passphrase.returnPressed.connect(self._unlock)
        self.wrong = label("", "block", wrap=True)
        return card(
            label(self.tr("输入口令打开工作区"), "heading"),
            self.passphrase,
            self.wrong,
            button(self.tr("打开"), "primary", name="gate_unlock", click=self._unlock),
        )

    def _failed(self) -> QWidget:
        self.reason = label("", wrap=True, select=True, name="gate_reason")
        return card(
            label(self.tr("工作区没有打开"), "heading"),
            self.reason,
            row(None, button(self.tr("重试"), "primary", name="gate_retry", click=self._session.open)),
        )

    def _unlock(self) -> None:
        self._session.open(self.passphrase.text())
