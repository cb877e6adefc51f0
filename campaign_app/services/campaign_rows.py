"""Campaigns as lists show them: with who answers for each, what became of it and when somebody last touched it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.services.accounts import Accounts
from campaign_app.services.campaigns import Campaigns


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """`counts` are the keys of `InboxStore.counts`; `entity` is a name."""

    campaign: Campaign
    entity: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    changed_at: datetime | None = None

    @property
    def needs_person(self) -> bool:
        """It stands still until somebody does something."""
        stopped = self.campaign.state in (CampaignState.PAUSED, CampaignState.WAITING)
        return stopped or (self.campaign.state is CampaignState.DRAFT and bool(self.campaign.state_note))


def rows(campaigns: Campaigns, accounts: Accounts) -> tuple[CampaignRow, ...]:
    """Every campaign, newest first."""
    names = {entity.uscc: entity.name for entity in accounts.entities()}
    changed = campaigns.changed()
    return tuple(
        CampaignRow(
            campaign,
            names.get(campaign.entity_uscc, campaign.entity_uscc),
            campaigns.counts(campaign.id),
            changed.get(campaign.id),
        )
        for campaign in campaigns.all()
    )
