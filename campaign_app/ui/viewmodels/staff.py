"""The staff numbers of each entity, and what is being typed to register one more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal

from campaign_app.domain.customer import Entity
from campaign_app.domain.errors import AppError
from campaign_app.domain.staff import STAFF_MAX, StaffNumber

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Tasks

ACTOR: Final = "window"


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the form; `problem` is why it was not registered."""

    label: str = ""
    number: str = field(default="", repr=False)
    vouched: bool = False
    problem: AppError | None = None

    @property
    def whole(self) -> bool:
        return bool(self.label.strip() and self.number.strip()) and self.vouched


@dataclass(frozen=True, slots=True)
class StaffState:
    """`numbers` by the entity's USCC; None until they were read. `saving`: one is being registered or removed."""

    entities: tuple[Entity, ...] = ()
    numbers: Mapping[str, tuple[StaffNumber, ...]] | None = None
    drafts: Mapping[str, Draft] = field(default_factory=dict)
    saving: bool = False

    def of(self, uscc: str) -> tuple[StaffNumber, ...]:
        return (self.numbers or {}).get(uscc, ())

    def draft(self, uscc: str) -> Draft:
        return self.drafts.get(uscc, Draft())

    def full(self, uscc: str) -> bool:
        return len(self.of(uscc)) >= STAFF_MAX


class StaffModel(QObject):
    changed = Signal(object)  # StaffState

    def __init__(self, app: App, tasks: Tasks, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app, self._tasks, self._messages = app, tasks, messages
        self.state = StaffState()

    def load(self) -> None:
        self._tasks.run(lambda _: self._read(), self._loaded, failed=self._messages.error, owner=self, key="load")

    def type(self, uscc: str, **typed: Any) -> None:
        """`label`, `number` or `vouched` of what is going to be registered."""
        self._put(uscc, replace(self.state.draft(uscc), problem=None, **typed))

    def register(self, uscc: str) -> None:
        draft, register = self.state.draft(uscc), self._app.staff_numbers.register
        if self.state.saving or not draft.whole:
            return
        self._become(saving=True)
        self._tasks.write(
            lambda _: register(uscc, draft.label, draft.number, vouched=draft.vouched, actor=ACTOR),
            lambda _: self._registered(uscc),
            failed=lambda error: self._refused(uscc, error),
            owner=self,
        )

    def remove(self, staff_id: int) -> None:
        if self.state.saving:
            return
        self._become(saving=True)
        self._tasks.write(
            lambda _: self._app.staff_numbers.remove(staff_id, actor=ACTOR),
            lambda _: self._removed(),
            failed=self._not_removed,
            owner=self,
        )

    def _read(self) -> tuple[tuple[Entity, ...], dict[str, tuple[StaffNumber, ...]]]:
        entities = tuple(self._app.accounts.entities())
        return entities, {entity.uscc: self._app.staff_numbers.of(entity.uscc) for entity in entities}

    def _loaded(self, read: tuple[tuple[Entity, ...], dict[str, tuple[StaffNumber, ...]]]) -> None:
        self._become(entities=read[0], numbers=read[1])

    def _registered(self, uscc: str) -> None:
        self._put(uscc, Draft(), saving=False)
        self.load()

    def _refused(self, uscc: str, error: AppError) -> None:
        self._put(uscc, replace(self.state.draft(uscc), problem=error), saving=False)

    def _removed(self) -> None:
        self._become(saving=False)
        self.load()

    def _not_removed(self, error: AppError) -> None:
        self._messages.error(error)
        self._removed()

    def _put(self, uscc: str, draft: Draft, **changes: Any) -> None:
        self._become(drafts={**self.state.drafts, uscc: draft}, **changes)

    def _become(self, **changes: Any) -> None:
        state = replace(self.state, **changes)
        if state != self.state:
            self.state = state
            self.changed.emit(state)
