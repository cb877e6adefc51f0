"""What plans for peaks ask of the store. Every method is one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from campaign_app.domain.peak import PauseAll, Plan, PlanState, Press, Wish, Word
from campaign_app.domain.ports import Clock


@dataclass(frozen=True, slots=True)
class Batch:
    """Of a batch that is watched: how many messages were answered since, how many never, and when the last was."""

    id: int
    campaign_id: int
    answered: int
    unanswered: int
    last_at: datetime | None


class PeakStore(Protocol):
    def add(self, wish: Wish, *, actor: str, at: datetime) -> Plan: ...
    def change(
        self,
        plan_id: int,
        wish: Wish,
        state: PlanState,
        *,
        open_items: Sequence[str] = (),
        actor: str,
        at: datetime,
        seen: Plan | None = None,
    ) -> Plan:
        """Raises NotFound("peak"), NotAllowed("peak_over") for one that is over by now.

        `seen` is what this was made of: raises NotAllowed("changed_elsewhere") where the plan is another by now.
        """
        ...

    def plan(self, plan_id: int) -> Plan:
        """Raises NotFound("peak")."""
        ...

    def plans(self) -> tuple[Plan, ...]:
        """The newest first."""
        ...

    def say(
        self, plan_id: int, item: str, code: str, *, holds: bool, name: str, note: str, actor: str, at: datetime
    ) -> Word:
        """Appends a person's word. Raises as `change` does."""
        ...

    def words(self, plan_id: int) -> Mapping[str, Word]:
        """By item, the newest of each."""
        ...

    def press(self) -> Press:
        """What is claimed and what is open at this moment, of every campaign that is being sent."""
        ...

    def pause_all(
        self,
        plan: Plan,
        press: Press,
        active: Collection[int],
        *,
        drill: bool,
        actor: str,
        asked_at: datetime,
        clock: Clock,
    ) -> PauseAll:
        """Pauses whatever is scheduled or being sent of the plan's entities, and puts that down, as one.

        What an earlier command has paused is among its stops as well: with that one it goes on no more.
        `active` are the campaigns that a worker is sending.
        """
        ...

    def pause(self, pause_id: int) -> PauseAll:
        """Raises NotFound("peak_pause")."""
        ...

    def pauses(self, plan_id: int | None = None) -> tuple[PauseAll, ...]:
        """The newest first."""
        ...

    def answers(self, pause: PauseAll) -> tuple[Batch, ...]:
        """What became of the batches that are watched, by when it was put down in the ledger."""
        ...

    def keep(self, pause: PauseAll, *, actor: str, at: datetime) -> PauseAll:
        """Puts down what was seen of it by now; once everything is known, or it went on, with an entry in the audit.

        What was put down of it meanwhile stays.
        """
        ...
