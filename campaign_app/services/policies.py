"""The workspace's settings as a person changes them: checked as a whole, stored at once, written into the audit log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from campaign_app import settings
from campaign_app.domain.campaign import Noted
from campaign_app.domain.ports import AccountStore, Clock
from campaign_app.domain.team import Permission
from campaign_app.services.overtaken import require_as_seen
from campaign_app.services.permitted import Permitted, needs
from campaign_app.settings import Settings

_Stored = dict[str, int | str]


class Policies(Permitted):
    def __init__(self, *, store: AccountStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def current(self) -> Settings:
        """Raises SettingsError for a stored value that this version does not take; `restore` mends it."""
        return settings.load(self._store.settings(settings.NAMES).get)

    @needs(Permission.SET)
    def save(self, values: Mapping[str, str], *, actor: str, seen: Mapping[str, str] = {}) -> Settings:
        """Changes some settings, as typed; all of them or none. The next job works by them. Raises SettingsError.

        `seen` is what stood there, as text, when they were read: raises NotAllowed("changed_elsewhere") where that is
        something else by now.
        """

        def typed(stored: Mapping[str, Any]) -> tuple[_Stored, Settings]:
            before = settings.load(stored.get)
            now = _stored(before)
            for name, text in seen.items():
                require_as_seen(str(now[name]), text, values.get(name), setting=name)
            return now, settings.with_values(before, values)

        return self._put(typed, actor)

    @needs(Permission.SET)
    def restore(self, *, actor: str) -> Settings:
        """The defaults again, whatever is stored."""
        defaults = Settings()
        return self._put(lambda stored: ({**_stored(defaults), **stored}, defaults), actor)

    def _put(self, decided: Callable[[Mapping[str, Any]], tuple[Mapping[str, Any], Settings]], actor: str) -> Settings:
        """Decided on what stands there as it is written: two that are good by themselves may be none together."""
        put = Settings()

        def change(stored: Mapping[str, Any]) -> tuple[_Stored, Sequence[Noted]]:
            nonlocal put
            then, put = decided(stored)
            changed = {name: value for name, value in _stored(put).items() if value != then[name]}
            at, who = self._clock(), self.person.signs(actor)
            # what was stored may be nothing that this version knows
            former = {name: value if isinstance(value, int | str) else None for name, value in then.items()}
            told = ({"setting": name, "value": value, "former": former[name]} for name, value in changed.items())
            # in one transaction: no policy is another without a word of who made it so
            return changed, [Noted("settings.changed", who, at, facts) for facts in told]

        self._store.change_settings(settings.NAMES, change)
        return put


def _stored(known: Settings) -> _Stored:
    return {each.name: settings.to_stored(getattr(known, each.name)) for each in settings.DECLARED}
