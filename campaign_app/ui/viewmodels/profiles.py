"""What each entity tells of itself for the rules: trade, SMS provider, own domains; kept as soon as it is right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from campaign_app.domain.errors import AppError
from campaign_app.services.profiles import Profile, is_domain

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Tasks

ACTOR: Final = "window"
_BETWEEN: Final = re.compile(r"[\s,，、;；]+")
_AROUND: Final = re.compile(r"^(?:[a-z][a-z0-9+.-]*://)?(?:[^/@]*@)?|[:/?#].*$")


@dataclass(frozen=True, slots=True)
class Told:
    """`domains` as they are typed; `wrong` is the one that is none. `stored` is what the rules go by."""

    stored: Profile
    domains: str
    wrong: str = ""
    saved: bool = True


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

    def type_domains(self, uscc: str, text: str) -> None:
        """What stands in the field; what is wrong is said while it is typed, and nothing is kept yet."""
        known = self.state.told[uscc]
        wrong = next((each for each in domains_in(text) if not is_domain(each)), "")
        typed = replace(known, domains=text, wrong=wrong, saved=domains_in(text) == known.stored.domains)
        self._become(uscc, typed)

    def save_domains(self, uscc: str) -> None:
        known = self.state.told[uscc]
        domains = domains_in(known.domains)
        if not known.wrong and domains != known.stored.domains:
            self._put(uscc, replace(known.stored, domains=domains))

    def _put(self, uscc: str, profile: Profile) -> None:
        self._tasks.write(
            lambda _: self._app.profiles.put(uscc, profile, actor=ACTOR),
            lambda _: self._kept(uscc, profile),
            failed=self._not_kept,
            owner=self,
        )

    def _kept(self, uscc: str, profile: Profile) -> None:
        known = self.state.told[uscc]
        if domains_in(known.domains) == profile.domains:
            known = replace(known, domains=text_of(profile), wrong="", saved=True)
        self._become(uscc, replace(known, stored=profile))
        self.saved.emit(uscc)

    def _not_kept(self, error: AppError) -> None:
        self._messages.error(error)
        self.load()

    def _read(self) -> dict[str, Profile]:
        return {entity.uscc: self._app.profiles.of(entity.uscc) for entity in self._app.accounts.entities()}

    def _loaded(self, read: Mapping[str, Profile]) -> None:
        """What was typed and not kept yet stays."""
        told = {uscc: self._beside(uscc, profile) for uscc, profile in read.items()}
        if told != self.state.told:
            self.state = ProfilesState(told)
            self.changed.emit(self.state)

    def _beside(self, uscc: str, profile: Profile) -> Told:
        known = self.state.told.get(uscc)
        if known is not None and not known.saved:
            return replace(known, stored=profile)
        return Told(profile, text_of(profile))

    def _become(self, uscc: str, told: Told) -> None:
        self.state = ProfilesState({**self.state.told, uscc: told})
        self.changed.emit(self.state)


def domains_in(text: str) -> tuple[str, ...]:
    """As people write them: with commas or spaces between, as whole addresses, in capitals; each once."""
    written = (_AROUND.sub("", each.lower()) for each in _BETWEEN.split(text.strip()))
    return tuple(dict.fromkeys(each for each in written if each))


def text_of(profile: Profile) -> str:
    return " ".join(profile.domains)
