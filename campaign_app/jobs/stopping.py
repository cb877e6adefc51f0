"""Stops the sending of a campaign with a reason that a person can read."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from campaign_app.domain.campaign import Campaign, CampaignState, Noted, Released
from campaign_app.domain.errors import NotAllowed, NotFound
from campaign_app.domain.ports import Job
from campaign_app.jobs.stores import Context

# by the kind of the job that failed: meanwhile the campaign may have become another job's
_AFTER_FAILURE: Final = {
    ("dispatch", CampaignState.SENDING): CampaignState.PAUSED,
    ("screen", CampaignState.SCREENING): CampaignState.DRAFT,
    ("reconcile", CampaignState.CANCELLING): CampaignState.CANCELLING,
}


def put_aside(context: Context, campaign: Campaign, state: CampaignState, note: str) -> bool:
    """Stops the sending with a reason that a person can read, and tells so; whoever stopped it first is right."""
    noted = _stopped(context, state, note)
    with suppress(NotAllowed):
        context.stores.campaigns.move(campaign.id, state, note, expected=CampaignState.SENDING, noted=noted)
        return True
    return False


def released(context: Context, job: Job, note: str) -> Released | None:
    """How the campaign of a job that failed leaves its working state, with the reason.

    None where it has no campaign, or that is in no such state, or in one that is another job's.

    One that is cancelling keeps its state, for the worker tries again; the reason is for a person, who may close it.
    """
    campaign_id = job.args.get("campaign_id")
    if campaign_id is None:
        return None
    try:
        state = context.stores.campaigns.campaign(campaign_id).state
    except NotFound:  # a draft may be deleted while its job ends
        return None
    to = _AFTER_FAILURE.get((job.kind, state))
    noted = _stopped(context, to, note) if to is CampaignState.PAUSED else None
    return None if to is None else Released(campaign_id, to, note, state, noted)


def _stopped(context: Context, state: CampaignState, note: str) -> Noted:
    return Noted("campaign.stopped", "worker", context.clock(), {"state": state.value, "note": note})
