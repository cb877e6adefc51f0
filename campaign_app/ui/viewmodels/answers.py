"""What people answered to a campaign, reply by reply; read anew when there are more, or when somebody was told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from campaign_app.domain.ports import Job
from campaign_app.services.answers import Answered
from campaign_app.services.opt_outs import TELL
from campaign_app.ui.viewmodels.campaign import CampaignModel, CampaignView
from campaign_app.ui.viewmodels.jobs import Jobs

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.tasks import Tasks

NAME: Final = "answers_model"
STEP: Final = 20
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class AnswersState:
    """The newest replies; `more` of them are there than are shown. `total` counts every reply, or every opt-out."""

    answers: tuple[Answered, ...] = ()
    opt_outs_only: bool = False
    shown: int = STEP
    total: int = 0

    @property
    def more(self) -> bool:
        return self.total > len(self.answers) and self.shown < MOST


class AnswersModel(QObject):
    changed = Signal(object)  # AnswersState

    def __init__(self, app: App, tasks: Tasks, jobs: Jobs, model: CampaignModel) -> None:
        super().__init__(model)
        self.setObjectName(NAME)
        self._app, self._tasks, self._model = app, tasks, model
        self.state = AnswersState()
        self._counted = (0, 0)
        model.changed.connect(self._moved)
        jobs.ended.connect(self._ended)

    def load(self) -> None:
        campaign_id, only, shown = self._model.id, self.state.opt_outs_only, self.state.shown
        total = self._model.view.counts.get("opt_outs" if only else "replies", 0)
        self._tasks.run(
            lambda _: self._app.answers.of_campaign(campaign_id, opt_outs_only=only, limit=shown),
            lambda answers: self._become(AnswersState(answers, only, shown, total)),
            owner=self,
            key="answers",
        )

    def filter(self, *, opt_outs_only: bool) -> None:
        self._become(replace(self.state, opt_outs_only=opt_outs_only, shown=STEP))
        self.load()

    def show_more(self) -> None:
        self._become(replace(self.state, shown=min(MOST, self.state.shown + STEP)))
        self.load()

    def _moved(self, view: CampaignView) -> None:
        counted = view.counts.get("replies", 0), view.counts.get("opt_outs", 0)
        if counted != self._counted:
            self._counted = counted
            self.load()

    def _ended(self, job: Job) -> None:
        if job.kind == TELL and self.state.answers:
            self.load()

    def _become(self, state: AnswersState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)


def answers_of(app: App, tasks: Tasks, jobs: Jobs, model: CampaignModel) -> AnswersModel:
    """The one of this campaign."""
    known = model.findChild(AnswersModel, NAME)
    return known if isinstance(known, AnswersModel) else AnswersModel(app, tasks, jobs, model)
