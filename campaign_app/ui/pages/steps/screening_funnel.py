"""The funnel: one bar per gate, the sum that must hold, and the same as a table."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from campaign_app.ui import show
from campaign_app.ui.cells import Cell, Column
from campaign_app.ui.itemmodels.rows import RowsModel
from campaign_app.ui.kit import Kit
from campaign_app.ui.theme.sheet import set_property
from campaign_app.ui.theme.tokens import ROW
from campaign_app.ui.viewmodels.funnel import FunnelState
from campaign_app.ui.widgets.bars import Bar, Bars, Legend
from campaign_app.ui.widgets.basics import button, column, divider, label, row
from campaign_app.ui.widgets.table import Table

AUDIENCE: Final = "audience"
COLOURS: Final = {"refused": "block", "unproven": "warn", "limit": "info", "unscreened": "edge"}


class FunnelView(QFrame):
    """`opened` carries the reason of a bar or row."""

    opened = Signal(str)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setObjectName("funnel")
        self._kit = kit
        self.sum = label("", "strong", name="funnel_sum", select=True, wrap=True)
        self.switch = button(self.tr("表格"), "quiet", name="funnel_switch", click=self._switch, small=True)
        self.bars = Bars(kit.theme, self.tr("受众核验的漏斗"))
        self.bars.chosen.connect(self._open)
        self.passed = label("", "small", wrap=True, name="funnel_passed")
        self.fallen = label("", "muted", wrap=True, name="funnel_fallen", select=True)
        legend = Legend(
            kit.theme,
            (
                ("block", self.tr("本人拒绝或受保护")),
                ("warn", self.tr("同意未经确认")),
                ("info", self.tr("号码、文案与频次")),
                ("ok", self.tr("可以发送")),
            ),
        )
        drawn = QWidget()
        drawn.setLayout(column(self.bars, legend, self.passed, None, space=3))
        self.stack = QStackedWidget()
        self.stack.addWidget(drawn)
        self._columns = self._table_columns()
        self.model: RowsModel[Bar] = RowsModel(self._columns, parent=self)
        self.table = Table(kit.theme, "funnel_table", self.tr("受众核验的结果，按原因"))
        self.table.use(self.model, self._columns)
        self.table.opened.connect(self._open_row)
        self.stack.addWidget(self.table)
        head = row(self.sum, self.switch, stretch=0)
        self.setLayout(column(head, self.fallen, divider(), self.stack, space=2, margin=4, stretch=3))

    def show_funnel(self, state: FunnelState) -> None:
        self.sum.setText(self._sum(state))
        set_property(self.sum, "role", "strong" if state.adds_up else "block")
        self.fallen.setVisible(bool(state.fallen))
        self.fallen.setText(
            self.tr("核验时可以发送 {} 人，其中 {} 人在发出前被拦下，已计入未通过。").format(
                show.count(state.ready + state.fallen), show.count(state.fallen)
            )
        )
        bars = self._bars(state)
        self.bars.show_bars(bars)
        self.model.show(bars)
        self.table.setMinimumHeight(min(len(bars), 12) * ROW + 44)
        words = self._kit.words
        names = self.tr("、").join(words.term("reason", reason) for reason in state.passed)
        self.passed.setText(self.tr("另有 %Ln 项核验没有排除任何人：", "", len(state.passed)) + names)
        # of whom has no verdict yet nobody knows what will keep them out
        self.passed.setVisible(bool(state.passed) and bool(state.audience) and not state.waiting)

    def _sum(self, state: FunnelState) -> str:
        counts = [show.count(number) for number in (state.audience, state.ready, state.excluded)]
        if state.waiting:
            return self.tr("受众 {} = 可以发送 {} + 未通过 {} + 还未核验 {}").format(*counts, show.count(state.waiting))
        if state.adds_up:
            return self.tr("受众 {} = 可以发送 {} + 未通过 {}").format(*counts)
        return self.tr("人数对不上：受众 {}，可以发送 {} + 未通过 {}。为防遗漏，不能发送；请重新核验。").format(*counts)

    def _bars(self, state: FunnelState) -> tuple[Bar, ...]:
        words, whole = self._kit.words, max(1, state.audience)
        everybody = Bar(
            AUDIENCE, self.tr("受众"), state.audience, show.share(state.audience, state.audience), 0.0,
            1.0 if state.audience else 0.0, "accent", self.tr("核验开始时冻结的全部客户。"), opens=False, strong=True,
        )  # fmt: skip
        gates = [
            Bar(
                gate.reason, words.term("reason", gate.reason), gate.count, show.share(gate.count, state.audience),
                min(1.0, gate.after / whole), min(1.0, gate.before / whole), COLOURS[gate.kind],
                words.why("reason", gate.reason),
            )
            for gate in state.gates
        ]  # fmt: skip
        ready = Bar(
            "ok", words.term("reason", "ok"), state.ready, show.share(state.ready, state.audience), 0.0,
            min(1.0, state.ready / whole), "ok", words.why("reason", "ok"), opens=state.ready > 0, strong=True,
        )  # fmt: skip
        return (everybody, *gates, ready)

    def _table_columns(self) -> tuple[Column[Bar], ...]:
        return (
            Column(self.tr("原因"), 216, lambda bar: Cell(bar.text)),
            Column(self.tr("人数"), 100, lambda bar: Cell(show.count(bar.count)), right=True),
            Column(self.tr("占受众"), 90, lambda bar: Cell(bar.share), right=True),
            Column(self.tr("说明"), 200, lambda bar: Cell(bar.why, bar.why), grows=True, rank=1),
        )

    def _switch(self) -> None:
        as_table = self.stack.currentIndex() == 0
        self.stack.setCurrentIndex(int(as_table))
        self.switch.setText(self.tr("图") if as_table else self.tr("表格"))

    def _open_row(self, number: int) -> None:
        bar = self.model.row(number)
        if bar is not None and bar.opens:
            self._open(bar.key)

    def _open(self, reason: str) -> None:
        self.opened.emit(reason)
