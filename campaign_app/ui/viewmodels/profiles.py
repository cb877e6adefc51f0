"""What each entity tells of itself for the rules: trade, provider, domains, goods; kept once it is right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal

from campaign_app.domain.errors import AppError
from campaign_app.services.profiles import Profile
from campaign_app.ui.viewmodels.profile_fields import FIELDS

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Tasks

ACTOR: Final = "window"


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a field; `wrong` is the first part that cannot be understood, `kept` whether it is stored."""

    text: str
    wrong: str = ""
    kept: bool = True


@dataclass(frozen=True, slots=True)
class Told:
    """`stored` is what the rules go by, `typed` what stands in each of `FIELDS`."""

    stored: Profile
    typed: Mapping[str, Typed]


@dataclass(frozen=True, slots=True)
class ProfilesState:
    """By the entity's USCC; empty until they were read."""

    told: Mapping[str, Told] = field(default_factory=dict)


class ProfilesModel(QObject):
    changed = Signal(object)  # ProfilesState
    saved = Signal(str)  # the entity's USCC

    def __init__(self, app: App, tasks: Tasks, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app, self._tasks, self._messages = app, tasks, messages
        self.state = ProfilesState()

    def load(self) -> None:
        self._tasks.run(lambda _: self._read(), self._loaded, failed=self._messages.error, owner=self, key="load")

    def choose_industry(self, uscc: str, industry: str) -> None:
        self._put(uscc, replace(self.state.told[uscc].stored, industry=industry))

    def choose_provider(self, uscc: str, provider: str) -> None:
        self._put(uscc, replace(self.state.told[uscc].stored, provider=provider))

    def type(self, uscc: str, field: str, text: str) -> None:
        """What stands in the field; what is wrong is said while it is typed, and nothing is kept yet."""
        known, reading = self.state.told[uscc], FIELDS[field].read(text)
        kept = not reading.wrong and reading.values == getattr(known.stored, field)
        self._become(uscc, _with(known, field, Typed(text, reading.wrong, kept)))

    def save(self, uscc: str, field: str) -> None:
        known = self.state.told[uscc]
        reading = FIELDS[field].read(known.typed[field].text)
        if not reading.wrong and reading.values != getattr(known.stored, field):
            changes: dict[str, Any] = {field: reading.values}
            self._put(uscc, replace(known.stored, **changes))

    def _put(self, uscc: str, profile: Profile) -> None:
        self._tasks.write(
            lambda _: self._app.profiles.put(uscc, profile, actor=ACTOR),
            lambda _: self._kept(uscc, profile),
            failed=self._not_kept,
            owner=self,
        )

    def _kept(self, uscc: str, profile: Profile) -> None:
        self._become(uscc, _beside(self.state.told[uscc], profile))
        self.saved.emit(uscc)

    def _not_kept(self, error: AppError) -> None:
        self._messages.error(error)
        self.load()

    def _read(self) -> dict[str, Profile]:
        return {entity.uscc: self._app.profiles.of(entity.uscc) for entity in self._app.accounts.entities()}

    def _loaded(self, read: Mapping[str, Profile]) -> None:
        """What was typed and not kept yet stays."""
        told = {uscc: _beside(self.state.told.get(uscc), profile) for uscc, profile in read.items()}
        if told != self.state.told:
            self.state = ProfilesState(told)
            self.changed.emit(self.state)

    def _become(self, uscc: str, told: Told) -> None:
        self.state = ProfilesState({**self.state.told, uscc: told})
        self.changed.emit(self.state)


def _beside(known: Told | None, profile: Profile) -> Told:
    """What is stored in every field, but for those in which something else was typed and not kept yet."""
    told = Told(profile, {name: Typed(field.write(profile)) for name, field in FIELDS.items()})
    for name, typed in known.typed.items() if known is not None else ():
        if not typed.kept and (typed.wrong or FIELDS[name].read(typed.text).values != getattr(profile, name)):
            told = _with(told, name, typed)
    return told


def _with(told: Told, field: str, typed: Typed) -> Told:
    return replace(told, typed={**told.typed, field: typed})
