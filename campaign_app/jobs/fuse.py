"""A campaign that many complain of stops by itself, before its next batch, until a person has looked."""

from __future__ import annotations

from typing import Final

from campaign_app.domain.campaign import Campaign
from campaign_app.jobs.stores import Context

# one or two say little of a small campaign
LEAST: Final = 3


def is_blown(context: Context, campaign: Campaign) -> bool:
    """Whether more complained, since somebody last let it go on, than `complaints_per_10000` of those sent to."""
    new = context.stores.inbox.complaints(campaign.id) - campaign.complaints_seen
    if new < LEAST:
        return False
    sent = context.stores.inbox.submitted(campaign.id)
    return new * 10_000 > context.complaints_per_10000 * sent
