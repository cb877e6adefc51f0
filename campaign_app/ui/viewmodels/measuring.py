"""What a text measures for everybody of its audience, counted after a pause in the typing and off the window's thread.

The whole audience may be a million people: it is read in pages, a newer text stops the count, and until it is done a
sample speaks for all.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from campaign_app.domain.campaign import Campaign

if TYPE_CHECKING:
    from campaign_app.services.composing import Composing
    from campaign_app.ui.tasks import Task, Tasks

PAUSE_MS: Final = 1_200
Asked = tuple[Campaign, str, str]
# of a campaign whatever changes neither its people nor who of them gets it
_SAME: Final[dict[str, Any]] = {"body": "", "signature": "", "name": "", "send_at": None, "window_end": None}


class Measuring(QObject):
    """`measured` carries a services.composing.Whole, `counted` how many people have been counted so far."""

    measured = Signal(object)
    counted = Signal(int)

    def __init__(self, composing: Composing, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._composing, self._tasks = composing, tasks
        self._asked: Asked | None = None
        self._task: Task | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PAUSE_MS)
        self._soon.timeout.connect(self._begin)

    def ask(self, campaign: Campaign, body: str, signature: str) -> None:
        """Counts this text for this campaign after a pause; what is asked already goes on."""
        asked = replace(campaign, **_SAME), body, signature
        if asked != self._asked:
            self.stop()
            self._asked = asked
            self._soon.start()

    def stop(self) -> None:
        """Nobody wants to know any more."""
        self._soon.stop()
        self._asked = None
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _begin(self) -> None:
        if self._asked is None:
            return
        campaign, body, signature = self._asked

        def work(task: Task) -> object:
            return self._composing.measured(campaign, body, signature, lambda people: task.tick(float(people)))

        self._task = self._tasks.run(work, self.measured.emit, owner=self, key="measure")
        self._task.progressed.connect(self._progressed)

    def _progressed(self, people: float) -> None:
        if self._task is not None and self.sender() is self._task:
            self.counted.emit(int(people))
