"""The part of an account's card about what goes by time: its authorisation, opt-outs in both directions; and the way to

the receipts of erasures.
"""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFormLayout, QWidget

from campaign_app.services.following import Lag
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.erasure_records import ErasureRecords
from campaign_app.ui.pages.settings_section import fact
from campaign_app.ui.viewmodels.accounts import Shop
from campaign_app.ui.viewmodels.erasures import ErasuresModel
from campaign_app.ui.widgets.basics import button


class FollowPart(QObject):
    """Its lines go into `form`; `erased` is a button for the card."""

    def __init__(self, desk: Desk, form: QFormLayout, card: QWidget) -> None:
        super().__init__(card)
        self._desk, self._form, self._card = desk, form, card
        self._shop: Shop | None = None
        self.dialog: ErasureRecords | None = None
        self.until = fact(form, self.tr("授权到期"), key="account_until")
        self.read = fact(form, self.tr("退订已读至"), key="account_changes_read")
        self.told = fact(form, self.tr("退订告知"), key="account_told")
        self.erased = button(self.tr("删除回执…"), "quiet", name="account_erased", small=True, click=self._show)

    def show_shop(self, shop: Shop) -> None:
        self._shop = shop
        self._form.setRowVisible(self.until, shop.ends and shop.connected)
        self._form.setRowVisible(self.read, shop.follows_changes)
        self._form.setRowVisible(self.told, shop.lag is not None)
        unknown = self.tr("到期日未知：平台没有告知，连接时也没有填写，到期前不会提醒")
        self.until.setText(unknown if shop.expiry is None else show.day(shop.expiry.at - timedelta(seconds=1)))
        never = self.tr("还没有读过：第一次核验之后开始")
        self.read.setText(never if shop.changes_read is None else show.moment(shop.changes_read, seconds=True))
        self.told.setText("" if shop.lag is None else self._told(shop.lag))

    def show_erased(self, *, on: bool) -> None:
        self.erased.setVisible(on and self._shop is not None and not self._shop.is_carrier)

    def _told(self, lag: Lag) -> str:
        said = self.tr("最近 %Ln 位：半数在{half}内告知平台，最久{longest}", "", lag.count)
        return said.format(half=self._long(lag.half), longest=self._long(lag.longest))

    def _long(self, took: timedelta) -> str:
        now = self._desk.app.clock()
        number, unit = show.ago(now - took, now)
        if unit == "minute":
            return self.tr(" %Ln 分钟", "", max(1, number))
        return self.tr(" %Ln 小时", "", number) if unit == "hour" else self.tr(" %Ln 天", "", number)

    def _show(self) -> None:
        if self._shop is None:
            return
        kit, account = self._desk.kit, self._shop.account
        model = ErasuresModel(self._desk.app, kit.tasks, kit.messages, account.id)
        self.dialog = ErasureRecords(kit, model, account.label, self._card)
        self.dialog.show()
