"""Connecting an account: address, id and key; who is there is shown before anything is stored."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QLineEdit, QPlainTextEdit, QProgressBar, QWidget

from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.settings_section import fact, facts, fit
from campaign_app.ui.viewmodels.connect import Asked, ConnectModel, ConnectState, SandboxShop, sandbox_shops
from campaign_app.ui.widgets.basics import button, column, frame, label, row
from campaign_app.ui.widgets.passphrase import hidden_field
from campaign_app.ui.widgets.pill import Pill

COMMAND = "campaign-app sandbox"


class ConnectDialog(QDialog):
    connected = Signal(int, str)

    def __init__(self, kit: Kit, model: ConnectModel, asked: Asked, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("connect")
        self.setWindowTitle(self.tr("连接账户"))
        self.setFixedWidth(620)
        self._kit, self._model = kit, model
        model.setParent(self)
        self._fields(asked)
        self.sandbox = SandboxPanel()
        self.sandbox.picked.connect(self._fill)
        self.sandbox.grew.connect(lambda: fit(self))
        self.sandbox.hide()
        self.try_out = button(self.tr("没有账户？连接沙箱试用"), "quiet", name="connect_sandbox", click=self._try_out)
        self.report = ReportPanel(kit)
        self.reason = label("", "block", wrap=True, select=True, name="connect_reason")
        self._progress()
        self._lay_out()
        model.changed.connect(self.show_state)
        model.key_read.connect(self.key.setText)
        self.finished.connect(model.cancel)
        self.finished.connect(self.deleteLater)
        self.show_state(model.state)

    def show_state(self, state: ConnectState) -> None:
        if state.phase == "done" and state.account is not None:
            self.key.clear()
            self.connected.emit(state.account.id, state.account.label)
            self.accept()
            return
        for field in (self.address, self.key_id, self.key):
            field.setEnabled(not state.busy)
        self.busy.setVisible(state.busy)
        self.cancel_button.setText(self.tr("停止") if state.phase == "checking" else self.tr("取消"))
        self.cancel_button.setEnabled(state.phase != "keeping")
        self.report.show_report(state.report)
        self.reason.setText("" if state.error is None else self._kit.words.error(state.error))
        self.reason.setVisible(state.error is not None)
        self.go.setText(self.tr("连接") if state.report is not None else self.tr("检查连接"))
        self._enable()
        if not state.busy and (state.report or state.error) is not None:
            self.go.setFocus()  # the fields were off while it looked, and lost it
        fit(self)

    def reject(self) -> None:
        """The first cancel stops the check that runs, the next one closes the dialog."""
        if self._model.state.phase == "checking":
            self._model.cancel()
        elif self._model.state.phase != "keeping":
            super().reject()

    def _fields(self, asked: Asked) -> None:
        self.address, self.key_id = QLineEdit(asked.base_url), QLineEdit(asked.key_id)
        self.key = hidden_field("connect_key", self.tr("私钥"))
        self.key.setText(asked.private_key)
        self.key.setPlaceholderText(self.tr("base64url，32 字节 Ed25519"))
        self.address.setPlaceholderText("https://")
        for field, name, spoken in (
            (self.address, "connect_address", self.tr("平台地址")),
            (self.key_id, "connect_key_id", self.tr("账户标识")),
        ):
            field.setObjectName(name)
            field.setAccessibleName(spoken)
        for field in (self.address, self.key_id, self.key):
            field.textEdited.connect(self._edited)
            field.textChanged.connect(self._enable)

    def _progress(self) -> None:
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setAccessibleName(self.tr("正在检查连接"))
        self.go = button("", "primary", name="connect_go", click=self._go)
        self.go.setDefault(True)
        self.cancel_button = button("", name="connect_cancel", click=self.reject)

    def _lay_out(self) -> None:
        file = button(self.tr("从文件读取…"), name="connect_key_file", click=self._choose)
        where = self.tr(
            "这三项由平台或同意登记机构在您开通 Platform Consent API 时提供。"
            "私钥只存放在加密的工作区里，不会写进日志或发给别人。"
        )
        self.setLayout(
            column(
                label(self.tr("连接账户"), "heading"),
                label(where, "muted", wrap=True),
                column(label(self.tr("平台地址"), "strong"), self.address, space=1),
                column(label(self.tr("账户标识"), "strong"), self.key_id, space=1),
                column(label(self.tr("私钥"), "strong"), row(self.key, file, stretch=0), space=1),
                row(self.try_out, None),
                self.sandbox,
                self.report,
                self.reason,
                self.busy,
                row(None, self.cancel_button, self.go),
                margin=5,
            )
        )

    def _asked(self) -> Asked:
        return Asked(self.address.text().strip(), self.key_id.text().strip(), self.key.text().strip())

    def _enable(self) -> None:
        self.go.setEnabled(self._asked().whole and not self._model.state.busy)

    def _edited(self) -> None:
        state = self._model.state
        if state.report is not None or state.error is not None:
            self._model.edited()

    def _go(self) -> None:
        if self._model.state.report is not None:
            self._model.keep()
        else:
            self._model.check(self._asked())

    def _try_out(self) -> None:
        self.sandbox.setVisible(not self.sandbox.isVisible())
        fit(self)

    def _fill(self, asked: Asked) -> None:
        self._model.edited()
        self.address.setText(asked.base_url)
        self.key_id.setText(asked.key_id)
        self.key.setText(asked.private_key)

    def _choose(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self.tr("选择私钥文件"))
        if name:
            self._model.read_key(Path(name))


class SandboxPanel(QWidget):
    """For trying out: the line that the sandbox prints fills the fields."""

    picked = Signal(object)  # Asked
    grew = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shops: tuple[SandboxShop, ...] = ()
        self.pasted = QPlainTextEdit()
        self.pasted.setObjectName("connect_pasted")
        self.pasted.setAccessibleName(self.tr("沙箱打印的一行"))
        self.pasted.setPlaceholderText('{"url": "http://127.0.0.1:…", "shops": […]}')
        self.pasted.setFixedHeight(64)
        self.pasted.setTabChangesFocus(True)
        self.shops = QComboBox()
        self.shops.setObjectName("connect_shop")
        self.shops.setAccessibleName(self.tr("沙箱里的店铺"))
        self.hint = label("", "small", wrap=True)
        copy = button(self.tr("复制命令"), name="connect_copy", small=True, click=self._copy)
        words = self.tr("沙箱是本机上的模拟平台，数据都是虚构的。在终端运行 {command}，把它打印的一行粘贴到下面。")
        text = label(words.format(command=COMMAND), wrap=True)
        inner = column(row(text, copy, space=3, stretch=0), self.pasted, self.hint, self.shops, margin=3, space=2)
        self.setLayout(column(frame("well", inner)))
        self.pasted.textChanged.connect(self._read)
        self.shops.activated.connect(self._pick)
        self._read()

    def _read(self) -> None:
        pasted = self.pasted.toPlainText().strip()
        self._shops = sandbox_shops(pasted) if pasted else ()
        self.shops.clear()
        self.shops.addItems([shop.name for shop in self._shops])
        self.shops.setVisible(bool(self._shops))
        self.hint.setVisible(bool(pasted) and not self._shops)
        self.hint.setText(self.tr("看不懂这一行：请完整粘贴沙箱打印的 JSON。"))
        if self._shops:
            self._pick(0)
        self.grew.emit()

    def _pick(self, index: int) -> None:
        self.picked.emit(self._shops[index].asked)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(COMMAND)


class ReportPanel(QWidget):
    """What the platform says of itself and of this account."""

    def __init__(self, kit: Kit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        form = facts()
        self.shop = fact(form, self.tr("店铺"), key="report_shop")
        self.entity = fact(form, self.tr("主体"), key="report_entity")
        self.issuer = fact(form, self.tr("出具方"), key="report_issuer")
        self.details = fact(form, self.tr("接口"), key="report_details")
        self.simulated = Pill(kit.theme, self.tr("模拟"), "warn")
        self._warning = label(self.tr("这是模拟平台：它的同意记录不能用于真实发送。"), "warn", wrap=True)
        head = row(label(self.tr("平台的回答"), "strong"), self.simulated, None)
        self.setLayout(column(frame("well", column(head, form, self._warning, margin=3, space=2))))

    def show_report(self, report: object) -> None:
        from campaign_app.domain.ports import ConnectionReport

        self.setVisible(isinstance(report, ConnectionReport))
        if not isinstance(report, ConnectionReport):
            return
        self.shop.setText(report.shop)
        self.entity.setText(f"{report.entity_name}  {report.entity_uscc}")
        self.issuer.setText(f"{report.issuer_name}  {report.issuer_uscc}")
        skew = f"{abs(report.clock_skew_seconds):.1f}"
        words = self.tr("版本 {version} · 时钟相差 {skew} 秒（允许 300 秒）")
        self.details.setText(words.format(version=report.api_version, skew=skew))
        self.simulated.setVisible(report.simulated)
        self._warning.setVisible(report.simulated)
