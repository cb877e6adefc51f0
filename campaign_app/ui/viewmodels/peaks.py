"""Plans for peaks as the window shows them: the one that is open with its list, and what pausing everything took."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer, Signal

from campaign_app.domain.campaign import Campaign
from campaign_app.domain.customer import Entity
from campaign_app.domain.errors import AppError
from campaign_app.domain.peak import PauseAll, Plan, PlanState, Result, Wish
from campaign_app.services.overtaken import OVERTAKEN
from campaign_app.services.peaks import Looked, Resumed
from campaign_app.services.window import BEIJING
from campaign_app.ui.viewmodels.answering import Answering

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from campaign_app.bootstrap import App
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Tasks

NAME: Final = "peaks_model"
ACTOR: Final = "window"
FOLLOW_MS: Final = 250
SELDOM_MS: Final = 10_000
SOON: Final = timedelta(minutes=1)  # a batch that takes longer waits for trouble to pass


@dataclass(frozen=True, slots=True)
class PeaksState:
    """`plans` is None until they were read; `looked` is the plan that is open. `names` has campaigns by id.

    `resumed` is what the last going on left behind.
    """

    plans: tuple[Plan, ...] | None = None
    looked: Looked | None = None
    names: Mapping[int, str] = field(default_factory=dict)
    entities: tuple[Entity, ...] = ()
    resumed: Resumed | None = None

    @property
    def opened(self) -> Plan | None:
        return None if self.looked is None else self.looked.plan

    def plan(self, plan_id: int) -> Plan | None:
        """As it was last read."""
        return next((each for each in self.plans or () if each.id == plan_id), None)

    @property
    def pauses(self) -> tuple[PauseAll, ...]:
        return () if self.looked is None else self.looked.pauses

    def name_of(self, campaign_id: int) -> str:
        return self.names.get(campaign_id, f"#{campaign_id}")


_Read = tuple[tuple[Plan, ...], Looked | None, Mapping[int, str], tuple[Entity, ...]]


class PeaksModel(Answering):
    changed = Signal(object)  # PeaksState

    def __init__(self, app: App, tasks: Tasks, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(NAME)
        self._app, self._tasks, self._messages = app, tasks, messages
        self.state = PeaksState()
        self._chosen = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._follow)

    def load(self) -> None:
        self._tasks.run(lambda _: self._read(), self._loaded, failed=self._messages.error, owner=self, key="load")

    def open(self, plan_id: int) -> None:
        self._chosen = plan_id
        self._become(replace(self.state, resumed=None))
        self.load()

    def add(self, wish: Wish, token: object) -> None:
        self._write(lambda: self._app.peaks.add(wish, actor=ACTOR), token, self._open_made)

    def change(self, plan: Plan, wish: Wish, token: object) -> None:
        self._write(lambda: self._app.peaks.change(plan.id, wish, actor=ACTOR, seen=plan.wish), token)

    def declare(self, plan: Plan, state: PlanState, *, knowing: bool = False) -> None:
        self._write(lambda: self._app.peaks.declare(plan.id, state, actor=ACTOR, knowing=knowing), None)

    def confirm(self, plan: Plan, key: str, name: str, note: str, token: object) -> None:
        self._write(lambda: self._app.peaks.confirm(plan.id, key, name=name, note=note, actor=ACTOR), token)

    def take_back(self, plan: Plan, key: str) -> None:
        self._write(lambda: self._app.peaks.confirm(plan.id, key, name="", holds=False, actor=ACTOR), None)

    def would_pause(self, plan: Plan, then: Callable[[tuple[Campaign, ...]], None]) -> None:
        self._tasks.run(
            lambda _: self._app.peaks.would_pause(plan.id),
            then, failed=self._messages.error, owner=self, key="would_pause",
        )  # fmt: skip

    def pause_all(self, plan: Plan, token: object, *, drill: bool) -> None:
        self._write(lambda: self._app.peaks.pause_all(plan.id, drill=drill, actor=ACTOR), token)

    def resume(self, pause: PauseAll) -> None:
        def done(result: object) -> None:
            if isinstance(result, Resumed):
                self._become(replace(self.state, resumed=result))

        self._write(lambda: self._app.peaks.resume(pause.id, actor=ACTOR), None, done)

    def name_of(self, campaign_id: int) -> str:
        return self.state.name_of(campaign_id)

    def today(self) -> date:
        return self._app.clock().astimezone(BEIJING).date()

    @property
    def login(self) -> str:
        """The name by which a team knows whoever uses this; "" where there is no team."""
        return self._app.person.login

    def _follow(self) -> None:
        waiting = self._watched()
        if waiting is not None:
            self._tasks.write(
                lambda _: self._app.peaks.follow(waiting.id, actor=ACTOR), self._followed,
                failed=self._messages.error, owner=self,
            )  # fmt: skip

    def _followed(self, pause: PauseAll) -> None:
        """All of it is read again only once there is something to be seen."""
        if pause.result is Result.WATCHING:
            self._wait_for(pause)
        else:
            self.load()

    def _wait_for(self, pause: PauseAll) -> None:
        self._timer.start(FOLLOW_MS if self._app.clock() - pause.asked_at < SOON else SELDOM_MS)

    def _watched(self) -> PauseAll | None:
        return next((each for each in self.state.pauses if each.measured_at is None and each.resumed_at is None), None)

    def _write(
        self, work: Callable[[], object], token: object, then: Callable[[object], None] = lambda _: None
    ) -> None:
        def done(result: object) -> None:
            then(result)
            self.kept.emit(token)
            self.load()

        def failed(error: AppError) -> None:
            self.refused.emit(token, error)
            if token is None:
                self._messages.error(error)
            if token is None or error.code == OVERTAKEN:
                self.load()

        self._tasks.write(lambda _: work(), done, failed=failed, owner=self)

    def _open_made(self, made: object) -> None:
        if isinstance(made, Plan):
            self._chosen = made.id

    def _read(self) -> _Read:
        service = self._app.peaks
        plans = service.plans()
        chosen = next((plan for plan in plans if plan.id == self._chosen), plans[0] if plans else None)
        names = {campaign.id: campaign.name for campaign in self._app.campaigns.all()}
        looked = None if chosen is None else service.look(chosen.id)
        return plans, looked, names, self._app.accounts.entities()

    def _loaded(self, read: _Read) -> None:
        plans, looked, names, entities = read
        self._become(replace(self.state, plans=plans, looked=looked, names=names, entities=entities))
        if (waiting := self._watched()) is not None:
            self._wait_for(waiting)

    def _become(self, state: PeaksState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)
