"""The part of an account's card about sending: who carries the shop's messages, or which shops the account carries.

Of a sender that does not hand in what people answer it keeps, too, who reads that, and where; of one that shows no
templates, whether somebody has compared what was typed in.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFormLayout, QMenu, QWidget

from campaign_app.domain.errors import AppError
from campaign_app.ui import show
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.replies_dialog import RepliesDialog
from campaign_app.ui.pages.settings_section import fact
from campaign_app.ui.viewmodels.accounts import AccountsModel, Shop
from campaign_app.ui.widgets.ask import confirm
from campaign_app.ui.widgets.basics import button, literal


class SenderPart(QObject):
    """Its lines go into `form`; `choose` and `read` are buttons for the card."""

    def __init__(self, kit: Kit, model: AccountsModel, form: QFormLayout, card: QWidget) -> None:
        super().__init__(card)
        self._kit, self._model, self._form, self._card = kit, model, form, card
        self._shop: Shop | None = None
        self.dialog: RepliesDialog | None = None
        self.carrier = fact(form, self.tr("发送通道"), key="account_sender")
        self.carries = fact(form, self.tr("承载店铺"), key="account_carries")
        self.replies = fact(form, self.tr("回复由谁查看"), key="account_replies")
        self.stated = fact(form, self.tr("签名与模板"), key="account_stated")
        self.balance = fact(form, self.tr("剩余条数"), key="account_balance")
        self.choose = button(self.tr("发送通道…"), name="account_choose_sender", small=True, click=self._choose)
        self.read = button(self.tr("登记查看回复…"), name="account_record_replies", small=True, click=self._record)
        self.compare = button(self.tr("核对模板…"), name="account_compare_templates", small=True, click=self._compare)

    def show_shop(self, shop: Shop) -> None:
        self._shop = shop
        is_shop = shop.capabilities is not None and not shop.is_carrier
        self._form.setRowVisible(self.carrier, is_shop)
        self._form.setRowVisible(self.carries, shop.is_carrier)
        self._form.setRowVisible(self.replies, shop.is_deaf)
        self._form.setRowVisible(self.stated, shop.is_stated)
        self.compare.setVisible(shop.is_stated and shop.connected)
        self._form.setRowVisible(self.balance, shop.balance is not None)
        if shop.balance is not None:
            words = self.tr("{count} 条（服务商 {at} 所报）", "", shop.balance.parts)
            self.balance.setText(words.format(count=show.count(shop.balance.parts), at=show.moment(shop.balance.at)))
        self.choose.setVisible(is_shop and shop.connected)
        self.read.setVisible(shop.is_deaf and shop.connected)
        self.carrier.setText(self._by(shop))
        self.carries.setText(self.tr("、").join(shop.carries) or self.tr("还没有：在店铺的卡片上选择发送通道"))
        self.replies.setText(shop.replies or self.tr("尚未登记：登记前不能发送"))
        self.stated.setText(self._checked(shop))

    def _checked(self, shop: Shop) -> str:
        if not shop.is_typed:
            return self.tr("尚未填写：请重新连接账户，填入已审批的签名和模板")
        if shop.checked:
            return self.tr("商家自行填写，已登记与后台一致；平台不能查询")
        return self.tr("商家自行填写，尚未核对：核对前不能发送")

    def _by(self, shop: Shop) -> str:
        if shop.is_chosen:
            return self._own()
        if shop.carrier is None:
            return self._nobody_chosen(shop) if shop.sends_itself else self._cannot(shop)
        name = f"{shop.carrier.label} · {self._platform(shop.carrier.platform)}"
        return name if shop.carrier.state == "connected" else self.tr("{name}（已断开）").format(name=name)

    def _own(self) -> str:
        return self.tr("平台短信接口")

    def _nobody_chosen(self, shop: Shop) -> str:
        """Who sends then, where somebody does."""
        return self.tr("同意查询服务代发") if shop.by_choice else self.tr("平台自己发送")

    def _cannot(self, shop: Shop) -> str:
        return self.tr("尚未设置") if shop.by_choice else self.tr("尚未设置：此平台不能代发短信")

    def _platform(self, name: str) -> str:
        return self._kit.words.term("platform", name)

    def menu(self) -> QMenu:
        """The platform itself, every connected sender account, and a test of the one in use."""
        shop, menu = self._shop, QMenu(self._card)
        menu.setObjectName("account_senders")
        menu.setToolTipsVisible(True)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if shop is None:
            return menu
        own = self._nobody_chosen(shop) if shop.sends_itself else self.tr("暂不设置")
        self._offer(menu.addAction(own), shop, None)
        if shop.by_choice:
            self._offer(menu.addAction(self._own()), shop, shop.account.id)
        carriers = self._model.state.carriers
        for each in carriers:
            self._offer_carrier(menu, shop, each)
        if not carriers:
            menu.addAction(self.tr("请先连接同一主体的短信服务商账户")).setEnabled(False)
        menu.addSeparator()
        test = menu.addAction(self.tr("测试当前通道"))
        asked = None if shop.carrier is None else shop.carrier.id
        test.triggered.connect(lambda: self._model.test(shop.account.id, asked=asked))
        return menu

    def _offer_carrier(self, menu: QMenu, shop: Shop, carrier: Shop) -> None:
        account = carrier.account
        name = f"{account.label} · {self._platform(account.platform)}"
        if account.entity_uscc != shop.account.entity_uscc:
            entity = account.entity_uscc if carrier.entity is None else carrier.entity.name
            name = self.tr("{name}（主体不一致：{entity}）").format(name=name, entity=entity)
            action = menu.addAction(literal(name))
            action.setEnabled(False)
            action.setToolTip(self._kit.words.error(AppError("sender_entity", "")))
            return
        self._offer(menu.addAction(literal(name)), shop, account.id)

    def _offer(self, action: QAction, shop: Shop, sender_id: int | None) -> None:
        now = None if shop.carrier is None else shop.carrier.id
        action.setCheckable(True)
        action.setChecked(now == sender_id)
        if now != sender_id:
            action.triggered.connect(lambda: self._model.send_through(shop.account.id, sender_id, now))

    def _choose(self) -> None:
        self.menu().popup(self.choose.mapToGlobal(self.choose.rect().bottomLeft()))

    def _compare(self) -> None:
        """What was typed is shown as it is: it has to be the console's, character for character."""
        if self._shop is None:
            return
        account = self._shop.account
        if not self._shop.is_typed:
            self._model.record_templates(account.id, checked=True)  # which says what is missing
            return
        words = self.tr(
            "平台不能查询签名和模板，发出的内容以平台后台为准。请逐字核对：\n签名：{signatures}\n模板：{templates}\n"
            "确认后写入审计记录；改动签名或模板后需要重新核对。"
        ).format(signatures=account.options["signatures"], templates=account.options["templates"])
        title, yes, no = self.tr("与平台后台逐字一致，并可用于营销？"), self.tr("已核对，一致"), self.tr("返回")
        if confirm(self._card, title, words, yes=yes, no=no, careful=True):
            self._model.record_templates(account.id, checked=True)

    def _record(self) -> None:
        if self._shop is None:
            return
        account = self._shop.account
        self.dialog = RepliesDialog(account.label, self._shop.replies, self._card)
        self.dialog.recorded.connect(lambda where: self._model.record_replies(account.id, where))
        self.dialog.open()
