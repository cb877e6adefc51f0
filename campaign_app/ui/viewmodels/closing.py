"""What is still on its way when the window is to be closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from campaign_app.domain.campaign import CampaignState

if TYPE_CHECKING:
    from campaign_app.bootstrap import App

ON_THEIR_WAY: Final = frozenset({CampaignState.SENDING, CampaignState.SCHEDULED})


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """`send_at` is None for a campaign that is being sent."""

    name: str
    send_at: datetime | None


def on_their_way(app: App) -> tuple[OnItsWay, ...]:
    """The campaigns that somebody expects to go on; those that are being sent first."""
    found = [campaign for campaign in app.campaigns.all() if campaign.state in ON_THEIR_WAY]
    found.sort(key=lambda campaign: (campaign.state is not CampaignState.SENDING, campaign.send_at or app.clock()))
    return tuple(
        OnItsWay(campaign.name, campaign.send_at if campaign.state is CampaignState.SCHEDULED else None)
        for campaign in found
    )
