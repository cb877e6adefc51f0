"""What the funnel shows: every gate with how many it kept out, in its order, and whether the numbers add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.consent import Reason
from campaign_app.services.campaigns import UNSCREENED, adds_up

Kind = Literal["refused", "unproven", "limit", "unscreened"]
ORDER: Final = tuple(reason.value for reason in Reason if reason is not Reason.OK)
# the person, or the law for them, said no
REFUSED: Final = frozenset(
    {Reason.SUPPRESSED_COMPLAINT, Reason.SUPPRESSED_OPT_OUT, Reason.MINOR, Reason.WITHDRAWN, Reason.DECLINED}
)
# nothing about consent: numbers, texts, caps and hours
LIMITS: Final = frozenset(
    {
        Reason.INVALID_PHONE, Reason.FREQUENCY_CAP, Reason.DUPLICATE_NUMBER, Reason.CONTENT, Reason.PROVIDER_CAP,
        Reason.HOUSE_CAP, Reason.WINDOW,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate: `count` people did not pass it; of `before` people `after` were left."""

    reason: str
    kind: Kind
    count: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class FunnelState:
    """`audience` is what was frozen, `waiting` who has no verdict yet while a screening runs.

    `passed` are the gates that kept nobody out; `adds_up` is computed. `fallen` of the `excluded` had passed, and were
    refused right before they would have left.
    """

    audience: int = 0
    ready: int = 0
    excluded: int = 0
    waiting: int = 0
    gates: tuple[Gate, ...] = ()
    passed: tuple[str, ...] = ()
    adds_up: bool = True
    fallen: int = 0


def funnel_of(campaign: Campaign, funnel: Mapping[str, int], fallen: int = 0) -> FunnelState:
    """Reasons that this version does not know are shown like the others, last: nobody is left out of the sum."""
    known = (*ORDER, UNSCREENED)
    named = (*known, *sorted(set(funnel) - {*known, Reason.OK.value}))
    gates, left = [], sum(funnel.values())
    for reason in named:
        count = funnel.get(reason, 0)
        if count:
            gates.append(Gate(reason, kind_of(reason), count, left, left - count))
            left -= count
    ready = funnel.get(Reason.OK, 0)
    passed = tuple(reason for reason in ORDER if not funnel.get(reason))
    running = campaign.state is CampaignState.SCREENING
    # while it runs the frozen audience is read before the people in it, or after
    audience = sum(funnel.values()) if running else campaign.snapshot_size
    waiting = funnel.get(UNSCREENED, 0) if running else 0
    excluded = sum(gate.count for gate in gates) - waiting
    whole = running or adds_up(funnel, audience)
    return FunnelState(audience, ready, excluded, waiting, tuple(gates), passed, whole, fallen)


def kind_of(reason: str) -> Kind:
    if reason in REFUSED:
        return "refused"
    if reason in LIMITS:
        return "limit"
    return "unscreened" if reason == UNSCREENED else "unproven"
