"""A workspace that asks for its passphrase, and one that does not open: why, what was kept, and what to do."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from campaign_app.ui.kit import Kit
from campaign_app.ui.viewmodels.session import Session, SessionState
from campaign_app.ui.widgets.basics import button, card, column, label, row
from campaign_app.ui.widgets.passphrase import hidden_field


class PassphrasePanel(QWidget):
    other = Signal()
    back = Signal()

    def __init__(self, kit: Kit, session: Session) -> None:
        super().__init__()
        self._kit, self._session = kit, session
        self.field = hidden_field("gate_passphrase", self.tr("口令"))
        self.field.returnPressed.connect(self._unlock)
        self.wrong = label("", "block", wrap=True, name="gate_wrong")
        self.unlock = button(self.tr("打开"), "primary", name="gate_unlock", click=self._unlock)
        self.field.textChanged.connect(lambda text: self.unlock.setEnabled(bool(text)))
        self.unlock.setEnabled(False)
        self._where = label("", "small", wrap=True, select=True)
        self.setLayout(
            column(
                card(
                    label(self.tr("输入口令打开工作区"), "heading"),
                    self._where,
                    self.field,
                    self.wrong,
                    row(
                        button(self.tr("返回"), "quiet", name="gate_passphrase_back", click=self.back.emit),
                        None,
                        button(self.tr("打开其他工作区…"), name="gate_passphrase_other", click=self.other.emit),
                        self.unlock,
                    ),
                    margin=5,
                )
            )
        )

    def show_state(self, state: SessionState) -> None:
        """A wrong passphrase stays in its field: it is a slip more often than another one."""
        wrong = state.error is not None and state.error.code == "wrong_passphrase"
        self.wrong.setText(self._kit.words.error(state.error) if wrong and state.error is not None else "")
        self.wrong.setVisible(wrong)
        self._where.setText(str(self._session.plan.folder))
        self.field.selectAll()

    def forget(self) -> None:
        self.field.clear()

    def _unlock(self) -> None:
        if self.field.text():
            self._session.open(self.field.text())


class FailedPanel(QWidget):
    other = Signal()
    back = Signal()
    shown_elsewhere = Signal()

    def __init__(self, kit: Kit, session: Session) -> None:
        super().__init__()
        self._kit, self._session = kit, session
        self.reason = label("", wrap=True, select=True, name="gate_reason")
        self.advice = label("", "muted", wrap=True, name="gate_advice")
        self._where = label("", "small", wrap=True, select=True)
        self.elsewhere = button(self.tr("显示已打开的窗口"), name="gate_elsewhere", click=self.shown_elsewhere.emit)
        self.retry = button(self.tr("重试"), "primary", name="gate_retry", click=session.open)
        buttons = row(
            button(self.tr("返回"), "quiet", name="gate_failed_back", click=self.back.emit),
            None,
            button(self.tr("打开其他工作区…"), name="gate_failed_other", click=self.other.emit),
            self.elsewhere,
            self.retry,
        )
        title = label(self.tr("工作区没有打开"), "heading")
        self.setLayout(column(card(title, self.reason, self.advice, self._where, buttons, margin=5)))

    def show_state(self, state: SessionState) -> None:
        code = "" if state.error is None else state.error.code
        self.reason.setText("" if state.error is None else self._kit.words.error(state.error))
        advice = self._advice().get(code, "")
        self.advice.setText(advice)
        self.advice.setVisible(bool(advice))
        self.elsewhere.setVisible(code == "in_use")
        self._where.setText(str(self._session.plan.folder))

    def _advice(self) -> dict[str, str]:
        lost = self.tr(
            "常见原因：换了系统用户，重装过系统，或钥匙串被重置。"
            "请用创建工作区的系统用户登录，恢复当时的钥匙串备份，或从设了单独口令的备份恢复（密钥在备份里）；"
            "没有密钥，任何人都打不开这些文件。"
        )
        return {
            "key_missing": lost,
            "wrong_key": lost,
            "keychain_locked": self.tr("登录系统桌面会解锁钥匙串；也可在系统的“密码和密钥”或“钥匙串访问”里解锁。"),
            "no_keychain": self.tr(
                "此工作区的密钥存在系统钥匙串里，而它现在不可用。"
                "请启动钥匙串服务后重试（Linux 上是 GNOME Keyring 或 KWallet）。"
            ),
            "in_use": self.tr("同一工作区只能由一个窗口打开，免得两边改动互相覆盖。"),
            "disk_full": self.tr("腾出空间后重试，已保存的内容都在。"),
            "read_only": self.tr("请确认您对此文件夹有写权限，且磁盘没有被设为只读。"),
            "damaged": self.tr("请不要改动文件夹里的文件，先另存一份，再从备份恢复。"),
            "newer_workspace": self.tr("旧版本不会打开它，免得弄坏新版本的数据。"),
        }
