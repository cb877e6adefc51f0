"""A provider's template on its way into a campaign's text: how it is written, and what its variables stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from campaign_app.compliance.syntaxes import LONGEST, BadTemplate, guess
from campaign_app.domain.errors import AppError
from campaign_app.services.provider_templates import Imported, read, text_in
from campaign_app.services.readers import Variable

if TYPE_CHECKING:
    from campaign_app.ui.tasks import Tasks


@dataclass(frozen=True, slots=True)
class TemplateInState:
    """`notation` "" : as it is guessed. `names` is what the user settled, by the provider's names."""

    text: str = ""
    notation: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    known: tuple[Variable, ...] = ()
    found: Imported | None = None
    error: AppError | None = None

    @property
    def guessed(self) -> str:
        return guess(self.text) if self.text.strip() else ""

    @property
    def unknown(self) -> tuple[str, ...]:
        """Variables of the result that no customer has."""
        named = {variable.name for variable in self.known}
        ours = [slot.ours or slot.theirs for slot in self.found.slots] if self.found is not None else []
        return tuple(dict.fromkeys(name for name in ours if name not in named))


class TemplateIn(QObject):
    """`changed` carries a TemplateInState, `opened` the text of a file."""

    changed = Signal(object)
    opened = Signal(str)

    def __init__(self, tasks: Tasks, known: Sequence[Variable]) -> None:
        super().__init__()
        self._tasks = tasks
        self.state = TemplateInState(known=tuple(known))

    def begin(self) -> None:
        """Another template follows: what was settled of the variables of this one says nothing of those of that one."""
        self._read(replace(self.state, names={}))

    def set_text(self, text: str) -> None:
        self._read(replace(self.state, text=text))

    def set_notation(self, notation: str) -> None:
        self._read(replace(self.state, notation=notation))

    def settle(self, theirs: str, ours: str) -> None:
        """What a variable of the provider's stands for; "" keeps its own name."""
        self._read(replace(self.state, names={**self.state.names, theirs: ours}))

    def cut(self) -> None:
        """More was brought than fits: nothing of it was taken, and what was there before is not what is meant."""
        self._become(replace(self.state, found=None, error=BadTemplate("too_long", str(LONGEST))))

    def open(self, file: Path) -> None:
        self._tasks.run(lambda _: text_in(file), self.opened.emit, failed=self._failed, owner=self, key="open")

    def _failed(self, error: AppError) -> None:
        self._become(replace(self.state, found=None, error=error))

    def _read(self, state: TemplateInState) -> None:
        known = [variable.name for variable in state.known]
        found, error = None, None
        if state.text.strip():
            try:
                found = read(state.text, state.notation, state.names, known)
            except AppError as refused:
                error = refused
        self._become(replace(state, found=found, error=error))

    def _become(self, state: TemplateInState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)
