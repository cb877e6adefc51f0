"""Saved segments and live counts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Noted
from campaign_app.domain.customer import Customer
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.ports import Clock
from campaign_app.domain.ports_people import AudienceStore, CustomerStore
from campaign_app.domain.team import Permission
from campaign_app.logs import mask
from campaign_app.services.overtaken import require_as_seen
from campaign_app.services.permitted import Permitted, needs

NAME_MAX: Final = 100  # characters; an index of a server holds no text of some thousand bytes


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
    def save(self, name: str, audience: Filter, *, actor: str, seen: Mapping[str, Filter] | None = None) -> None:
        """Keeps a filter under a name; the same name again replaces it. Raises SettingsError for an empty name.

        `seen` are the segments as they were read: raises NotAllowed("changed_elsewhere") where another one has the
        name by now.
        """
        known, at = _named(name), self._clock()
        if seen is not None:
            require_as_seen(self.saved().get(known), seen.get(known), audience)
        self._store.save(known, audience, at, self._noted("saved", known, actor, at, filter=_sum_of(audience)))

    @needs(Permission.BUILD)
    def rename(self, name: str, to: str, *, actor: str) -> None:
        """Raises SettingsError for an empty name or one that another segment has, NotFound for one that is gone."""
        known = _named(to)
        self._store.rename(name, known, self._noted("renamed", known, actor, self._clock(), former=mask(name)))

    def saved(self) -> dict[str, Filter]:
        return self._store.all()

    @needs(Permission.BUILD)
    def remove(self, name: str, *, actor: str, seen: Mapping[str, Filter] | None = None) -> None:
        """Raises NotAllowed("changed_elsewhere") where it says something else by now than was `seen`."""
        if seen is not None:
            require_as_seen(self.saved().get(name), seen.get(name), None)
        self._store.delete(name, self._noted("removed", name, actor, self._clock()))

    def _noted(self, what: str, name: str, actor: str, at: datetime, **facts: str) -> Noted:
        """Masked: the chain is kept for ever, and people write into names what they like."""
        return Noted(f"segment.{what}", self.person.signs(actor), at, {"segment": mask(name), **facts})


def _sum_of(audience: Filter) -> str:
    """SHA-256 of what it says: conditions may name people, the audit need not."""
    return hashlib.sha256(json.dumps(audience.to_json(), ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _named(name: str) -> str:
    known = name.strip()
    if not known:
        raise SettingsError("segment_name", "A saved segment needs a name")
    if len(known) > NAME_MAX:
        raise SettingsError("segment_name_long", "The name of a saved segment is too long", most=NAME_MAX)
    return known
