"""What is still on its way when the window is to be closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from campaign_app import logins
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.errors import AppError
from campaign_app.domain.team import Permission, not_permitted
from campaign_app.logins import AtLogin

if TYPE_CHECKING:
    from campaign_app.bootstrap import App

ON_THEIR_WAY: Final = frozenset({CampaignState.SENDING, CampaignState.SCHEDULED})


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """`send_at` is None for a campaign that is being sent; `entity` is the USCC of whose it is."""

    name: str
    send_at: datetime | None
    entity: str = ""


@dataclass(frozen=True, slots=True)
class Leaving:
    campaigns: tuple[OnItsWay, ...]
    login: AtLogin


def leaving(app: App) -> Leaving:
    """A system that cannot be asked, or a folder that is gone, is no reason to keep the window open."""
    campaigns = on_their_way(app)
    return Leaving(campaigns, login_of(app) if campaigns else AtLogin())


def login_of(app: App) -> AtLogin:
    """The worker at login, as this person may have it."""
    try:
        found = logins.at_login(app.workspace.folder)
    except AppError as error:
        return AtLogin(refused=error)
    if found.refused is None and not app.person.may(Permission.WORK):
        return AtLogin(found.on, not_permitted(Permission.WORK))
    return found


def on_their_way(app: App) -> tuple[OnItsWay, ...]:
    """The campaigns that somebody expects to go on; those being sent first."""
    found = [campaign for campaign in app.campaigns.all() if campaign.state in ON_THEIR_WAY]
    found.sort(key=lambda campaign: (campaign.state is not CampaignState.SENDING, campaign.send_at or app.clock()))
    return tuple(
        OnItsWay(
            campaign.name,
            campaign.send_at if campaign.state is CampaignState.SCHEDULED else None,
            campaign.entity_uscc,
        )
        for campaign in found
    )
