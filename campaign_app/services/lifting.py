"""Lifting a person's opt-out: only for a later grant of theirs that their platform told, and by a reviewer's word."""

from __future__ import annotations

from campaign_app.domain.consent import LIFTABLE, SuppressionKind
from campaign_app.domain.errors import NotAllowed
from campaign_app.domain.ports import Clock
from campaign_app.domain.ports_people import FactStore, SuppressionStore
from campaign_app.domain.team import Permission
from campaign_app.services.permitted import Permitted, needs


class Lifting(Permitted):
    def __init__(self, suppressions: SuppressionStore, facts: FactStore, clock: Clock) -> None:
        self._suppressions, self._facts, self._clock = suppressions, facts, clock

    @needs(Permission.LIFT)
    def lift(self, customer_id: int, *, actor: str) -> frozenset[SuppressionKind]:
        """Every mark of theirs that can be lifted, for the newest answer of the platform; `actor` is who reviewed it.

        Returns what stays: complaint and minor are never lifted. Raises NotAllowed: `lift_nothing`, `lift_reviewer`,
        `lift_unconfirmed`, `lift_older`, and then nothing is changed.
        """
        marks = self._suppressions.of_customers([customer_id]).get(customer_id, frozenset())
        gone = [mark for mark in marks if mark.kind in LIFTABLE]
        if not gone:
            raise NotAllowed("lift_nothing", "There is no suppression that can be lifted", customer=customer_id)
        found = self._facts.latest([customer_id]).get(customer_id)
        if found is None:
            raise NotAllowed(
                "lift_unconfirmed", "The platform never told anything of this person", customer=customer_id
            )
        self._suppressions.lift(gone, customer_id=customer_id, fact_id=found[0], reviewer=actor, at=self._clock())
        return frozenset(mark.kind for mark in marks) - LIFTABLE
