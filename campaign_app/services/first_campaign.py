"""How far a workspace is on the way to its first campaign, told from what is really there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from campaign_app.domain.campaign import Campaign
from campaign_app.domain.campaign import CampaignState as State
from campaign_app.domain.consent import Reason
from campaign_app.services.accounts import Accounts
from campaign_app.services.audiences import Audiences
from campaign_app.services.campaigns import Campaigns

# what a campaign is on its way to its end, the furthest first; one that is cancelled leads nowhere
FURTHEST: Final = (
    State.SENDING,
    State.PAUSED,
    State.WAITING,
    State.SCHEDULED,
    State.APPROVED,
    State.SCREENED,
    State.SCREENING,
    State.DRAFT,
)
# those of which nothing can have left
_NOTHING_LEFT: Final = frozenset({State.DRAFT, State.SCREENING, State.SCREENED, State.APPROVED, State.SCHEDULED})


@dataclass(frozen=True, slots=True)
class FirstCampaign:
    """`sent`: a sender took a message of any campaign, and nothing else is looked at any more.

    `cut_off`: there are shops, and none of them is connected. `campaign` is the one that is furthest, of several the
    newest; `verdict` (block, warn, pass) is what the rules say of its text, "" while there is nothing to judge, and
    `ready` whether its screening, where it has one, found anybody who may be reached.
    """

    connected: bool = False
    cut_off: bool = False
    customers: bool = False
    campaign: Campaign | None = None
    verdict: str = ""
    ready: bool = False
    sent: bool = False


def look(
    accounts: Accounts, audiences: Audiences, campaigns: Campaigns, known: FirstCampaign | None = None
) -> FirstCampaign:
    """Asks of whatever grows only whether there is any; of one text what the rules say, unless it is as it was `known`.

    Raises what the stores raise.
    """
    every = campaigns.all()
    if any(campaigns.any_accepted(each.id) for each in every if each.state not in _NOTHING_LEFT):
        return FirstCampaign(sent=True)
    shops = [account for account in accounts.all() if not accounts.carries(account)]
    connected = any(shop.state == "connected" for shop in shops)
    under_way = [each for each in every if each.state in FURTHEST]
    campaign = min(under_way, key=lambda each: FURTHEST.index(each.state), default=None)
    return FirstCampaign(
        connected=connected,
        cut_off=bool(shops) and not connected,
        customers=audiences.any_customer(),
        campaign=campaign,
        verdict=known.verdict if known is not None and known.campaign == campaign else _verdict(campaign, campaigns),
        ready=campaign is not None and bool(campaigns.members_of(campaign.id, Reason.OK, -1, 1)),
    )


def _verdict(campaign: Campaign | None, campaigns: Campaigns) -> str:
    if campaign is None or not (campaign.body.strip() and campaign.signature.strip()):
        return ""
    return campaigns.check(campaign.id).verdict
