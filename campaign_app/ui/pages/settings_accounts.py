"""设置 → 账户: a card for each connected shop, and the dialog that connects one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout

from campaign_app.domain.customer import Account
from campaign_app.domain.platform import Asked
from campaign_app.domain.team import Permission
from campaign_app.ui.desk import Desk
from campaign_app.ui.messages import translate
from campaign_app.ui.pages.account_card import AccountCard
from campaign_app.ui.pages.settings_connect import ConnectDialog
from campaign_app.ui.pages.settings_section import Section
from campaign_app.ui.viewmodels.accounts import AccountsModel, AccountsState
from campaign_app.ui.viewmodels.connect import NOTHING, ConnectModel
from campaign_app.ui.widgets.basics import button
from campaign_app.ui.widgets.empty import Empty


class AccountsSection(Section):
    def __init__(self, desk: Desk, model: AccountsModel) -> None:
        super().__init__()
        self._desk, self._model = desk, model
        self._head()
        self.cards: dict[int, AccountCard] = {}
        self.dialog: ConnectDialog | None = None
        self._wanted: tuple[int, bool] | None = None
        self._landing: tuple[str, ...] | None = None
        self.connect_button = button(
            self.tr("连接账户…"), "primary", name="account_connect", click=self.connect_account
        )
        desk.allow(Permission.CONNECT, self.connect_button)
        self.buttons.addWidget(self.connect_button)
        self.empty = Empty(
            desk.kit.theme,
            "link",
            self.tr("还没有连接账户"),
            self.tr("连接平台账户后，客户、同意记录和签名会从平台同步过来；只有平台确认同意的人才会收到短信。"),
        )
        self._list = QVBoxLayout()
        self.content.addWidget(self.empty)
        self.content.addLayout(self._list)
        model.changed.connect(self.show_state)
        model.carried.connect(self._carried)
        self.show_state(model.state)

    def show_state(self, state: AccountsState) -> None:
        shops = state.shops
        self.connect_button.setEnabled(bool(state.offers))
        self.empty.setVisible(shops == ())
        if shops is None:
            return
        if list(self.cards) != [shop.account.id for shop in shops]:
            for former in self.cards.values():
                self._list.removeWidget(former)
                former.deleteLater()
            self.cards = {shop.account.id: self._card() for shop in shops}
        for shop in shops:
            self.cards[shop.account.id].show_shop(shop)
        self._show_wanted()
        self._land_on_card()

    def land(self, names: Sequence[str]) -> None:
        """On the card of the first account that is named, else of one that is cut off, else where one is connected."""
        self._landing = tuple(names)
        self._land_on_card()

    def _land_on_card(self) -> None:
        shops = self._model.state.shops
        if self._landing is None or shops is None:
            return
        names, self._landing = self._landing, None
        named = (s for s in shops if any(s.account.label in name for name in names))
        cut_off = (s for s in shops if s.account.state != "connected")
        meant = next(named, None) or next(cut_off, None)
        if meant is not None:
            self.show_account(meant.account.id)
        else:
            QTimer.singleShot(0, self.connect_button, self.connect_button.setFocus)

    def show_account(self, account_id: int, *, renew: bool = False) -> None:
        """Brings the card into sight, with its connect dialog if `renew`; as soon as the accounts are read."""
        self._wanted = account_id, renew
        self._show_wanted()

    def _show_wanted(self) -> None:
        if self._wanted is None or self._wanted[0] not in self.cards:
            return
        (account_id, renew), self._wanted = self._wanted, None
        found = self.cards[account_id]
        QTimer.singleShot(0, found, lambda: self._come(found))
        if renew:
            found.renew()

    def _come(self, card: AccountCard) -> None:
        self.area.ensureWidgetVisible(card)
        card.take_focus()

    def _card(self) -> AccountCard:
        made = AccountCard(self._desk, self._model)
        made.connecting.connect(self.connect_account)
        self._list.addWidget(made)
        return made

    def connect_account(self, asked: Asked | None = None, renews: Account | None = None) -> None:
        if not self._model.state.offers:
            return
        renewed = None if renews is None else renews.id
        model = ConnectModel(self._desk.app.accounts, self._desk.kit.tasks, renews=renewed)
        self.dialog = ConnectDialog(self._desk.kit, model, self._model.state.choices, asked or NOTHING, self)
        if renews is not None:
            self.dialog.renew(renews)
        self.dialog.connected.connect(self._connected)
        self.dialog.open()

    def _connected(self, account_id: int, name: str) -> None:
        self._model.load()
        self._model.sync(account_id)
        self._desk.kit.messages.done(
            lambda: translate("AccountsSection", "已连接“{name}”，正在同步客户。").format(name=name)
        )

    def _carried(self, shop: Account, former: int | None) -> None:
        words, now = self._carried_by(shop), shop.sender_account_id
        self._desk.kit.messages.done(
            words, label=self.tr("撤销"), action=lambda: self._model.send_through(shop.id, former, now)
        )

    def _carried_by(self, shop: Account) -> str:
        if shop.sender_account_id == shop.id:
            return self.tr("“{name}”的短信改由平台短信接口发出。").format(name=shop.label)
        if shop.sender_account_id is None:
            if any(each.by_choice for each in self._model.state.shops or () if each.account.id == shop.id):
                return self.tr("“{name}”不再另选发送通道。").format(name=shop.label)
            return self.tr("“{name}”的短信改由它自己的平台发出。").format(name=shop.label)
        senders = {each.account.id: each.account.label for each in self._model.state.carriers}
        sender = senders.get(shop.sender_account_id, "")
        return self.tr("“{name}”的短信改由“{sender}”发出。").format(name=shop.label, sender=sender)

    def _head(self) -> None:
        self.title.setText(self.tr("账户"))
        self.subtitle.setText(self.tr("同意记录由平台或登记机构出具，商家不能自己证明。"))
