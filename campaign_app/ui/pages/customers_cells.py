"""What stands in the columns of the table of customers: consent and suppression are two columns, never one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

from PySide6.QtCore import QObject

from campaign_app.domain.consent import ConsentFact, ConsentStatus, Suppression
from campaign_app.services.people import Glance, PersonRow
from campaign_app.ui import show
from campaign_app.ui.cells import NOTHING, Cell, Column
from campaign_app.words import Words

_SPENT: Final = "spend_cents"
LEVELS: Final = {
    ConsentStatus.CONFIRMED: "ok",
    ConsentStatus.PENDING: "warn",
    ConsentStatus.UNKNOWN: "warn",
    ConsentStatus.EXPIRED: "warn",
    ConsentStatus.DEFAULT: "block",
    ConsentStatus.DECLINED: "block",
    ConsentStatus.WITHDRAWN: "block",
    ConsentStatus.NO_RECORD: "muted",
}


def status_of(fact: Glance | ConsentFact, now: datetime) -> ConsentStatus:
    """As it stands now: a confirmed consent ends by itself."""
    over = fact.status is ConsentStatus.CONFIRMED and fact.expires_at is not None and fact.expires_at <= now
    return ConsentStatus.EXPIRED if over else fact.status


class CustomerCells(QObject):
    def __init__(
        self, words: Callable[[], Words], clock: Callable[[], datetime], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._words, self._clock = words, clock

    def columns(self) -> tuple[Column[PersonRow], ...]:
        sorts = self.tr("点一下按这一列排序，再点一下倒过来，第三下恢复同步的先后。")
        return (
            Column(self.tr("客户"), 104, self.name, grows=2, key="name"),
            Column(self.tr("手机号"), 120, self.phone, grows=1, rank=1, key="phone"),
            Column(
                self.tr("店铺"), 152, self.shop, grows=4, rank=4, key="shop", sort="account_id", tip=sorts, named=True
            ),
            Column(self.tr("同意"), 132, self.consent, key="consent"),
            Column(self.tr("拒收"), 132, self.suppression, key="suppression"),
            Column(self.tr("省份城市"), 112, self.place, grows=1, rank=5, key="place", sort="province", tip=sorts),
            Column(self.tr("累计消费"), 118, self.spent, right=True, rank=2, key="spent", sort=_SPENT, tip=sorts),
            Column(
                self.tr("最近下单"),
                118,
                self.last_order,
                right=True,
                rank=3,
                key="last_order",
                sort="last_order_at",
                tip=sorts,
            ),
        )

    def name(self, row: PersonRow) -> Cell:
        tip = self.tr("客户标识：{ref}").format(ref=row.ref)
        return Cell(row.name, f"{row.name}\n{tip}") if row.name else Cell(row.ref, tip)

    def phone(self, row: PersonRow) -> Cell:
        if row.phone:
            return Cell(row.phone)
        if row.sealed:
            return Cell(self.tr("密文"), self.tr("平台密文号码，只有平台能解读"), faint=True)
        return Cell("–", self.tr("平台没有提供手机号"), faint=True)

    def shop(self, row: PersonRow) -> Cell:
        return Cell(row.shop)

    def consent(self, row: PersonRow) -> Cell:
        fact, words = row.consent, self._words()
        if fact is None:
            return Cell(self.tr("未查询"), self.tr("还没有向平台查询过此人的同意；核验活动时会查询。"), level="muted")
        status = status_of(fact, self._clock())
        return Cell(words.term("consent_status", status.value), partial(self.consent_tip, fact), level=LEVELS[status])

    def consent_tip(self, fact: Glance) -> str:
        """Method and times, in a few lines."""
        words = self._words()
        lines = [self.tr("方式：{method}").format(method=words.term("consent_method", fact.method.value))]
        if fact.obtained_at is not None:
            lines.append(self.tr("取得：{at}").format(at=show.moment(fact.obtained_at)))
        if fact.expires_at is not None:
            lines.append(self.tr("到期：{at}").format(at=show.moment(fact.expires_at)))
        lines.append(self.tr("核对：{at}").format(at=show.moment(fact.checked_at)))
        if fact.simulated:
            lines.append(self.tr("模拟的同意记录，不能用于真实发送"))
        return "\n".join(lines)

    def suppression(self, row: PersonRow) -> Cell:
        if not row.suppressions:
            return Cell("–", self.tr("没有拒收记录"), faint=True)
        first, words = row.suppressions[0], self._words()
        text = words.term("suppression", first.kind.value)
        more = len(row.suppressions) - 1
        return Cell(f"{text} +{more}" if more else text, partial(self.marks, row), level="block")

    def marks(self, row: PersonRow) -> str:
        return "\n".join(map(self.mark, row.suppressions))

    def mark(self, mark: Suppression) -> str:
        words = self._words()
        return self.tr("{kind}：自 {at}，来自{source}").format(
            kind=words.term("suppression", mark.kind.value),
            at=show.moment(mark.since),
            source=words.term("suppression_source", mark.source),
        )

    def place(self, row: PersonRow) -> Cell:
        place = " ".join(each for each in (row.province, row.city) if each)
        return Cell(place) if place else NOTHING

    def spent(self, row: PersonRow) -> Cell:
        return Cell(show.money(row.spend_cents)) if row.spend_cents else NOTHING

    def last_order(self, row: PersonRow) -> Cell:
        return NOTHING if row.last_order_at is None else Cell(show.day(row.last_order_at))
