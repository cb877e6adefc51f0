"""What came of a campaign: outcomes that add up to what was handed over, and what people answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from campaign_app.domain.ports import Job
from campaign_app.ui.viewmodels.campaign import CampaignModel
from campaign_app.ui.viewmodels.jobs import Jobs

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.domain.customer import Account
    from campaign_app.ui.tasks import Tasks

NAME: Final = "results_model"
ANSWERS: Final = ("replies", "opt_outs", "complaints")


@dataclass(frozen=True, slots=True)
class Outcomes:
    """`submitted` is the sum of the five after it; `waiting` were accepted and no report has come yet."""

    submitted: int
    delivered: int
    failed: int
    rejected: int
    unknown: int
    waiting: int

    @property
    def unreported(self) -> bool:
        """No report has come of any: what share arrived is not known, and 0 % would be an alarm."""
        return self.waiting > 0 and self.delivered + self.failed == 0


def outcomes_of(counts: Mapping[str, int]) -> Outcomes:
    delivered, failed = counts.get("delivered", 0), counts.get("failed", 0)
    waiting = max(0, counts.get("accepted", 0) - delivered - failed)
    return Outcomes(
        counts.get("submitted", 0), delivered, failed, counts.get("rejected", 0), counts.get("unknown", 0), waiting
    )


@dataclass(frozen=True, slots=True)
class ResultsState:
    """The accounts that are asked for reports, and whether they are being asked now.

    `untold` are those of them whose sender tells nothing of what became of their messages.
    """

    accounts: tuple[Account, ...] = ()
    fetching: bool = False
    untold: tuple[str, ...] = ()

    @property
    def simulated(self) -> bool:
        return any(account.simulated for account in self.accounts)


class ResultsModel(QObject):
    changed = Signal(object)  # ResultsState

    def __init__(self, app: App, tasks: Tasks, jobs: Jobs, model: CampaignModel) -> None:
        super().__init__(model)
        self.setObjectName(NAME)
        self._app, self._tasks, self._jobs, self._model = app, tasks, jobs, model
        self.state = ResultsState()
        jobs.changed.connect(self._jobs_changed)
        jobs.ended.connect(self._ended)

    def load(self) -> None:
        self._tasks.run(lambda _: self._read(), self._loaded, owner=self, key="accounts")

    def fetch(self) -> None:
        """Has the worker ask every account for reports, replies and complaints."""
        for account in self.state.accounts:
            self._jobs.enqueue("poll", account_id=account.id)

    def _read(self) -> tuple[tuple[Account, ...], tuple[str, ...]]:
        entity, accounts = self._model.view.campaign.entity_uscc, self._app.accounts
        mine = tuple(a for a in accounts.all() if a.entity_uscc == entity and a.state == "connected")
        return mine, tuple(a.label for a in accounts.untold_deliveries(entity))

    def _loaded(self, read: tuple[tuple[Account, ...], tuple[str, ...]]) -> None:
        mine, untold = read
        self._become(ResultsState(mine, self._fetching(mine), untold))

    def _jobs_changed(self, _jobs: object) -> None:
        self._become(replace(self.state, fetching=self._fetching(self.state.accounts)))

    def _ended(self, job: Job) -> None:
        if job.kind == "poll":
            self._model.load()

    def _fetching(self, accounts: tuple[Account, ...]) -> bool:
        return any(self._jobs.of("poll", account_id=account.id) is not None for account in accounts)

    def _become(self, state: ResultsState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)


def results_of(app: App, tasks: Tasks, jobs: Jobs, model: CampaignModel) -> ResultsModel:
    """The one of this campaign."""
    known = model.findChild(ResultsModel, NAME)
    return known if isinstance(known, ResultsModel) else ResultsModel(app, tasks, jobs, model)
