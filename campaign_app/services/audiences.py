"""Saved segments and live counts."""

from __future__ import annotations

from campaign_app.domain.audience import Filter
from campaign_app.domain.customer import Customer
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.ports import Clock
from campaign_app.domain.ports_people import AudienceStore, CustomerStore
from campaign_app.domain.team import Permission
from campaign_app.services.permitted import Permitted, needs


class Audiences(Permitted):
    def __init__(self, *, customers: CustomerStore, store: AudienceStore, clock: Clock) -> None:
        self._customers = customers
        self._store = store
        self._clock = clock

    def count(self, audience: Filter, entity_uscc: str) -> int:
        """Customers of the entity's connected shops that match now; of "" those of every shop there is."""
        return self._customers.count(audience, entity_uscc, self._clock())

    def customers(self) -> int:
        """All of them, whatever their shop."""
        return self._customers.total()

    def any_customer(self) -> bool:
        """Whether there is one at all: nobody is counted."""
        return self._customers.anybody()

    def sample(self, audience: Filter, entity_uscc: str, limit: int) -> tuple[Customer, ...]:
        """A few of those that match now."""
        return self._customers.some(audience, entity_uscc, self._clock(), limit)

    def values(self, field: str, entity_uscc: str, limit: int) -> tuple[str, ...]:
        """What there is to choose from in `province`, `city` or `tag`, the most frequent first."""
        return self._customers.values(field, entity_uscc, limit)

    @needs(Permission.BUILD)
    def save(self, name: str, audience: Filter) -> None:
        """Keeps a filter under a name; the same name again replaces it. Raises SettingsError for an empty name."""
        self._store.save(_named(name), audience, self._clock())

    @needs(Permission.BUILD)
    def rename(self, name: str, to: str) -> None:
        """Raises SettingsError for an empty name or one that another segment has, NotFound for one that is gone."""
        self._store.rename(name, _named(to))

    def saved(self) -> dict[str, Filter]:
        return {name: self._store.audience(name) for name in self._store.names()}

    @needs(Permission.BUILD)
    def remove(self, name: str) -> None:
        self._store.delete(name)


def _named(name: str) -> str:
    if not name.strip():
        raise SettingsError("segment_name", "A saved segment needs a name")
    return name.strip()
