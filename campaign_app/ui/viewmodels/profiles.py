"""What each entity tells of itself for the rules: trade, provider, domains, goods; kept once it is right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from campaign_app.domain.errors import AppError
from campaign_app.services.overtaken import OVERTAKEN
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
        self._seen: dict[tuple[str, str], Any] = {}  # what stood in a field before anything was typed there

    def load(self) -> None:
        self._tasks.run(lambda _: self._read(), self._loaded, failed=self._messages.error, owner=self, key="load")

    def choose_industry(self, uscc: str, industry: str) -> None:
        self._put(uscc, {"industry": industry})

    def choose_provider(self, uscc: str, provider: str) -> None:
        self._put(uscc, {"provider": provider})

    def type(self, uscc: str, field: str, text: str) -> None:
        """What stands in the field; what is wrong is said while it is typed, and nothing is kept yet."""
        known, reading = self.state.told[uscc], FIELDS[field].read(text)
        if known.typed[field].kept:
            self._seen[uscc, field] = getattr(known.stored, field)
        kept = not reading.wrong and reading.values == getattr(known.stored, field)
        self._become(uscc, _with(known, field, Typed(text, reading.wrong, kept)))

    def save(self, uscc: str, field: str) -> None:
        known = self.state.told[uscc]
        reading = FIELDS[field].read(known.typed[field].text)
        if not reading.wrong and reading.values != getattr(known.stored, field):
            self._put(uscc, {field: reading.values})

    def _put(self, uscc: str, changes: Mapping[str, Any]) -> None:
        known = self.state.told[uscc]
        before = {name: self._seen.pop((uscc, name), getattr(known.stored, name)) for name in changes}
        seen, wanted = replace(known.stored, **before), replace(known.stored, **changes)
        self._become(uscc, replace(known, stored=wanted))  # the next change begins with this one
        self._tasks.write(
            lambda _: self._app.profiles.put(uscc, wanted, actor=ACTOR, seen=seen),
            lambda profile: self._kept(uscc, profile),
            failed=partial(self._not_kept, uscc, changes),
            owner=self,
        )

    def _kept(self, uscc: str, profile: Profile) -> None:
        self._become(uscc, _beside(self.state.told[uscc], profile))
        self.saved.emit(uscc)

    def _not_kept(self, uscc: str, changes: Mapping[str, Any], error: AppError) -> None:
        if error.code == OVERTAKEN:
            self._give_way(uscc, changes)
            self._messages.overtaken(error, lambda: self._put(uscc, changes) if isValid(self) else None)
        else:
            self._messages.error(error)
        self.load()

    def _give_way(self, uscc: str, changes: Mapping[str, Any]) -> None:
        """What somebody else wrote takes the place of what was typed."""
        told = self.state.told[uscc]
        for name in changes.keys() & told.typed.keys():
            told = _with(told, name, replace(told.typed[name], kept=True))
        self._become(uscc, told)

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
