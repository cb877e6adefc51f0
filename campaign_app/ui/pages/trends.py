"""退订与投诉 → 风向标: whose complaints rise, against the period before; every share with its counts."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QStackedWidget, QWidget

from campaign_app.domain.trend import Share, Turn
from campaign_app.services.trends import PERIODS, By, Trend, TrendRow
from campaign_app.ui import show
from campaign_app.ui.cells import Cell, Column
from campaign_app.ui.desk import Desk
from campaign_app.ui.itemmodels.rows import RowsModel
from campaign_app.ui.widgets.basics import card, column, label, row, show_if
from campaign_app.ui.widgets.empty import Empty
from campaign_app.ui.widgets.table import Table
from campaign_app.ui.widgets.tabs import tab_bar

_LEVELS: Final = {
    Turn.RISES: "block", Turn.FALLS: "ok", Turn.STEADY: "muted", Turn.TOO_FEW: "muted", Turn.NOTHING_SENT: "muted",
}  # fmt: skip
_FIRST: Final = 30  # days
RATED: Final = 1_000  # messages


class TrendsPanel(QWidget):
    """`said` carries what the page says under its title."""

    said = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        titles = [desk.kit.words.term("trend_by", by) for by in By]
        self.tabs = tab_bar("trend_by", self.tr("按什么分"), titles)
        self.days = QComboBox()
        self.days.setObjectName("trend_days")
        self.days.setAccessibleName(self.tr("每期多长"))
        for days in PERIODS:
            self.days.addItem(self.tr("近 {} 天，与之前 {} 天相比").format(days, days), days)
        self.days.setCurrentIndex(PERIODS.index(_FIRST))
        self.total = label("", "strong", wrap=True, name="trend_total", select=True)
        self.rest = label("", "muted", wrap=True, name="trend_rest", select=True)
        self.rows: RowsModel[TrendRow] = RowsModel(self._columns(), parent=self)
        self.table = Table(desk.kit.theme, "trend_table", self.tr("投诉的变化"))
        self.table.use(self.rows, self.rows.columns)
        self.nothing = Empty(
            desk.kit.theme,
            "inbox",
            "",
            self.tr("有投诉之后，这里按活动、签名和受众比较：每个比例都带件数和条数，太少就说不能判断。"),
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.nothing)
        self.summary = card(self.total, self.rest, space=1)
        self.setLayout(
            column(row(self.tabs, None, self.days), self.summary, self.stack, space=4, stretch=2)
        )  # fmt: skip
        self.tabs.currentChanged.connect(lambda _: self.shown())
        self.days.activated.connect(lambda _: self.shown())

    def shown(self) -> None:
        by, days, trends = list(By)[self.tabs.currentIndex()], int(self.days.currentData()), self._desk.app.trends
        self._desk.kit.tasks.run(
            lambda _: trends.of(by, days), self.render_trend, failed=self._desk.kit.messages.error, owner=self,
            key="trend",
        )  # fmt: skip

    def tell(self) -> None:
        self.said.emit(self.tr("哪些活动、签名和受众的投诉在上升；超过策略里的比例，活动会自动停下。"))

    def render_trend(self, trend: Trend) -> None:
        self.rows.show(trend.rows)
        quiet = not trend.rows and not any(trend.unmatched)
        self.stack.setCurrentWidget(self.table if trend.rows else self.nothing)
        show_if(self.summary, not quiet)
        self.nothing.title.setText(
            self.tr("这两期没有投诉，也没有发送") if quiet else self.tr("这两期没有能对上短信的投诉，也没有发送")
        )
        words = self._desk.kit.words
        self.total.setText(
            self.tr("合计：本期 {now}；上期 {before}。{turn}。").format(
                now=self._counts(trend.total.now), before=self._counts(trend.total.before),
                turn=words.term("trend_turn", trend.total.turn),
            )
        )  # fmt: skip
        told = self.tr("对不上短信的投诉：本期 {now} 件，上期 {before} 件。").format(
            now=show.count(trend.unmatched[0]), before=show.count(trend.unmatched[1])
        )
        if trend.total.now.unchecked:
            told += self.tr("本期有 {} 件还没有人核对是哪一条短信，暂按最可能的活动计。").format(
                show.count(trend.total.now.unchecked)
            )
        self.rest.setText(told)

    def _counts(self, share: Share) -> str:
        return self.tr("{complaints} 件 / {sent} 条").format(
            complaints=show.count(share.complaints), sent=show.count(share.sent)
        )

    def _rate(self, share: Share) -> str:
        """Of less than a thousand messages a rate says nothing that the counts do not."""
        rate = share.per_10000
        return (
            ""
            if rate is None or not share.complaints or share.sent < RATED
            else self.tr("，每万条 {:.1f} 件").format(rate)
        )

    def _columns(self) -> tuple[Column[TrendRow], ...]:
        term = self._desk.kit.words.term
        return (
            Column(self.tr("名称"), 150, self._name, grows=2, named=True),
            Column(self.tr("变化"), 170, lambda each: Cell(term("trend_turn", each.turn), level=_LEVELS[each.turn])),
            Column(self.tr("本期"), 210, lambda each: Cell(self._counts(each.now) + self._rate(each.now)), grows=1),
            Column(
                self.tr("上期"), 210, lambda each: Cell(self._counts(each.before) + self._rate(each.before)), grows=1
            ),
        )

    def _name(self, each: TrendRow) -> Cell:
        campaigns = self.tr("、").join(each.campaigns)
        if each.name:
            return Cell(each.name, campaigns)
        return Cell(self.tr("未保存的条件：{}").format(campaigns), campaigns)
