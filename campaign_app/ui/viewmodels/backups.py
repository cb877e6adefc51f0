"""Backups as the settings show them: the last one, one under way, and a workspace that is taken for a copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal

from campaign_app.domain.errors import AppError

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Task, Tasks

ACTOR: Final = "window"


@dataclass(frozen=True, slots=True)
class WorkState:
    """One piece of work that can be stopped: how far it is (0 to 1), and why the last one failed."""

    busy: bool = False
    done: float = 0.0
    error: AppError | None = None


class Work(QObject):
    """Runs one thing at a time; `ended` carries its result. Stopped, it ends in silence and leaves nothing behind."""

    changed = Signal(object)  # WorkState
    ended = Signal(object)

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._task: Task | None = None
        self.state = WorkState()

    def begin(self, work: Callable[[Callable[[float], None]], object]) -> None:
        if self.state.busy:
            return
        self._become(WorkState(busy=True))
        self._task = self._tasks.run(
            lambda task: work(task.tick), self._finished, failed=self._failed, owner=self, key="work"
        )
        self._task.progressed.connect(self._advanced)

    def stop(self) -> None:
        if self._task is not None and self.state.busy:
            self._task.cancel()
            self._become(WorkState())

    def tell(self, error: AppError | None) -> None:
        """What is wrong before anything begins; None for nothing any more."""
        self._become(replace(self.state, error=error))

    def _advanced(self, done: float) -> None:
        if self.state.busy and done > self.state.done:
            self._become(replace(self.state, done=done))

    def _finished(self, result: Any) -> None:
        self._become(WorkState())
        self.ended.emit(result)

    def _failed(self, error: AppError) -> None:
        self._become(WorkState(error=error))

    def _become(self, state: WorkState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)


@dataclass(frozen=True, slots=True)
class BackupState:
    """`copy` says why the workspace is taken for an older copy or another machine's, "" for neither."""

    last: datetime | None = None
    file: Path | None = None
    copy: str = ""
    copy_of: datetime | None = None


class BackupModel(QObject):
    changed = Signal(object)  # BackupState
    accepted = Signal()

    def __init__(self, app: App, tasks: Tasks, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app, self._tasks, self._messages = app, tasks, messages
        self.state = BackupState()
        self.work = Work(tasks, self)
        self.work.ended.connect(lambda _: self.load())

    def load(self) -> None:
        self._tasks.run(lambda _: self._read(), self._become, failed=self._messages.error, owner=self, key="load")

    def back_up(self, target: Path, passphrase: str | None) -> None:
        from campaign_app import backups

        self.work.begin(lambda tick: backups.back_up(self._app, target, passphrase=passphrase, actor=ACTOR, tick=tick))

    def accept(self) -> None:
        """A person goes on with this copy on this computer."""
        from campaign_app import backups

        self._tasks.write(
            lambda _: backups.accept(self._app, actor=ACTOR),
            lambda _: self._accepted(),
            failed=self._messages.error,
            owner=self,
        )

    def _accepted(self) -> None:
        self.load()
        self.accepted.emit()

    def _read(self) -> BackupState:
        from campaign_app import backups

        last, standing = backups.last_backup(self._app), backups.standing(self._app)
        at, file = (None, None) if last is None else (last[0], Path(last[1]))
        return BackupState(at, file, standing.why, standing.made_at)

    def _become(self, state: BackupState) -> None:
        self.state = state
        self.changed.emit(state)


class RestoreModel(QObject):
    """Needs no open workspace: it is there for a computer that has none any more."""

    asks = Signal(str)  # what opens the chosen backup, "" for a file that is none

    def __init__(self, tasks: Tasks, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._tasks, self._clock = tasks, clock
        self.work = Work(tasks, self)

    def look(self, file: Path) -> None:
        from campaign_app import backups

        self.work.tell(None)
        self._tasks.run(lambda _: backups.asks_for(file), self.asks.emit, failed=self._unread, owner=self, key="look")

    def restore(self, file: Path, folder: Path, passphrase: str | None) -> None:
        from campaign_app import backups

        def work(tick: Callable[[float], None]) -> Path:
            backups.restore(file, folder, passphrase, at=self._clock(), tick=tick)
            return folder

        self.work.begin(work)

    def _unread(self, error: AppError) -> None:
        self.asks.emit("")
        self.work.tell(error)
