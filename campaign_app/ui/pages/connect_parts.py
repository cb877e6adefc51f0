"""Parts of the connect dialog: the sandbox to try it out, and what the platform answered."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QWidget

from campaign_app.domain.platform import Asked, Offer
from campaign_app.domain.ports import ConnectionReport
from campaign_app.services.connecting import host_of
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.settings_section import fact, facts
from campaign_app.ui.viewmodels.connect import SandboxShop, sandbox_shops
from campaign_app.ui.widgets.basics import button, column, frame, label, row
from campaign_app.ui.widgets.pill import Pill

COMMAND = "campaign-app sandbox"


class SandboxPanel(QWidget):
    """For trying out: the line that the sandbox prints fills the fields."""

    picked = Signal(object)  # Asked
    grew = Signal()

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
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
        self.shops.addItems([self._name(shop) for shop in self._shops])
        self.shops.setVisible(bool(self._shops))
        self.hint.setVisible(bool(pasted) and not self._shops)
        self.hint.setText(self.tr("看不懂这一行：请完整粘贴沙箱打印的 JSON。"))
        if self._shops:
            self._pick(0)
        self.grew.emit()

    def _name(self, shop: SandboxShop) -> str:
        return shop.name or self._kit.words.term("platform", shop.asked.platform)

    def _pick(self, index: int) -> None:
        self.picked.emit(self._shops[index].asked)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(COMMAND)


class ReportPanel(QWidget):
    """What the platform says of itself and of this account; what it does not say a person said."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit, self._form = kit, facts()
        form = self._form
        self.shop = fact(form, self.tr("店铺"), key="report_shop")
        self.entity = fact(form, self.tr("主体"), key="report_entity")
        self.issuer = fact(form, self.tr("同意由谁出具"), key="report_issuer")
        self.able = fact(form, self.tr("能做什么"), key="report_able")
        self.details = fact(form, self.tr("接口"), key="report_details")
        self.unverified = fact(form, self.tr("未核实的权限"), key="report_unverified")
        self.simulated = Pill(kit.theme, self.tr("模拟"), "warn")
        self._sure = label(
            self.tr("请核对同意由谁出具：名称、统一社会信用代码和域名都属实才连接。您的确认会记入审计记录。"), wrap=True
        )
        self._warning = label(self.tr("这是模拟平台：它的同意记录不能用于真实发送。"), "warn", wrap=True)
        good = Pill(kit.theme, self.tr("连接正常"), "ok")
        head = row(label(self.tr("平台的回答"), "strong"), good, self.simulated, None)
        self.setLayout(column(frame("well", column(head, form, self._sure, self._warning, margin=3, space=2))))

    def show_report(self, report: ConnectionReport | None, asked: Asked, offer: Offer) -> None:
        self.setVisible(report is not None)
        if report is None:
            return
        said = asked.entity
        name, uscc = report.entity_name, report.entity_uscc
        if not uscc and said is not None:
            name, uscc = said.name, said.uscc
        self.shop.setText(report.shop or asked.values.get("key_id", ""))
        self.entity.setText(f"{name}  {uscc}")
        issuer = (report.issuer_name or offer.issuer_name, report.issuer_uscc or offer.issuer)
        self.issuer.setText("  ".join((*issuer, host_of(asked.values.get("base_url", "")))))
        self._sure.setVisible(not offer.issuer)
        self._form.setRowVisible(self.issuer, offer.capabilities.consent_lookup)
        self.able.setText(self._kit.words.why("platform", offer.name))
        self._form.setRowVisible(self.able, bool(self.able.text()))
        skew = f"{abs(report.clock_skew_seconds):.1f}"
        words = self.tr("版本 {version} · 时钟相差 {skew} 秒")
        self.details.setText(words.format(version=report.api_version, skew=skew))
        self.unverified.setText(self.tr("、").join(report.unverified))
        self._form.setRowVisible(self.unverified, bool(report.unverified))
        self.simulated.setVisible(report.simulated)
        self._warning.setVisible(report.simulated)
