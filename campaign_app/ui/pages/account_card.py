"""One connected account: what it can do, what is the matter with it, and how to test, sync, renew and disconnect it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import AppError
from campaign_app.domain.team import Permission
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.account_follow import FollowPart
from campaign_app.ui.pages.account_sender import SenderPart
from campaign_app.ui.pages.account_words import RENEW, TELL, UNREAD, AccountWords
from campaign_app.ui.pages.settings_section import fact, facts
from campaign_app.ui.viewmodels.accounts import AccountsModel, Shop, Tested
from campaign_app.ui.viewmodels.connect import again
from campaign_app.ui.widgets.ask import confirm
from campaign_app.ui.widgets.basics import button, column, frame, label, literal, row
from campaign_app.ui.widgets.elided import Elided
from campaign_app.ui.widgets.flow import Flow
from campaign_app.ui.widgets.pill import Pill
from campaign_app.ui.widgets.todo import Todos

NAMED: Final = 5
# what its notes lead to; a worker tells platforms by itself, and nobody else may have it done
NEEDED: Final[Mapping[str, Permission]] = {
    TELL: Permission.WORK, UNREAD: Permission.CLEAR, RENEW: Permission.CONNECT,
}  # fmt: skip
UNREAD_SHOWN: Final = 5  # as many as a person can look at before they go; the others come after them


class AccountCard(QFrame):
    """`connecting` asks for the connect dialog, with what is known of the account."""

    connecting = Signal(object, object)  # Asked, the account to renew

    def __init__(self, desk: Desk, model: AccountsModel) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._desk, self._model = desk, model
        theme = desk.kit.theme
        self.shop: Shop | None = None
        self.name = label("", "strong", name="account_name", wrap=True)
        self.platform = Elided("", "muted", "account_platform")
        self.state = Pill(theme)
        self.simulated = Pill(theme, self.tr("模拟"), "warn")
        self.simulated.setToolTip(self.tr("模拟平台的同意记录不能用于真实发送。"))
        self.able = label("", "muted", wrap=True, name="account_able")
        self._form = form = facts()
        self.entity = fact(form, self.tr("主体"), key="account_entity")
        self.source = fact(form, self.tr("由谁确认同意"), key="account_source")
        self.sending = SenderPart(desk.kit, model, form, self)
        self.synced = fact(form, self.tr("最近同步"), key="account_synced")
        self.following = FollowPart(desk, form, self)
        self._details()
        self.result = label("", wrap=True, select=True, name="account_result")
        self.outcome = Pill(theme)
        self._result = frame("well", row(self.outcome, self.result, space=3, stretch=1))
        inside = self._result.layout()
        assert inside is not None
        inside.setContentsMargins(12, 10, 12, 10)
        self._buttons()
        head = row(self.name, self.state, self.simulated, self.platform, stretch=3)
        self._words = AccountWords(desk.kit, self)
        self.notes = Todos(theme, name="account_notes", role="well")
        self.notes.chosen.connect(self._act)
        layout = column(head, self.able, self.notes, form, self._result, self._foot(), margin=4)
        self.setLayout(layout)

    def _foot(self) -> QHBoxLayout:
        made = row(self._actions, self.following.erased, self.more, stretch=0)
        for part in (self.following.erased, self.more):
            made.setAlignment(part, Qt.AlignmentFlag.AlignBottom)
        return made

    def _details(self) -> None:
        """What is looked at once a year, out of the way."""
        self.issuer = fact(self._form, self.tr("出具方"), key="account_issuer")
        self.address = fact(self._form, self.tr("平台地址"), key="account_address")
        self.key_id = fact(self._form, self.tr("账户标识"), key="account_key_id")
        self.more = button("", "quiet", name="account_more", click=self._turn, small=True)
        self._show_details(on=False)

    def _turn(self) -> None:
        self._show_details(on=not self._form.isRowVisible(self.issuer))

    def _show_details(self, *, on: bool) -> None:
        for part in (self.issuer, self.address, self.key_id):
            self._form.setRowVisible(part, on)
        self.following.show_erased(on=on)
        self.more.setText(self.tr("收起") if on else self.tr("详细信息"))

    def take_focus(self) -> None:
        """The keyboard is on what is to be done."""
        wanted = self.notes.findChild(QPushButton) or (self.test if self.test.isVisibleTo(self) else self.again)
        wanted.setFocus()

    def show_shop(self, shop: Shop) -> None:
        self.notes.show_lines(self._words.lines(shop, self._desk.app.clock()))
        for key, permission in NEEDED.items():
            if (act := self.notes.findChild(QPushButton, f"todo_{key}")) is not None and act.isEnabled():
                self._desk.allow(permission, act)
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
        self.sending.show_shop(shop)
        self.following.show_shop(shop)
        self.address.setText(account.base_url)
        self.key_id.setText(account.key_id)
        self.synced.setText(self._synced(shop))
        self.test.setVisible(shop.connected)
        listed = shop.capabilities is None or shop.capabilities.customers or shop.capabilities.signatures
        listed = listed or account.consent_account_id is not None  # whose endpoint may list them
        self.sync.setVisible(shop.connected and listed)
        self._form.setRowVisible(self.synced, listed)
        self.leave.setVisible(shop.connected)
        self.again.setVisible(not shop.connected)
        self.sync.setEnabled(shop.syncing is None)
        self._show_tested(shop.tested)

    def _act(self, key: str) -> None:
        if key == RENEW:
            self.renew()
        elif self.shop is not None and key == TELL:
            self._model.tell(self.shop.account.id)
        elif self.shop is not None and key == UNREAD:
            self._clear_unread(self.shop)

    def _clear_unread(self, shop: Shop) -> None:
        """What can be shown of them, and whether they may go."""
        looked_at = shop.unread[:UNREAD_SHOWN]
        shown = "\n".join(f"{show.moment(each.at)}  {each.said}" for each in looked_at)
        numbers = sum(each.numbers for each in looked_at)
        kept = self.tr("能认出的号码有 {} 个，都按退订处理。原文加密留存在本工作区，操作记入审计。").format(numbers)
        left = len(shop.unread) - len(looked_at)
        more = self.tr("另有 %Ln 条这次不清除，之后再列出。", "", left) if left else ""
        words = "\n\n".join(each for each in (shown, more, kept) if each)
        title = self.tr("把这些回复从服务商的队列里清除？")
        if confirm(self, title, words, yes=self.tr("清除"), no=self.tr("保留"), danger=True):
            self._model.clear_unread(shop.account.id, [each.name for each in looked_at])

    def _buttons(self) -> None:
        self.test = button(self.tr("测试连接"), name="account_test", small=True, click=self._test)
        self.sync = button(self.tr("同步"), name="account_sync", small=True, click=self._sync)
        self.choose_source = button(
            self.tr("由谁确认同意…"), name="account_choose_source", small=True, click=self._choose_source
        )
        self.leave = button(self.tr("断开…"), name="account_leave", small=True, click=self._disconnect)
        self.again = button(self.tr("重新连接…"), name="account_again", small=True, click=self.renew)
        connects = (self.test, self.choose_source, self.leave, self.again, self.sending.choose)
        self._desk.allow(Permission.CONNECT, *connects)
        self._desk.allow(Permission.VOUCH, self.sending.read, self.sending.compare)
        own = self.sending.choose, self.sending.read, self.sending.compare
        self._actions = Flow()
        for each in (self.test, self.sync, self.choose_source, *own, self.leave, self.again):
            self._actions.addWidget(each)

    def _test(self) -> None:
        """The button stays on meanwhile: off it would lose the keyboard to the next one."""
        if self.shop is not None and not (self.shop.tested is not None and self.shop.tested.running):
            self._model.test(self.shop.account.id)

    def _sync(self) -> None:
        if self.shop is not None:
            self._model.sync(self.shop.account.id)

    def _show_source(self, shop: Shop) -> None:
        needed = shop.capabilities is not None and not shop.capabilities.consent_lookup and not shop.is_carrier
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
        action = menu.addAction(literal(f"{source.label} · {source.issuer_name}"))
        action.triggered.connect(lambda: self._model.take_consents_from(account_id, source.id))

    def _synced(self, shop: Shop) -> str:
        if shop.syncing is not None:
            number = shop.syncing.progress
            return self.tr("正在同步，已收到 {count} 位客户", "", number).format(count=show.count(number))
        if shop.synced_at is None:
            return self.tr("还没有同步过")
        kept = self._desk.kit.words.term("job_note", "unreachable").format(count=show.count(shop.unreachable))
        return show.moment(shop.synced_at) + (f"\n{kept}" if shop.unreachable else "")

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
            if tested.report.unverified:
                words += self.tr(" · 未核实的权限：{names}")
            skew = f"{abs(tested.report.clock_skew_seconds):.1f}"
            names = self.tr("、").join(tested.report.unverified)
            self.result.setText(words.format(version=tested.report.api_version, skew=skew, names=names))

    def _disconnect(self) -> None:
        if self.shop is None:
            return
        account = self.shop.account
        words = self.tr(
            "客户、同意记录、拒收名单和发送记录都保留。\n密钥会从这台电脑删除；之后不能再同步，也不能用它发送，直到重新连接。"
        )
        if waiting := self.shop.waiting_for:
            names = self.tr("、").join(waiting[:NAMED]) + ("…" if len(waiting) > NAMED else "")
            words = self.tr("这个主体还有没发完的活动：{names}").format(names=names) + f"\n{words}"
        title = self.tr("断开“{name}”？").format(name=account.label)
        if confirm(self, title, words, yes=self.tr("断开"), no=self.tr("保留"), danger=True):
            self._model.disconnect_account(account.id)

    def renew(self) -> None:
        """The connect dialog with what is known of the account; its secrets are typed anew."""
        if self.shop is not None:
            renews = self.shop.account if self.shop.connected else None
            self.connecting.emit(again(self.shop.account, self.shop.entity), renews)
