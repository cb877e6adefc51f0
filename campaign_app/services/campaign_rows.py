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
    changed, before, found = campaigns.changed(), {row.campaign.id: row for row in known}, campaigns.all()

    def stays(at: int, campaign: Campaign) -> bool:
        former = before.get(campaign.id)
        same = former is not None and former.campaign == campaign
        return at >= FRESH and same and campaign.state in SETTLED

    begun = [(at, each) for at, each in enumerate(found) if each.state not in UNBEGUN]
    counts = dict(campaigns.tallies([each.id for at, each in begun if not stays(at, each)]))
    counts |= {each.id: before[each.id].counts for at, each in begun if stays(at, each)}
    return tuple(
        CampaignRow(
            each, names.get(each.entity_uscc, each.entity_uscc), counts.get(each.id, {}), changed.get(each.id)
        )
        for each in found
    )  # fmt: skip
