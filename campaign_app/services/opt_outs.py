"""Opt-outs that a person records, and what the platforms have yet to be told."""

from __future__ import annotations

from collections.abc import Mapping

from campaign_app.domain.consent import Backlog
from campaign_app.domain.ports import AuditLog, Clock
from campaign_app.domain.ports_people import OptOutStore

BY_HAND = "by_hand"


class OptOuts:
    """Whoever says no by telephone or at the till is in force at once, here and by and by at every shop's platform."""

    def __init__(self, store: OptOutStore, audit: AuditLog, clock: Clock) -> None:
        self._store = store
        self._audit = audit
        self._clock = clock

    def add(self, customer_id: int, *, note: str, actor: str) -> None:
        """Suppresses a customer by reference and number. Raises NotFound."""
        now = self._clock()
        self._store.add(customer_id, now, BY_HAND, note)
        self._audit.record("customer.opted_out", actor=actor, at=now, customer=customer_id)

    def backlog(self) -> Mapping[int, Backlog]:
        """By account: what its platform does not know yet, since when, and what it will not take."""
        return self._store.backlog()
