"""What the campaign will cost, for how many parts, and the budget that it must keep to."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame

from campaign_app.domain.money import yuan
from campaign_app.services.money import Spending
from campaign_app.ui import show
from campaign_app.ui.viewmodels.budget import BudgetModel, BudgetState
from campaign_app.ui.widgets.amount_edit import AmountEdit
from campaign_app.ui.widgets.basics import column, label, row, show_if

MOST = 4  # kinds of length that are listed


class BudgetCard(QFrame):
    def __init__(self, model: BudgetModel) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setObjectName("budget")
        self._model = model
        self.cost = label("", "strong", name="budget_cost")
        self.parts = label("", "small", wrap=True, name="budget_parts")
        self.edit = AmountEdit("budget_field", self.tr("本活动预算（元）"), self.tr("元"), self.tr("不限"))
        self.edit.typed.connect(model.type)
        self.edit.entered.connect(model.save)
        self.hint = label("", "small", wrap=True, name="budget_hint")
        head = row(label(self.tr("预算与费用"), "heading", wrap=True), self.cost, stretch=0)
        entry = row(label(self.tr("本活动预算"), "muted"), None, self.edit)
        self.setLayout(column(head, self.parts, entry, self.edit.wrong, self.hint, space=2, margin=4))
        model.changed.connect(self.show_state)
        self.show_state(model.state)

    def show_state(self, state: BudgetState) -> None:
        spending = state.spending
        show_if(self, spending is not None)
        if spending is None:
            return
        cost = spending.quote.cost
        self.cost.setText(self.tr("单价未填") if cost is None else yuan(cost))
        self.parts.setText(self._parts(spending))
        self.edit.setEnabled(state.settable)
        wrong = self.tr("请填 0 或以上的金额，最小到 0.0001。") if state.budget.wrong else ""
        self.edit.show_typed(state.budget.typed, wrong)
        self.hint.setText(self._hint(spending))

    def _parts(self, spending: Spending) -> str:
        quote = spending.quote
        by_parts = list(quote.people_by_parts.items())
        listed = self.tr("、").join(
            self.tr("{parts} 条 × {people} 人").format(parts=parts, people=show.count(people))
            for parts, people in by_parts[:MOST]
        )
        if len(by_parts) > MOST:
            listed += self.tr("等")
        counted = show.count(quote.parts)
        if not listed:
            return self.tr("按核验后的每个人计：共 {parts} 条").format(parts=counted)
        return self.tr("按核验后的每个人计：共 {parts} 条（{listed}）").format(parts=counted, listed=listed)

    def _hint(self, spending: Spending) -> str:
        if spending.unpriced:
            names = self.tr("、").join(spending.unpriced)
            return self.tr("{names} 的单价在“设置 → 费用与预算”里填。").format(names=names)
        return self.tr("不填即不限。会超出预算就不会开始。")
