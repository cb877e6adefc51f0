"""Stops the sending of a campaign with a reason that a person can read."""

from __future__ import annotations

from contextlib import suppress

from campaign_app.domain.campaign import Campaign, CampaignState, Noted
from campaign_app.domain.errors import NotAllowed
from campaign_app.jobs.stores import Context


def put_aside(context: Context, campaign: Campaign, state: CampaignState, note: str) -> bool:
    """Stops the sending with a reason that a person can read, and tells so; whoever stopped it first is right."""
    noted = Noted("campaign.stopped", "worker", context.clock(), {"state": state.value, "note": note})
    with suppress(NotAllowed):
        context.stores.campaigns.move(campaign.id, state, note, expected=CampaignState.SENDING, noted=noted)
        return True
    return False
