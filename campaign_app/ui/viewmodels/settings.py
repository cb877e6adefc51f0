"""Policies and the workspace itself as the settings show them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from campaign_app import settings
from campaign_app.domain.errors import AppError, SettingsError
from campaign_app.logins import AtLogin
from campaign_app.services.overtaken import OVERTAKEN
from campaign_app.settings import DECLARED, Settings
from campaign_app.ui.viewmodels.closing import login_of

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Tasks

ACTOR: Final = "window"
DEFAULTS: Final[Mapping[str, str]] = {each.name: str(settings.to_stored(each.default)) for each in DECLARED}
WINDOW: Final = ("window_opens", "window_closes")


@dataclass(frozen=True, slots=True)
class PoliciesState:
    """`typed` is what stands in the form, `problems` the code of what is wrong with it, by name."""

    stored: Mapping[str, str] | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    saving: bool = False

    @property
    def changed(self) -> Mapping[str, str]:
        return {name: text for name, text in self.typed.items() if text != (self.stored or {}).get(name)}

    @property
    def savable(self) -> bool:
        return bool(self.changed) and not self.problems and not self.saving

    @property
    def restorable(self) -> bool:
        return (self.stored != DEFAULTS or dict(self.typed) != dict(DEFAULTS)) and not self.saving


class PoliciesModel(QObject):
    """`overtaken` names a setting that somebody else changed meanwhile."""

    changed = Signal(object)  # PoliciesState
    saved = Signal()
    overtaken = Signal(str)

    def __init__(self, app: App, tasks: Tasks, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._policies, self._tasks, self._messages = app.policies, tasks, messages
        self.state = PoliciesState()
        self._seen: dict[str, str] = {}  # what stood in a field before anything was typed there

    def load(self) -> None:
        """What is stored; what was typed and not yet saved stays."""
        self._tasks.run(lambda _: self._policies.current(), self._loaded, failed=self._broken, owner=self, key="load")

    def type(self, name: str, text: str) -> None:
        if name not in self.state.changed and name in (self.state.stored or {}):
            self._seen[name] = (self.state.stored or {})[name]
        typed = {**self.state.typed, name: text.strip()}
        self._become(replace(self.state, typed=typed, problems=problems_of(typed)))

    def save(self) -> None:
        if self.state.savable:
            values, stored = dict(self.state.changed), {**(self.state.stored or {}), **self._seen}
            seen = {name: stored[name] for name in values if name in stored}
            self._write(lambda: self._policies.save(values, actor=ACTOR, seen=seen))

    def restore(self) -> None:
        self._write(lambda: self._policies.restore(actor=ACTOR))

    def undo(self) -> None:
        """What is stored stands in the form again."""
        stored = self.state.stored or {}
        self._become(replace(self.state, typed=stored, problems=problems_of(stored)))

    def _write(self, change: Callable[[], Settings]) -> None:
        self._become(replace(self.state, saving=True))
        self._tasks.write(lambda _: change(), self._saved, failed=self._not_saved, owner=self)

    def _saved(self, now: Settings) -> None:
        stored = texts_of(now)
        self._seen.clear()
        self._become(PoliciesState(stored, stored))
        self.saved.emit()

    def _not_saved(self, error: AppError) -> None:
        self._become(replace(self.state, saving=False))
        if error.code != OVERTAKEN:
            self._messages.error(error)
            return
        # what was typed stays beside it; saved again it holds
        self._seen.clear()
        self._messages.overtaken(error, lambda: self.save() if isValid(self) else None)
        self.load()
        self.overtaken.emit(str(error.facts["setting"]))

    def _loaded(self, now: Settings) -> None:
        stored = texts_of(now)
        typed = {**stored, **self.state.changed} if self.state.stored is not None else stored
        self._become(replace(self.state, stored=stored, typed=typed, problems=problems_of(typed)))

    def _broken(self, error: AppError) -> None:
        """A stored value that this version does not take: the defaults are offered."""
        self._messages.error(error)
        self._become(PoliciesState({}, DEFAULTS))

    def _become(self, state: PoliciesState) -> None:
        if state != self.state:
            self.state = state
            self.changed.emit(state)


@dataclass(frozen=True, slots=True)
class WorkspaceState:
    folder: Path | None = None
    size: int = 0
    key_lives: str = ""
    changing: bool = False
    error: AppError | None = None
    login: AtLogin | None = None  # the worker at login; None until it is known
    server: str = ""  # where a team's workspace is
    switching: bool = False


class WorkspaceModel(QObject):
    changed = Signal(object)  # WorkspaceState
    passphrase_changed = Signal()

    def __init__(self, app: App, tasks: Tasks, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app, self._tasks, self._messages = app, tasks, messages
        self.state = WorkspaceState()

    def load(self) -> None:
        self._tasks.run(lambda _: self._read(), self._become, failed=self._messages.error, owner=self, key="load")

    def change_passphrase(self, old: str, new: str) -> None:
        from campaign_app import bootstrap

        self._become(replace(self.state, changing=True, error=None))
        self._tasks.write(
            lambda _: bootstrap.change_passphrase(self._app, old=old, new=new),
            lambda _: self._passphrase_changed(),
            failed=lambda error: self._become(replace(self.state, changing=False, error=error)),
            owner=self,
        )

    def set_at_login(self, on: bool) -> None:  # noqa: FBT001 as a box is toggled
        """What stands in the system is shown again, whether or not it could be changed."""
        from campaign_app import logins

        app, change = self._app, logins.turn_on if on else logins.turn_off_in
        self._become(replace(self.state, switching=True))
        self._tasks.write(
            lambda _: change(app, actor=ACTOR), lambda _: self._look_again(), failed=self._not_switched, owner=self
        )

    def _not_switched(self, error: AppError) -> None:
        self._messages.error(error)
        self._look_again()

    def _look_again(self) -> None:
        def seen(login: AtLogin) -> None:
            self._become(replace(self.state, login=login, switching=False))

        self._tasks.run(lambda _: login_of(self._app), seen, owner=self, key="login")

    def forget_error(self) -> None:
        self._become(replace(self.state, error=None))

    def _passphrase_changed(self) -> None:
        self._become(replace(self.state, changing=False))
        self.passphrase_changed.emit()

    def _read(self) -> WorkspaceState:
        from campaign_app import bootstrap

        about = bootstrap.about(self._app)
        return WorkspaceState(about.folder, about.size, about.key_lives, login=login_of(self._app), server=about.server)

    def _become(self, state: WorkspaceState) -> None:
        self.state = state
        self.changed.emit(state)


def texts_of(known: Settings) -> Mapping[str, str]:
    return {each.name: str(settings.to_stored(getattr(known, each.name))) for each in DECLARED}


def problems_of(typed: Mapping[str, str]) -> Mapping[str, str]:
    """The code of what is wrong with each value, as it would be refused."""
    found: dict[str, str] = {}
    for name, text in typed.items():
        try:
            settings.parse(name, text)
        except SettingsError as error:
            found[name] = error.code
    opens, closes = (typed.get(name, DEFAULTS[name]) for name in WINDOW)
    if not found.keys() & set(WINDOW) and _at(opens) >= _at(closes):
        found[WINDOW[1]] = "setting_window"
    return found


def _at(written: str) -> time:
    parsed = settings.parse(WINDOW[0], written)
    assert isinstance(parsed, time)
    return parsed
