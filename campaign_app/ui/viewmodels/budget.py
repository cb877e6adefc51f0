"""A campaign's money: its budget while it is prepared, and what it has cost."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from campaign_app.domain.errors import AppError
from campaign_app.domain.money import Bill
from campaign_app.services.money import BUDGETABLE, Month, Spending
from campaign_app.ui.viewmodels.amounts import Amount, amount, beside
from campaign_app.ui.viewmodels.campaign import CampaignModel, CampaignView
from campaign_app.ui.viewmodels.preflight import PreflightModel, PreflightState

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Tasks

ACTOR: Final = "window"
BUDGET, BILL = "budget_model", "bill_model"


@dataclass(frozen=True, slots=True)
class BudgetState:
    """`spending` is None before the screening."""

    spending: Spending | None = None
    budget: Amount = field(default_factory=lambda: amount(BUDGET, "", None))
    settable: bool = False


class BudgetModel(QObject):
    """What the pre-flight found is shown; a budget that is kept has it look again."""

    changed = Signal(object)  # BudgetState

    def __init__(
        self, app: App, tasks: Tasks, messages: Messages, model: CampaignModel, preflight: PreflightModel
    ) -> None:
        super().__init__(model)
        self.setObjectName(BUDGET)
        self._money, self._tasks, self._messages = app.money, tasks, messages
        self._model, self._preflight = model, preflight
        self.state = BudgetState()
        preflight.changed.connect(self._looked)
        model.changed.connect(self._moved)
        self._looked(preflight.state)

    def type(self, text: str) -> None:
        self._become(replace(self.state, budget=replace(self.state.budget, typed=text)))

    def save(self) -> None:
        known, campaign_id = self.state.budget, self._model.id
        if known.wrong or known.kept or not self.state.settable:
            return
        value = known.value
        self._tasks.write(
            lambda _: self._money.set_budget(campaign_id, value, actor=ACTOR),
            lambda _: self._kept(value),
            failed=self._failed,
            owner=self,
        )

    def _kept(self, value: int | None) -> None:
        self._become(replace(self.state, budget=replace(self.state.budget, stored=value)))
        self._preflight.load()

    def _failed(self, error: AppError) -> None:
        self._messages.error(error)
        self._preflight.load()

    def _looked(self, found: PreflightState) -> None:
        spending = None if found.seen is None else found.seen.spending
        if spending is None:
            self._become(replace(self.state, spending=None, settable=self._settable(self._model.view)))
            return
        read = amount(BUDGET, "", spending.limits.campaign)
        (budget,) = beside((self.state.budget,), (read,))
        self._become(BudgetState(spending, budget, self._settable(self._model.view)))

    def _moved(self, view: CampaignView) -> None:
        self._become(replace(self.state, settable=self._settable(view)))

    def _settable(self, view: CampaignView) -> bool:
        return view.campaign.state in BUDGETABLE

    def _become(self, state: BudgetState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)


@dataclass(frozen=True, slots=True)
class Cost:
    """What the campaign has cost, and everything that its entity sent in this month."""

    bill: Bill
    month: Month


class BillModel(QObject):
    changed = Signal(object)  # Cost

    def __init__(self, app: App, tasks: Tasks, model: CampaignModel) -> None:
        super().__init__(model)
        self.setObjectName(BILL)
        self._money, self._tasks, self._model = app.money, tasks, model
        self.state: Cost | None = None
        self._counted: object = None
        model.changed.connect(self._moved)

    def load(self) -> None:
        campaign = self._model.view.campaign
        self._tasks.run(
            lambda _: Cost(self._money.bill(campaign.id), self._money.month(campaign.entity_uscc)),
            self._loaded,
            owner=self,
            key="bill",
        )

    def _moved(self, view: CampaignView) -> None:
        """What leaves and what is turned away changes the cost; replies do not."""
        counted = tuple(view.counts.get(key, 0) for key in ("submitted", "rejected"))
        if counted != self._counted:
            self._counted = counted
            self.load()

    def _loaded(self, cost: Cost) -> None:
        if cost != self.state:
            self.state = cost
            self.changed.emit(cost)


def budget_of(
    app: App, tasks: Tasks, messages: Messages, model: CampaignModel, preflight: PreflightModel
) -> BudgetModel:
    """The one of this campaign."""
    known = model.findChild(BudgetModel, BUDGET)
    return known if isinstance(known, BudgetModel) else BudgetModel(app, tasks, messages, model, preflight)


def bill_of(app: App, tasks: Tasks, model: CampaignModel) -> BillModel:
    """The one of this campaign."""
    known = model.findChild(BillModel, BILL)
    return known if isinstance(known, BillModel) else BillModel(app, tasks, model)
