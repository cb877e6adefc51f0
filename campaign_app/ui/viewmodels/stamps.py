"""Time stamps over heads of the audit: a request to carry out, a reply to read back, and what is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from campaign_app.evidence.stamping import REPLY, REQUEST, Kept, Stamped
from campaign_app.ui.viewmodels.backups import ACTOR, Work

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.tasks import Tasks

__all__ = ["REPLY", "REQUEST", "Stamped", "StampsModel"]


class StampsModel(QObject):
    """`newest` is the stamp that reaches furthest, None while none is known; `skipped` entries prove none.

    `asked` carries the file of a request.
    """

    changed = Signal()
    asked = Signal(object)  # Path
    kept = Signal(object)  # Stamped

    def __init__(self, app: App, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app, self._tasks = app, tasks
        self.newest: Stamped | None = None
        self.skipped = 0
        self.asking, self.reading = Work(tasks, self), Work(tasks, self)
        self.asking.ended.connect(self.asked)
        self.reading.ended.connect(self._read)

    def load(self) -> None:
        self._tasks.run(lambda _: self._app.evidence.stamping.kept(), self._loaded, owner=self, key="stamps")

    def ask(self, target: Path) -> None:
        """A request over the head as it is now, in a new file."""

        def work(tick: Callable[[float], None]) -> Path:
            self._app.evidence.stamping.ask(target, actor=ACTOR, tick=tick)
            return target

        self.asking.begin(work)

    def read(self, reply: Path, authority: Path) -> None:
        self.reading.begin(lambda _: self._app.evidence.stamping.read(reply, authority, actor=ACTOR))

    def _read(self, kept: Stamped) -> None:
        self.load()
        self.kept.emit(kept)

    def _loaded(self, found: Kept) -> None:
        self.newest = max(found.stamps, key=lambda each: (each.at_entry, each.at), default=None)
        self.skipped = found.skipped
        self.changed.emit()
