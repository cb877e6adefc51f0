"""设置 → 账户: a card for each connected shop, with test, sync and disconnect."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QVBoxLayout

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import AppError
from campaign_app.domain.platform import Asked
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.settings_connect import ConnectDialog
from campaign_app.ui.pages.settings_section import Section, fact, facts
from campaign_app.ui.viewmodels.accounts import AccountsModel, AccountsState, Shop, Tested
from campaign_app.ui.viewmodels.connect import NOTHING, ConnectModel, again
from campaign_app.ui.widgets.ask import confirm
from campaign_app.ui.widgets.basics import button, column, frame, label, row
from campaign_app.ui.widgets.empty import Empty
from campaign_app.ui.widgets.pill import Pill


class AccountsSection(Section):
    def __init__(self, desk: Desk, model: AccountsModel) -> None:
        super().__init__()
        self._desk, self._model = desk, model
        self._head()
        self.cards: dict[int, AccountCard] = {}
        self.dialog: ConnectDialog | None = None
        self.connect_button = button(
            self.tr("连接账户…"), "primary", name="account_connect", click=self.connect_account
        )
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
        self.show_state(model.state)

    def show_state(self, state: AccountsState) -> None:
        shops = state.shops
        self.empty.setVisible(shops == ())
        if shops is None:
            return
        if list(self.cards) != [shop.account.id for shop in shops]:
            for former in self.cards.values():
                self._list.removeWidget(former)
                former.deleteLater()
            self.cards = {shop.account.id: AccountCard(self._desk, self._model, self) for shop in shops}
            for made in self.cards.values():
                self._list.addWidget(made)
        for shop in shops:
            self.cards[shop.account.id].show_shop(shop)

    def connect_account(self, asked: Asked | None = None) -> None:
        if not self._model.state.offers:
            return
        model = ConnectModel(self._desk.app.accounts, self._desk.kit.tasks)
        self.dialog = ConnectDialog(self._desk.kit, model, self._model.state.choices, asked or NOTHING, self)
        self.dialog.connected.connect(self._connected)
        self.dialog.open()

    def _connected(self, account_id: int, name: str) -> None:
        self._model.load()
        self._model.sync(account_id)
        self._desk.kit.messages.done(self.tr("已连接“{name}”，正在同步客户。").format(name=name))

    def _head(self) -> None:
        self.title.setText(self.tr("账户"))
        self.subtitle.setText(self.tr("同意记录由平台或登记机构出具，商家不能自己证明。"))


class AccountCard(QFrame):
    def __init__(self, desk: Desk, model: AccountsModel, section: AccountsSection) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._desk, self._model, self._section = desk, model, section
        theme = desk.kit.theme
        self.shop: Shop | None = None
        self.name = label("", "strong", name="account_name")
        self.state = Pill(theme)
        self.simulated = Pill(theme, self.tr("模拟"), "warn")
        self.simulated.setToolTip(self.tr("模拟平台的同意记录不能用于真实发送。"))
        self.able = label("", "muted", wrap=True, name="account_able")
        self._form = form = facts()
        self.platform = fact(form, self.tr("平台"), key="account_platform")
        self.entity = fact(form, self.tr("主体"), key="account_entity")
        self.issuer = fact(form, self.tr("出具方"), key="account_issuer")
        self.source = fact(form, self.tr("由谁确认同意"), key="account_source")
        self.address = fact(form, self.tr("平台地址"), key="account_address")
        self.key_id = fact(form, self.tr("账户标识"), key="account_key_id")
        self.synced = fact(form, self.tr("最近同步"), key="account_synced")
        self.result = label("", wrap=True, select=True, name="account_result")
        self.outcome = Pill(theme)
        self._result = frame("well", row(self.outcome, self.result, space=3, stretch=1))
        inside = self._result.layout()
        assert inside is not None
        inside.setContentsMargins(12, 10, 12, 10)
        self._buttons()
        head = row(self.name, self.state, self.simulated, None)
        layout = column(head, self.able, form, self._result, row(self._actions, None), margin=4)
        self.setLayout(layout)

    def show_shop(self, shop: Shop) -> None:
        if shop == self.shop:
            return
        self.shop, account, words = shop, shop.account, self._desk.kit.words
        self.name.setText(account.label)
        self.state.show_state(words.term("account_state", account.state), "ok" if shop.connected else "muted")
        self.simulated.setVisible(account.simulated)
        entity = "" if shop.entity is None else shop.entity.name
        self.entity.setText(f"{entity}  {account.entity_uscc}")
        self.issuer.setText(f"{account.issuer_name}  {account.issuer_uscc}")
        known = shop.capabilities is not None
        self.platform.setText(words.term("platform", account.platform))
        able = words.why("platform", account.platform) if known else words.error(AppError("unknown_platform", ""))
        self.able.setText(able)
        self.able.setVisible(bool(able))
        self._show_source(shop)
        self.address.setText(account.base_url)
        self.key_id.setText(account.key_id)
        self.synced.setText(self._synced(shop))
        self.test.setVisible(shop.connected)
        self.sync.setVisible(shop.connected)
        self.leave.setVisible(shop.connected)
        self.again.setVisible(not shop.connected)
        self.sync.setEnabled(shop.syncing is None)
        self.test.setEnabled(shop.tested is None or not shop.tested.running)
        self._show_tested(shop.tested)

    def _buttons(self) -> None:
        self.test = button(self.tr("测试连接"), name="account_test", small=True, click=self._test)
        self.sync = button(self.tr("同步"), name="account_sync", small=True, click=self._sync)
        self.choose_source = button(
            self.tr("由谁确认同意…"), name="account_choose_source", small=True, click=self._choose_source
        )
        self.leave = button(self.tr("断开…"), name="account_leave", small=True, click=self._disconnect)
        self.again = button(self.tr("重新连接…"), name="account_again", small=True, click=self._reconnect)
        self._actions: QHBoxLayout = row(self.test, self.sync, self.choose_source, self.leave, self.again)

    def _test(self) -> None:
        if self.shop is not None:
            self._model.test(self.shop.account.id)

    def _sync(self) -> None:
        if self.shop is not None:
            self._model.sync(self.shop.account.id)

    def _show_source(self, shop: Shop) -> None:
        needed = shop.capabilities is not None and not shop.capabilities.consent_lookup
        self._form.setRowVisible(self.source, needed)
        self.choose_source.setVisible(needed and shop.connected)
        if not needed:
            return
        if shop.source is None or shop.source.state != "connected":
            self.source.setText(self.tr("尚未设置：无人可发"))
        else:
            self.source.setText(f"{shop.source.label} · {shop.source.issuer_name}")

    def _choose_source(self) -> None:
        if self.shop is None:
            return
        account_id, menu = self.shop.account.id, QMenu(self)
        menu.setObjectName("account_sources")
        sources = self._model.state.choices.sources
        for source in (each for each in sources if each.entity_uscc == self.shop.account.entity_uscc):
            self._offer_source(menu, account_id, source)
        if menu.isEmpty():
            menu.addAction(self.tr("请先为同一主体连接同意查询服务")).setEnabled(False)
        menu.addSeparator()
        none = menu.addAction(self.tr("暂不设置"))
        none.triggered.connect(lambda: self._model.take_consents_from(account_id, None))
        menu.popup(self.choose_source.mapToGlobal(self.choose_source.rect().bottomLeft()))

    def _offer_source(self, menu: QMenu, account_id: int, source: Account) -> None:
        action = menu.addAction(f"{source.label} · {source.issuer_name}")
        action.triggered.connect(lambda: self._model.take_consents_from(account_id, source.id))

    def _synced(self, shop: Shop) -> str:
        if shop.syncing is not None:
            number = shop.syncing.progress
            return self.tr("正在同步，已收到 {count} 位客户", "", number).format(count=show.count(number))
        return show.moment(shop.synced_at) if shop.synced_at is not None else self.tr("还没有同步过")

    def _show_tested(self, tested: Tested | None) -> None:
        self._result.setVisible(tested is not None)
        if tested is None:
            return
        if tested.running:
            self.outcome.show_state(self.tr("检查中"), "muted")
            self.result.setText(self.tr("正在询问平台…"))
        elif tested.problem is not None:
            self.outcome.show_state(self.tr("不能使用"), "block")
            self.result.setText(self._desk.kit.words.error(tested.problem))
        elif tested.report is not None:
            self.outcome.show_state(self.tr("连接正常"), "ok")
            words = self.tr("接口版本 {version} · 时钟相差 {skew} 秒")
            if tested.report.pinned_keys:
                words = self.tr("接口版本 {version} · 时钟相差 {skew} 秒 · 公钥与连接时一致")
            skew = f"{abs(tested.report.clock_skew_seconds):.1f}"
            self.result.setText(words.format(version=tested.report.api_version, skew=skew))

    def _disconnect(self) -> None:
        if self.shop is None:
            return
        account = self.shop.account
        words = self.tr(
            "客户、同意记录、拒收名单和发送记录都保留。\n密钥会从这台电脑删除；之后不能再同步，也不能用它发送，直到重新连接。"
        )
        title = self.tr("断开“{name}”？").format(name=account.label)
        if confirm(self, title, words, yes=self.tr("断开"), no=self.tr("保留"), danger=True):
            self._model.disconnect_account(account.id)

    def _reconnect(self) -> None:
        if self.shop is not None:
            self._section.connect_account(again(self.shop.account, self.shop.entity))
