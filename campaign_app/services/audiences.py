"""Saved segments and live counts."""

from __future__ import annotations

from campaign_app.domain.audience import Filter
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.ports import AccountStore, Clock, CustomerStore


class Audiences:
    def __init__(self, *, customers: CustomerStore, settings: AccountStore, clock: Clock) -> None:
        self._customers = customers
        self._settings = settings
        self._clock = clock

    def count(self, audience: Filter, entity_uscc: str) -> int:
        """Customers of the entity's shops that match now."""
        return self._customers.count(audience, entity_uscc, self._clock())

    def save(self, name: str, audience: Filter) -> None:
        """Keeps a filter under a name; the same name again replaces it."""
        if not name.strip():
            raise SettingsError("segment_name", "A saved segment needs a name")
        saved = dict(self._settings.setting("segments", {}))
        saved[name.strip()] = audience.to_json()
        self._settings.set_setting("segments", saved)

    def saved(self) -> dict[str, Filter]:
        return {name: Filter.from_json(data) for name, data in self._settings.setting("segments", {}).items()}

    def remove(self, name: str) -> None:
        saved = dict(self._settings.setting("segments", {}))
        saved.pop(name, None)
        self._settings.set_setting("segments", saved)
