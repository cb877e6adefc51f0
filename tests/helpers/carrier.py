"""A sender without idempotency keys, in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from campaign_app.consent import Outgoing
from campaign_app.domain.errors import OutcomeUnknown
from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.jobs.ports import GatewayCapabilities, Sent
from tests.fakes.remotes import FakeGateway
from tests.helpers.shop import Shop

ONCE = GatewayCapabilities(
    simulated=True, needs_phone=True, batch_max=2, idempotent=False, lookup=True, streams=frozenset(), follow=True
)
LOST = OutcomeUnknown("timeout", "No answer in time")


@dataclass
class Carrier(FakeGateway):
    """Takes whatever it is handed, as often as it is handed; `room` messages a call, `hidden` ones cannot be found."""

    capabilities: GatewayCapabilities = ONCE
    room: list[int] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    ends: dict[str, Outcome] = field(default_factory=dict)

    def submit(self, key: str, messages: Sequence[Outgoing]) -> tuple[SubmitOutcome, ...]:
        self.reach(key)
        taken = messages[: self.room.pop(0)] if self.room else messages
        self.accepted.setdefault(key, []).extend(taken)
        if self.fail_after:
            raise self.fail_after.pop(0)
        return tuple(SubmitOutcome(m.message_id, Outcome.ACCEPTED) for m in taken)

    def lookup(self, key: str, sent: Sequence[Sent]) -> tuple[SubmitOutcome, ...]:
        self.lookups.append(key)
        self.asked_for.append(tuple(sent))
        if self.fail_lookup:
            raise self.fail_lookup.pop(0)
        known = {
            m.message_id: m.recipient for m in self.accepted.get(key, ()) if m.recipient.ref.ref not in self.hidden
        }
        return tuple(
            SubmitOutcome(one.message_id, self.ends.get(known[one.message_id].ref.ref, Outcome.ACCEPTED))
            for one in sent
            if one.message_id in known and one.phone == known[one.message_id].phone
        )


def counts(shop: Shop, campaign_id: int) -> dict[str, int]:
    return {word: n for word, n in shop.workspace.inbox.counts(campaign_id).items() if n}


def unfit(carrier: Carrier, who: Collection[str], code: str = "no_template") -> None:
    """No template gives the texts of these people, or they are refused otherwise; a request goes out for the others."""
    taking = carrier.submit

    def submit(key: str, messages: Sequence[Outgoing]) -> tuple[SubmitOutcome, ...]:
        fit = [m for m in messages if m.recipient.ref.ref not in who]
        found = {each.message_id: each for each in (taking(key, fit) if fit else ())}
        refused = SubmitOutcome("", Outcome.REJECTED, code=code)
        return tuple(found.get(m.message_id) or replace(refused, message_id=m.message_id) for m in messages)

    carrier.submit = submit  # type: ignore[method-assign]
