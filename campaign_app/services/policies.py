"""The workspace's settings as a person changes them: checked as a whole, stored at once, written into the audit log."""

from __future__ import annotations

from collections.abc import Mapping

from campaign_app import settings
from campaign_app.domain.campaign import Noted
from campaign_app.domain.ports import AccountStore, Clock
from campaign_app.domain.team import Permission
from campaign_app.services.overtaken import require_as_seen
from campaign_app.services.permitted import Permitted, needs
from campaign_app.settings import Settings


class Policies(Permitted):
    def __init__(self, *, store: AccountStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def current(self) -> Settings:
        """Raises SettingsError for a stored value that this version does not take; `restore` mends it."""
        return settings.load(self._store.setting)

    @needs(Permission.SET)
    def save(self, values: Mapping[str, str], *, actor: str, seen: Mapping[str, str] = {}) -> Settings:
        """Changes some settings, as typed; all of them or none. The next job works by them. Raises SettingsError.

        `seen` is what stood there, as text, when they were read: raises NotAllowed("changed_elsewhere") where that is
        something else by now.
        """
        before = self.current()
        now = _stored(before)
        for name, text in seen.items():
            require_as_seen(str(now[name]), text, values.get(name), setting=name)
        after = settings.with_values(before, values)
        self._put(before, after, actor)
        return after

    @needs(Permission.SET)
    def restore(self, *, actor: str) -> Settings:
        """The defaults again, whatever is stored."""
        self._put(None, Settings(), actor)
        return Settings()

    def _put(self, before: Settings | None, after: Settings, actor: str) -> None:
        now = _stored(after)
        defaults = _stored(Settings())
        then = {name: self._store.setting(name, defaults[name]) for name in now} if before is None else _stored(before)
        changed = {name: value for name, value in now.items() if value != then[name]}
        if not changed:
            return
        at, who = self._clock(), self.person.signs(actor)
        # what was stored may be nothing that this version knows
        former = {name: value if isinstance(value, int | str) else None for name, value in then.items()}
        told = ({"setting": name, "value": value, "former": former[name]} for name, value in changed.items())
        # in one transaction: no policy is another without a word of who made it so
        self._store.set_settings(changed, [Noted("settings.changed", who, at, facts) for facts in told])


def _stored(known: Settings) -> dict[str, int | str]:
    return {each.name: settings.to_stored(getattr(known, each.name)) for each in settings.DECLARED}
