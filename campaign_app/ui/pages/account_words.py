"""The sentences about an account that needs a person, the same on its card and on the overview."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from PySide6.QtCore import QObject

from campaign_app.services.account_matters import lateness
from campaign_app.services.expiry import is_near
from campaign_app.services.matters import Matter
from campaign_app.ui import show
from campaign_app.ui.kit import Kit
from campaign_app.ui.viewmodels.accounts import Shop
from campaign_app.ui.widgets.todo import Todo

TELL: Final = "tell"
RENEW: Final = "renew"
UNREAD: Final = "unread"


class AccountWords(QObject):
    def __init__(self, kit: Kit, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kit = kit

    def of(self, matter: Matter, now: datetime) -> tuple[str, str, str]:
        """(title, text, word on the button) of one of `account_matters`."""
        assert matter.at is not None
        shop = " · ".join((matter.subject, *(self._kit.words.term("platform", each) for each in matter.names)))
        if matter.code == "shared":
            return self._shared(shop)
        if matter.code != "untold":
            title, text = self._end(matter.at, now)
            return f"{shop} · {title}", text, self._renew()
        title = self.tr("{shop} · %Ln 位客户的退订还没有告知平台", "", matter.number).format(shop=shop)
        waited = self.tr("最早一位已等了{time}。").format(time=self._waited(matter.at, now))
        risk = self.tr("本机已不再给他们发短信；平台还不知道，经由平台的短信仍可能发到他们手机上。")
        action = self.tr("重新连接") if matter.note == "account_disconnected" else self.tr("去处理")
        return title, waited + self._gap() + self._because(matter.note) + risk, action

    def _shared(self, shop: str) -> tuple[str, str, str]:
        text = self.tr(
            "这里收到了另一个工作区所发短信的回执。客户的回复只会到其中一边：在那边退订的人，这里不知道，还会再发，反过来也一样。"
            "请让两个工作区各用各的账号，或只留一个在用；在那之前，退订请在两边都登记。"
        )
        return self.tr("{shop} · 另一个工作区也在用这个账号").format(shop=shop), text, self.tr("去看看")

    def lines(self, shop: Shop, now: datetime) -> list[Todo]:
        """What a card says of its authorisation, and of the opt-outs that its platform does not know of."""
        made = list[Todo]()
        if shop.expiry is not None and is_near(shop.expiry, now):
            level = "block" if shop.expiry.at <= now else "warn"
            made.append(Todo(RENEW, level, *self._end(shop.expiry.at, now), self._renew()))
        if shop.unread:
            made.append(self._unread(len(shop.unread)))
        return made if shop.untold is None else made + self._untold(shop, now)

    def _unread(self, count: int) -> Todo:
        title = self.tr("%Ln 条回复无法读取，发送已停住", "", count)
        text = self.tr("它们留在服务商的队列里，其中可能有人拒收。请先看过，再清除；能认出的号码按退订处理。")
        return Todo(UNREAD, "block", title, text, self.tr("查看并清除…"))

    def _untold(self, shop: Shop, now: datetime) -> list[Todo]:
        untold = shop.untold
        assert untold is not None
        backlog, made = untold.backlog, list[Todo]()
        if backlog.waiting:
            made.append(self._waiting(shop, now))
        if backlog.refused:
            title = self.tr("平台未接受 %Ln 位客户的退订", "", backlog.refused)
            text = self.tr("平台不认识这些客户标识。本机已不再给他们发短信；重新连接账户后会再告知一次。")
            made.append(Todo("refused", "warn", title, text))
        if backlog.untellable:
            title = self.tr("%Ln 位客户的退订无法告知平台", "", backlog.untellable)
            text = self.tr("此平台的接口不接收退订；本机已不再给他们发短信。平台自己也发短信的，请在平台后台关闭。")
            made.append(Todo("untellable", "info", title, text))
        return made

    def _waiting(self, shop: Shop, now: datetime) -> Todo:
        untold = shop.untold
        assert untold is not None
        assert untold.backlog.oldest is not None
        title = self.tr("%Ln 位客户的退订还没有告知平台", "", untold.backlog.waiting)
        since = self.tr("最早一位自 {at} 起等待。").format(at=show.moment(untold.backlog.oldest))
        kept = self.tr("本机已不再给他们发短信，后台会一直重试。")
        if not shop.connected:
            kept = self.tr("本机已不再给他们发短信，重新连接后才会告知平台。")
        level = lateness(untold, now) or ("warn" if untold.why else "info")
        action = "" if not shop.connected or shop.telling else self.tr("立即重试")
        told = self.tr("正在告知平台…") if shop.telling else kept
        return Todo(TELL, level, title, since + self._gap() + self._because(untold.why) + told, action)

    def _end(self, at: datetime, now: datetime) -> tuple[str, str]:
        """(title, text) of an authorisation that ends or has ended."""
        day = show.day(at - timedelta(seconds=1))  # it ends with that day
        if at <= now:
            text = self.tr("{day} 到期，平台已不接受旧令牌：不能同步、核验和发送。请在平台重新授权，再填入新令牌。")
            return self.tr("授权已过期"), text.format(day=day)
        left = (at - now).days
        title = self.tr("授权还有 %Ln 天到期", "", left) if left else self.tr("授权今天到期")
        text = self.tr("{day} 之后不能同步、核验和发送。请在平台重新授权，再填入新令牌；账户和数据都保留。")
        return title, text.format(day=day)

    def _renew(self) -> str:
        return self.tr("更新授权…")

    def _because(self, code: str) -> str:
        if not code:
            return ""
        return self.tr("原因：{why}").format(why=self._kit.words.term("state_note", code)) + self._gap()

    def _gap(self) -> str:
        """Between two sentences."""
        return "" if self._kit.words.language == "zh_CN" else " "

    def _waited(self, at: datetime, now: datetime) -> str:
        number, unit = show.ago(at, now)
        if unit == "minute":
            return self.tr(" %Ln 分钟", "", number)
        return self.tr(" %Ln 小时", "", number) if unit == "hour" else self.tr(" %Ln 天", "", number)
