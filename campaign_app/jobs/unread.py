"""Replies and complaints that came in and that nobody could read: a refusal may be among them, so sending stops.

A row that a sender hands out only once is not seen again, so that it stops what leaves next, once: then a person knows.
One that stays with the sender comes again with every look at its list, and nothing leaves as long as it is there.
"""

from __future__ import annotations

import logging
from typing import Final

from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.errors import RemoteRefused
from campaign_app.jobs.notes import note_of
from campaign_app.jobs.stopping import put_aside
from campaign_app.jobs.stores import Context

CODE: Final = "unread_refusals"
_log = logging.getLogger(__name__)


def note(context: Context, account_id: int, stream: str, broken: int) -> None:
    """Before the cursor of the list goes on: whichever process sends next has to know."""
    _log.info("account %s: %d rows of %s could not be read", account_id, broken, stream)
    context.stores.accounts.change_setting(_name(account_id), lambda times: abs(times or 0) + 1)


def stop(context: Context, account_id: int) -> None:
    """Raises RemoteRefused after a `note`, until somebody was told."""
    if (times := context.stores.accounts.setting(_name(account_id), 0)) > 0:
        raise RemoteRefused(CODE, "Replies or complaints could not be read", account=account_id, times=times)


def tell(context: Context, campaign: Campaign, refusal: RemoteRefused) -> None:
    """Puts the campaign aside for it, if that is what was refused; only then does the mark go, as it was then.

    Whoever stopped the campaign for another reason tells nobody of this: the mark stays for what leaves next.
    """
    if refusal.code != CODE:
        return
    note = note_of(refusal)
    put_aside(context, campaign, CampaignState.PAUSED, note)
    if context.stores.campaigns.campaign(campaign.id).state_note == note:
        account_id, told = int(refusal.facts["account"]), refusal.facts["times"]
        # below 0 what was told; another row may have come since
        context.stores.accounts.change_setting(_name(account_id), lambda now: -now if now == told else now)


def _name(account_id: int) -> str:
    return f"unread.{account_id}"
