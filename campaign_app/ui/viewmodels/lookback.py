"""Look-backs as the window shows them: runs, the one that is open with its groups, and what is to be put right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from campaign_app.domain.errors import AppError
from campaign_app.domain.lookback import Difference, Group, Kind, Run, RunState, Scope, Task, Wish
from campaign_app.services.lookback import Looked
from campaign_app.services.window import BEIJING
from campaign_app.ui.viewmodels.answering import Answering

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.domain.ports import Job
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Tasks

NAME: Final = "lookback_model"
ACTOR: Final = "window"
PAGE_ROWS: Final = 200
FOLLOW_MS: Final = 1_000
_ORDER: Final = {Kind.FINDING: 0, Kind.UNLOOKED: 1, Kind.SINCE: 2}


@dataclass(frozen=True, slots=True)
class LookBackState:
    """`runs` is None until they were read. `opened`: the run that is shown, the newest where nobody chose another.

    `names` has campaigns by id; `sent`: whether anything was ever sent.
    """

    runs: tuple[Run, ...] | None = None
    chosen: int = 0
    tasks: tuple[Task, ...] = ()
    names: Mapping[int, str] = field(default_factory=dict)
    sent: bool = False

    @property
    def opened(self) -> Run | None:
        runs = self.runs or ()
        return next((run for run in runs if run.id == self.chosen), runs[0] if runs else None)

    @property
    def groups(self) -> tuple[Group, ...]:
        """Of the open run: what must be put right first, then the most messages."""
        run = self.opened
        return tuple(sorted(run.groups, key=lambda g: (_ORDER[g.kind], -g.messages)) if run is not None else ())

    @property
    def finished(self) -> tuple[Run, ...]:
        return tuple(run for run in self.runs or () if run.state is RunState.DONE)

    @property
    def running(self) -> Run | None:
        return next((run for run in self.runs or () if run.state is RunState.RUNNING), None)

    def name_of(self, campaign_id: int) -> str:
        return self.names.get(campaign_id, f"#{campaign_id}")


_Read = tuple[tuple[Run, ...], tuple[Task, ...], Mapping[int, str], bool]


class LookBackModel(Answering):
    changed = Signal(object)  # LookBackState

    def __init__(self, app: App, tasks: Tasks, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(NAME)
        self._app, self._tasks, self._messages = app, tasks, messages
        self.state = LookBackState()
        # a job that began and ended between two looks at the jobs is in none of them
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.load)

    def load(self) -> None:
        self._tasks.run(lambda _: self._read(), self._loaded, failed=self._messages.error, owner=self, key="load")

    def follow(self, jobs: tuple[Job, ...]) -> None:
        """A run that goes on says how far it is."""
        if any(job.kind == "lookback" for job in jobs):
            self.load()

    def ended(self, job: Job) -> None:
        if job.kind == "lookback":
            self.load()

    def open(self, run_id: int) -> None:
        self._become(replace(self.state, chosen=run_id))

    def start(self, first: date, last: date, campaigns: tuple[int, ...], token: object) -> None:
        """Over the whole days in Beijing from `first` to `last`; of these campaigns, or of all for none."""
        since, until = (datetime.combine(day, time(), BEIJING) for day in (first, last + timedelta(days=1)))
        scope = Scope(since, until, campaigns)
        self._write(lambda: self._app.lookbacks.start(scope, actor=ACTOR), self._opened, token)

    def pause(self) -> None:
        self._change(self._app.lookbacks.pause)

    def resume(self) -> None:
        self._change(self._app.lookbacks.resume)

    def cancel(self) -> None:
        self._change(self._app.lookbacks.cancel)

    def add_task(self, wish: Wish, token: object) -> None:
        run = self.state.opened
        if run is not None:
            self._write(lambda: self._app.lookbacks.add_task(run.id, wish, actor=ACTOR), lambda _: None, token)

    def change_task(self, task: Task, token: object, *, owner: str, due: date | None, done: bool, note: str) -> None:
        def change() -> Task:
            return self._app.lookbacks.change_task(task, owner=owner, due=due, done=done, note=note, actor=ACTOR)

        self._write(change, lambda _: None, token)

    def rows(self, group: Group | None, after: int, then: Callable[[tuple[Looked, ...]], None]) -> None:
        run = self.state.opened
        if run is not None:
            self._tasks.run(
                lambda _: self._app.lookbacks.rows(run.id, group, after, PAGE_ROWS),
                then, failed=self._messages.error, owner=self, key="rows",
            )  # fmt: skip

    def compare(
        self, older: int, newer: int, then: Callable[[Difference], None], failed: Callable[[AppError], None]
    ) -> None:
        self._tasks.run(
            lambda _: self._app.lookbacks.difference(older, newer), then, failed=failed, owner=self, key="compare"
        )

    def name_of(self, campaign_id: int) -> str:
        return self.state.name_of(campaign_id)

    def today(self) -> date:
        return self._app.clock().astimezone(BEIJING).date()

    def _change(self, change: Callable[..., Run]) -> None:
        run = self.state.opened
        if run is not None:
            self._write(lambda: change(run.id, actor=ACTOR), self._opened, None)

    def _write(self, work: Callable[[], object], then: Callable[[object], None], token: object) -> None:
        def done(result: object) -> None:
            then(result)
            self.kept.emit(token)
            self.load()

        def failed(error: AppError) -> None:
            self.refused.emit(token, error)
            if token is None:
                self._messages.error(error)

        self._tasks.write(lambda _: work(), done, failed=failed, owner=self)

    def _opened(self, run: object) -> None:
        if isinstance(run, Run):
            known = tuple(each for each in self.state.runs or () if each.id != run.id)
            runs = tuple(sorted((run, *known), key=lambda each: -each.id))
            self._become(replace(self.state, runs=runs, chosen=run.id))

    def _read(self) -> _Read:
        service = self._app.lookbacks
        names = {campaign.id: campaign.name for campaign in self._app.campaigns.all()}
        return service.runs(), service.tasks(), names, service.first_sent() is not None

    def _loaded(self, read: _Read) -> None:
        runs, tasks, names, sent = read
        self._become(replace(self.state, runs=runs, tasks=tasks, names=names, sent=sent))

    def _become(self, state: LookBackState) -> None:
        if state.running is not None:
            self._timer.start(FOLLOW_MS)
        if state != self.state:
            self.state = state
            self.changed.emit(state)
