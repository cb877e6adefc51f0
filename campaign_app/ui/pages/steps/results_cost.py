"""What a campaign has cost so far, beside everything that its entity sent in this month."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame

from campaign_app.domain.money import yuan
from campaign_app.ui import show
from campaign_app.ui.viewmodels.budget import BillModel, Cost
from campaign_app.ui.widgets.basics import column, label
from campaign_app.ui.widgets.run_view import Number, Numbers


class CostCard(QFrame):
    """Hidden until something has left whose parts were counted."""

    def __init__(self, model: BillModel) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setObjectName("results_cost")
        self.numbers = Numbers(self.tr("费用"), across=4)
        self.hint = label("", "small", wrap=True, name="results_cost_hint", select=True)
        self.setLayout(column(label(self.tr("费用"), "heading"), self.numbers, self.hint, space=3, margin=4))
        model.changed.connect(self.show_cost)
        self.show_cost(model.state)

    def show_cost(self, cost: Cost | None) -> None:
        self.setVisible(cost is not None and cost.bill.parts > 0)
        if cost is None:
            return
        bill, month = cost.bill, cost.month
        priced = self.tr("单价未填") if bill.unpriced == bill.parts else yuan(bill.cost)
        budget = self.tr("不限") if month.budget is None else yuan(month.budget)
        self.numbers.show_numbers(
            (
                Number("parts", self.tr("计费条数"), show.count(bill.parts)),
                Number("cost", self.tr("本活动费用"), priced),
                Number("month", self.tr("主体本月合计"), yuan(month.bill.cost)),
                Number("budget", self.tr("月预算"), budget),
            )
        )
        self.hint.setText(self._hint(cost))

    def _hint(self, cost: Cost) -> str:
        said = [self.tr("按发出的条数和当时的单价计算，被通道拒绝的不计；以服务商的账单为准。")]
        if cost.bill.told:
            told, counted = show.count(cost.bill.told), show.count(cost.bill.told_counted)
            if cost.bill.told == cost.bill.told_counted:
                said.append(self.tr("服务商已报计费 {} 条，与本程序的估算一致。").format(told))
            else:
                said.append(self.tr("服务商计费 {} 条，本程序估算 {} 条。").format(told, counted))
        if cost.bill.unpriced:
            unpriced = show.count(cost.bill.unpriced)
            said.append(self.tr("其中 {} 条发出时没有填单价，未计入费用。").format(unpriced))
        return "\n".join(said)
