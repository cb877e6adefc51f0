"""设置 → 费用与预算: what a part costs at each sender account, and what each entity may spend in a month."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from campaign_app.domain.money import Bill, yuan
from campaign_app.domain.team import Permission
from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.pages.settings_section import Section
from campaign_app.ui.viewmodels.amounts import Amount
from campaign_app.ui.viewmodels.money import MoneyModel, MoneyState
from campaign_app.ui.widgets.amount_edit import AmountEdit
from campaign_app.ui.widgets.basics import clear, column, divider, label, row
from campaign_app.ui.widgets.empty import Empty


class MoneySection(Section):
    def __init__(self, desk: Desk, model: MoneyModel) -> None:
        super().__init__()
        self.title.setText(self.tr("费用与预算"))
        self.subtitle.setText(
            self.tr("费用按单价乘以每个人实际的计费条数算出，以服务商账单为准。改动留痕，从下一批起生效。")
        )
        self._desk, self._model = desk, model
        self.lines: dict[str, MoneyLine] = {}
        self._landing: tuple[str, ...] = ()
        self.empty = Empty(
            desk.kit.theme,
            "store",
            self.tr("还没有发送通道"),
            self.tr("连接能发短信的账户后，在这里填它的单价。"),
            action=self.tr("去连接账户"),
            click=lambda: desk.way.to("settings", "accounts"),
        )
        self._prices, self._months = QVBoxLayout(), QVBoxLayout()
        self.price_card = self._group(
            self.tr("每条单价"),
            self.tr(
                "按与服务商的合同填写，最小到 0.0001 元。腾讯云的套餐余量见其账户卡片，其他余额请到服务商控制台查看。"
            ),
            self._prices,
        )
        self.month_card = self._group(
            self.tr("每月预算"),
            self.tr("每个主体每个自然月（北京时间）最多花多少。会超出的活动不会开始，等人处理；不填即不限。"),
            self._months,
        )
        for part in (self.empty, self.price_card, self.month_card):
            self.content.addWidget(part)
        model.changed.connect(self.show_state)
        self.show_state(model.state)

    def show_state(self, state: MoneyState) -> None:
        self.empty.setVisible(state.loaded and not state.prices)
        self.price_card.setVisible(bool(state.prices))
        self.month_card.setVisible(bool(state.months))
        keys = [each.key for each in (*state.prices, *state.months)]
        if keys != list(self.lines):
            self._rebuild(state)
        wrong = self.tr("请填 0 到 10 之间的数，最小到 0.0001。")
        for each in state.prices:
            self.lines[each.key].show_line(each, wrong, "")
        for each in state.months:
            spent = self._spent(state.bills[each.key])
            self.lines[each.key].show_line(each, self.tr("请填 0 或以上的金额，最小到 0.0001。"), spent)
        self._come()

    def land(self, kinds: Sequence[str]) -> None:
        """`price` or `month`: in the first of these amounts that is not filled, else in the first."""
        self._landing = tuple(kinds)
        self._come()

    def _come(self) -> None:
        of = [key for key in self.lines if key.partition(":")[0] in self._landing]
        if not of:
            return
        self._landing = ()
        field = self.lines[next((key for key in of if not self.lines[key].edit.field.text()), of[0])].edit.field
        QTimer.singleShot(0, field, field.setFocus)  # the section is shown by then

    def _rebuild(self, state: MoneyState) -> None:
        for layout in (self._prices, self._months):
            clear(layout)
        self.lines = {}
        units = (self.tr("元/条"), self.tr("未填")), (self.tr("元"), self.tr("不限"))
        for layout, amounts, (unit, none) in zip(
            (self._prices, self._months), (state.prices, state.months), units, strict=True
        ):
            for each in amounts:
                line = self.lines[each.key] = MoneyLine(each, unit, none, self._model)
                self._desk.allow(Permission.SET, line.edit)
                layout.addWidget(divider())
                layout.addWidget(line)

    def _spent(self, bill: Bill) -> str:
        said = self.tr("本月已用 {cost}，计费 {parts} 条").format(cost=yuan(bill.cost), parts=show.count(bill.parts))
        if bill.unpriced:
            said += self.tr("；其中 {parts} 条发出时没有单价，未计入").format(parts=show.count(bill.unpriced))
        return said

    def _group(self, title: str, hint: str, lines: QVBoxLayout) -> QFrame:
        made = QFrame()
        made.setProperty("role", "card")
        lines.setSpacing(8)
        head = column(label(title, "strong"), label(hint, "small", wrap=True), space=1)
        made.setLayout(column(head, lines, margin=4, space=2))
        return made


class MoneyLine(QWidget):
    def __init__(self, amount: Amount, unit: str, none: str, model: MoneyModel) -> None:
        super().__init__()
        key = amount.key
        save: Callable[[], None] = lambda: model.save(key)  # noqa: E731 typed for the signal
        self.edit = AmountEdit(f"money_{key.replace(':', '_')}", amount.title, unit, none)
        self.edit.typed.connect(lambda text: model.type(key, text))
        self.edit.entered.connect(save)
        self.under = label("", "small", wrap=True)
        words = column(label(amount.title, wrap=True), self.under, self.edit.wrong, space=1)
        self.setLayout(row(words, self.edit, space=4, stretch=0))

    def show_line(self, amount: Amount, sentence: str, under: str) -> None:
        self.edit.show_typed(amount.typed, sentence if amount.wrong else "")
        self.under.setText(under)
        self.under.setVisible(bool(under))
