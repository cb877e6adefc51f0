"""A test message of one campaign: to whom, with whose values, and what became of the last one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from PySide6.QtCore import QObject, QTimer, Signal

from campaign_app.domain.errors import AppError
from campaign_app.domain.staff import Trial, TrialState
from campaign_app.services.readers import Reader
from campaign_app.services.test_messages import Trying
from campaign_app.ui.viewmodels.campaign import ACTOR, CampaignModel

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.tasks import Tasks

NAME: Final = "trying_model"
LOOK_MS: Final = 400
READERS: Final = 8
OPEN: Final = frozenset({TrialState.QUEUED, TrialState.SENDING})


@dataclass(frozen=True, slots=True)
class TryingState:
    """`known` is None until it was read. `staff_id` and `reader` are chosen; None is the first number, or the longest.

    `asking`: it is being put down. `problem` is why it was not. `unkept`: the text on the screen could not be saved, so
    that another one would leave; the pre-flight beside it says so.
    """

    known: Trying | None = None
    readers: tuple[Reader, ...] = ()
    staff_id: int | None = None
    reader: int | None = None
    asking: bool = False
    unkept: bool = False
    problem: AppError | None = None

    @property
    def to(self) -> int | None:
        """The number that is chosen, as long as it is registered; else the first."""
        ids = [] if self.known is None else [number.id for number in self.known.numbers]
        return self.staff_id if self.staff_id in ids else next(iter(ids), None)

    @property
    def last(self) -> Trial | None:
        return None if self.known is None else self.known.last

    @property
    def under_way(self) -> bool:
        return self.asking or (self.last is not None and self.last.state in OPEN)

    @property
    def ready(self) -> bool:
        free = not self.under_way and not self.unkept
        return self.to is not None and free and self.known is not None and self.known.left > 0


class TryingModel(QObject):
    changed = Signal(object)  # TryingState

    def __init__(
        self, app: App, tasks: Tasks, campaign: CampaignModel, new_press: Callable[[], str] = lambda: uuid4().hex
    ) -> None:
        super().__init__(campaign)
        self.setObjectName(NAME)
        self._app, self._tasks, self._campaign, self._new_press = app, tasks, campaign, new_press
        self._press = ""
        self.state = TryingState(unkept="text" in campaign.view.unkept)
        campaign.changed.connect(lambda view: self._become(unkept="text" in view.unkept))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.load)

    def load(self) -> None:
        """What is registered, left, and under way; trouble with it is told beside the button."""
        self._tasks.run(lambda _: self._read(), self._loaded, failed=self._failed, owner=self, key="load")

    def choose(self, staff_id: int | None) -> None:
        self._become(staff_id=staff_id)

    def choose_reader(self, customer_id: int | None) -> None:
        self._become(reader=customer_id)

    def send(self) -> None:
        """One gesture is one message, whatever happens: its name is kept until it is known to be put down."""
        state, to = self.state, self.state.to
        if not state.ready or to is None:
            return
        self._press = press = self._press or self._new_press()
        campaign_id, reader = self._campaign.view.campaign.id, state.reader
        self._become(asking=True, problem=None)
        self._tasks.write(
            lambda _: self._app.test_messages.send(campaign_id, to, press=press, customer_id=reader, actor=ACTOR),
            lambda _: self._put_down(),
            failed=self._failed,
            owner=self,
        )

    def _put_down(self) -> None:
        self._press = ""
        self.load()

    def _read(self) -> tuple[Trying, tuple[Reader, ...]]:
        campaign = self._app.campaigns.get(self._campaign.view.campaign.id)
        readers = self._app.composing.sample(campaign, READERS)
        return self._app.test_messages.trying(campaign.id), readers

    def _loaded(self, read: tuple[Trying, tuple[Reader, ...]]) -> None:
        known, readers = read
        reader = self.state.reader if any(r.customer_id == self.state.reader for r in readers) else None
        self._become(known=known, readers=readers, reader=reader, asking=False)
        if self.state.under_way:
            self._timer.start()

    def _failed(self, error: AppError) -> None:
        self._become(asking=False, problem=error)

    def _become(self, **changes: Any) -> None:
        state = replace(self.state, **changes)
        if state != self.state:
            self.state = state
            self.changed.emit(state)


def trying_of(app: App, tasks: Tasks, campaign: CampaignModel) -> TryingModel:
    """The one of this campaign: a choice outlives the page."""
    known = campaign.findChild(TryingModel, NAME)
    return known if isinstance(known, TryingModel) else TryingModel(app, tasks, campaign)
