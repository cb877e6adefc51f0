"""A saved segment while it is built beside the table of customers, which shows whom the conditions find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaign_app.domain.audience import Filter
from campaign_app.ui import show
from campaign_app.ui.viewmodels.conditions import ConditionsModel, ConditionsState
from campaign_app.ui.viewmodels.customers import CustomersModel, CustomersState

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Tasks


@dataclass(frozen=True, slots=True)
class SegmentsState(ConditionsState):
    """`shown`: the conditions stand on the page."""

    shown: bool = False


class SegmentsModel(ConditionsModel):
    """`changed` carries a SegmentsState. Conditions that were not saved go on filtering when they are put away."""

    state: SegmentsState

    def __init__(self, app: App, tasks: Tasks, messages: Messages, customers: CustomersModel) -> None:
        super().__init__(app, tasks, messages, SegmentsState(), customers)
        self.setObjectName("segments_model")
        self._customers = customers
        self._asked = (customers.state.search.segment, customers.state.search.conditions)
        self._behind = True  # what the search says has yet to be shown here
        customers.changed.connect(self._searched)

    def show(self) -> None:
        """With what the table shows: a segment, or the conditions that were put away."""
        self._put(shown=True)
        self.load()

    def hide(self) -> None:
        self._put(shown=False)

    def _started(self) -> None:
        if self._behind:
            self._take()
        else:
            self._count()

    def _searched(self, state: CustomersState) -> None:
        asked = (state.search.segment, state.search.conditions)
        if asked == self._asked:
            return
        self._asked, self._behind = asked, True
        if self.state.shown and self.state.total is not None:
            self._take()

    def _take(self) -> None:
        segment, conditions = self._asked
        self._behind = False
        if conditions is not None:
            self._adopt(conditions)
        else:
            name = segment if segment in self.state.saved else ""
            self._adopt(self.state.saved.get(name, Filter()), name)

    def _written(self) -> None:
        self._behind = False

    def _saved_changed(self) -> None:
        self._customers.know_segments(show.in_order(self.state.saved))
        self._find()

    def _count(self) -> None:
        super()._count()
        self._find()

    def _find(self) -> None:
        """Has the table show whom the conditions find; while one of them has no meaning it stays as it is."""
        audience, taken = self._meant(), self.state.taken
        if audience is None:
            return
        if taken and self.keeps(taken):
            self._asked = (taken, None)
        else:
            self._asked = ("", audience if audience.parts else None)
        self._customers.search(segment=self._asked[0], conditions=self._asked[1])
