"""How far each of the five steps of a campaign is, told from what is known of the campaign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from campaign_app.domain.campaign import CampaignState as State
from campaign_app.ui.viewmodels.campaign import CampaignView

STEPS: Final = ("audience", "content", "screening", "sending", "results")
StepState = Literal["empty", "done", "busy", "attention"]
_SCREENED: Final = frozenset({State.SCREENED, State.APPROVED})
_BEFORE_APPROVAL: Final = frozenset({State.DRAFT, State.SCREENING, State.SCREENED})
_SENDING: Final[Mapping[State, tuple[StepState, str]]] = {
    State.APPROVED: ("attention", "approved"),
    State.SCHEDULED: ("done", "scheduled"),
    State.SENDING: ("busy", "running"),
    State.PAUSED: ("attention", "stopped"),
    State.WAITING: ("attention", "stopped"),
    State.CANCELLING: ("busy", "cancelling"),
    State.CANCELLED: ("done", "cancelled"),
    State.DONE: ("done", "done"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """The state of a step and a code for the words under it; `number` is what they count."""

    state: StepState
    code: str
    number: int = 0


def marks(view: CampaignView) -> dict[str, Mark]:
    """Keys are `STEPS`."""
    return {
        "audience": _audience(view),
        "content": _content(view),
        "screening": _screening(view),
        "sending": _sending(view),
        "results": _results(view),
    }


def _audience(view: CampaignView) -> Mark:
    campaign = view.campaign
    if "audience" in view.unkept:
        return Mark("attention", "unkept")
    if view.unfinished:
        return Mark("attention", "unfinished", view.unfinished)
    if campaign.state is not State.DRAFT and campaign.snapshot_size:
        return Mark("done", "people", campaign.snapshot_size)
    if campaign.state in _SCREENED and not campaign.snapshot_size:
        return Mark("attention", "nobody")
    if campaign.audience.parts:
        return Mark("done", "conditions", len(campaign.audience.parts))
    return Mark("empty", "everybody")


def _content(view: CampaignView) -> Mark:
    body, signature = view.campaign.body.strip(), view.campaign.signature.strip()
    if "text" in view.unkept:
        return Mark("attention", "unkept")
    if not body and not signature:
        return Mark("empty", "empty")
    if not signature:
        return Mark("attention", "no_signature")
    if not body:
        return Mark("attention", "no_text")
    return Mark("attention", "blocked") if view.verdict == "block" else Mark("done", "written")


def _screening(view: CampaignView) -> Mark:
    state = view.campaign.state
    if state is State.SCREENING:
        return Mark("busy", "running")
    if state is State.DRAFT:
        if view.campaign.state_note:
            return Mark("attention", "failed")
        return Mark("attention", "void") if view.funnel else Mark("empty", "empty")
    if state in _SCREENED and not view.ready:
        return Mark("attention", "nobody")
    return Mark("done", "ready", view.cleared) if view.funnel else Mark("empty", "empty")


def _sending(view: CampaignView) -> Mark:
    if view.campaign.state in _BEFORE_APPROVAL:
        return Mark("empty", "empty")
    return Mark(*_SENDING[view.campaign.state])


def _results(view: CampaignView) -> Mark:
    submitted, delivered = view.counts.get("submitted", 0), view.counts.get("delivered", 0)
    if not submitted:
        return Mark("empty", "empty")
    if view.counts.get("complaints", 0):
        return Mark("attention", "complaints", view.counts["complaints"])
    ended = view.campaign.state in (State.DONE, State.CANCELLED)
    reported = delivered or view.counts.get("failed", 0)  # else nothing is known of deliveries yet
    known = ("delivered", delivered) if reported else ("submitted", submitted)
    return Mark("done" if ended else "busy", *known)
