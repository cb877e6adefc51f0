"""The suppression list by hand: one number looked up or added. The number that is typed is kept nowhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal

from campaign_app.domain.consent import Suppression
from campaign_app.domain.customer import Entity
from campaign_app.domain.errors import AppError

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.tasks import Tasks

ACTOR: Final = "window"


@dataclass(frozen=True, slots=True)
class RefusalsState:
    """`marks` of the number that was looked up, None while none was. `added`: whether it was not there before.

    `nobody`: it was looked, and there is no entity to have a list.
    """

    entities: tuple[Entity, ...] = ()
    nobody: bool = False
    busy: bool = False
    marks: tuple[Suppression, ...] | None = None
    added: bool | None = None
    problem: AppError | None = None


class RefusalsModel(QObject):
    changed = Signal(object)  # RefusalsState

    def __init__(self, app: App, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app, self._tasks = app, tasks
        self.state = RefusalsState()

    def load(self) -> None:
        self._tasks.run(
            lambda _: tuple(self._app.accounts.entities()),
            lambda found: self._become(entities=found, nobody=not found),
            owner=self,
            key="load",
        )

    def forget(self) -> None:
        """Another number is being typed."""
        self._become(marks=None, added=None, problem=None)

    def look(self, entity_uscc: str, number: str) -> None:
        self._become(busy=True, marks=None, added=None, problem=None)
        self._tasks.run(
            lambda _: self._app.suppressing.look(entity_uscc, number),
            lambda marks: self._become(busy=False, marks=marks),
            failed=self._refused, owner=self, key="look",
        )  # fmt: skip

    def add(self, entity_uscc: str, number: str, reason: str) -> None:
        suppressing = self._app.suppressing
        self._become(busy=True, marks=None, added=None, problem=None)
        self._tasks.write(
            lambda _: (
                suppressing.add(entity_uscc, number, reason=reason, actor=ACTOR), suppressing.look(entity_uscc, number)
            ),
            lambda found: self._become(busy=False, added=found[0], marks=found[1]),
            failed=self._refused, owner=self,
        )  # fmt: skip

    def _refused(self, error: AppError) -> None:
        self._become(busy=False, problem=error)

    def _become(self, **changes: Any) -> None:
        state = replace(self.state, **changes)
        if state != self.state:
            self.state = state
            self.changed.emit(state)
