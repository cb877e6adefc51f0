"""The imports there have been, and taking one back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from campaign_app.domain.customer import ChunkCounts, ImportGlance
from campaign_app.domain.errors import AppError
from campaign_app.ui.viewmodels.importing import ACTOR

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Tasks


class ImportsModel(QObject):
    """The last imports, newest first; `changed` carries them."""

    changed = Signal(object)  # tuple[ImportGlance, ...]
    undone = Signal(int, object)  # id, ChunkCounts

    def __init__(self, app: App, tasks: Tasks, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app, self._tasks, self._messages = app, tasks, messages
        self.imports: tuple[ImportGlance, ...] | None = None
        self.undoing: frozenset[int] = frozenset()

    def load(self) -> None:
        self._tasks.run(
            lambda _: self._app.imports.all(), self._loaded, failed=self._messages.error, owner=self, key="load"
        )

    def undo(self, import_id: int) -> None:
        if import_id in self.undoing:
            return
        self.undoing |= {import_id}
        self.changed.emit(self.imports)
        self._tasks.write(
            lambda _: self._app.imports.undo(import_id=import_id, actor=ACTOR),
            lambda counts: self._undone(import_id, counts),
            failed=lambda error: self._not_undone(import_id, error),
            owner=self,
        )

    def _loaded(self, imports: tuple[ImportGlance, ...]) -> None:
        self.imports = imports
        self.changed.emit(imports)

    def _undone(self, import_id: int, counts: ChunkCounts) -> None:
        self.undoing -= {import_id}
        self.undone.emit(import_id, counts)
        self.load()

    def _not_undone(self, import_id: int, error: AppError) -> None:
        self.undoing -= {import_id}
        self._messages.error(error)
        self.load()
