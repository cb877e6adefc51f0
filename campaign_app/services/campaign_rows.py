"""Campaigns as lists show them: with who answers for each, what became of it and when somebody last touched it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.services.accounts import Accounts
from campaign_app.services.campaigns import Campaigns

FRESH: Final = 20  # as many of the newest are always counted anew: reports come in for days
UNBEGUN: Final = frozenset(
    {CampaignState.DRAFT, CampaignState.SCREENING, CampaignState.SCREENED, CampaignState.APPROVED}
)
SETTLED: Final = frozenset({CampaignState.DONE, CampaignState.CANCELLED})


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """`counts` are the keys of `InboxStore.counts`, empty before anything left; `entity` is a name."""

    campaign: Campaign
    entity: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    changed_at: datetime | None = None

    @property
    def needs_person(self) -> bool:
        """It stands still until somebody does something."""
        stopped = self.campaign.state in (CampaignState.PAUSED, CampaignState.WAITING)
        failed = self.campaign.state is CampaignState.DRAFT and bool(self.campaign.state_note)
        return stopped or failed or self.campaign.may_be_closed


def rows(campaigns: Campaigns, accounts: Accounts, known: Iterable[CampaignRow] = ()) -> tuple[CampaignRow, ...]:
    """Every campaign, newest first. Of older ones that are as they were `known`, nothing is counted anew."""
    names = {entity.uscc: entity.name for entity in accounts.entities()}
    changed, before = campaigns.changed(), {row.campaign.id: row for row in known}

    def counts(at: int, campaign: Campaign) -> Mapping[str, int]:
        if campaign.state in UNBEGUN:
            return {}
        former = before.get(campaign.id)
        same = at >= FRESH and former is not None and former.campaign == campaign and campaign.state in SETTLED
        return former.counts if same and former is not None else campaigns.counts(campaign.id)

    return tuple(
        CampaignRow(
            campaign,
            names.get(campaign.entity_uscc, campaign.entity_uscc),
            counts(at, campaign),
            changed.get(campaign.id),
        )
        for at, campaign in enumerate(campaigns.all())
    )
