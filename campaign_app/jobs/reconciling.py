"""After a cancel: finds out what became of every open batch, and submits nothing more."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.errors import AppError, NotAllowed, RemoteError
from campaign_app.domain.message import Outcome, SubmitOutcome
from campaign_app.jobs.fencing import fence
from campaign_app.jobs.gating import at_shop
from campaign_app.jobs.looking import every_outcome, look_up
from campaign_app.jobs.once import take_untaken
from campaign_app.jobs.ports import Submission
from campaign_app.jobs.settling import UNANSWERED, Settled, never_seen
from campaign_app.jobs.stores import Context


def reconcile(context: Context, campaign_id: int, looks: int = 0) -> Settled:
    """One look at every open batch; `looks` before this one left outcomes unknown, and the last of them ends it so.

    A shop that cannot be asked keeps the others from nothing: its error is raised after they were.
    """
    campaign = context.stores.campaigns.campaign(campaign_id)
    found, troubles = {Settled.DONE}, list[AppError]()
    for submission in context.stores.ledger.unsettled(campaign_id):
        try:
            found.add(_look(context, campaign, submission))
        except (RemoteError, NotAllowed) as trouble:
            troubles.append(trouble)
    if troubles:
        raise troubles[0]
    if Settled.LATER in found:
        return Settled.LATER
    if Settled.UNKNOWN in found and looks + 1 < UNANSWERED:
        return Settled.UNKNOWN
    if campaign.state is CampaignState.CANCELLING:
        note = "unknown_outcomes" if Settled.UNKNOWN in found else "by_user"
        with suppress(NotAllowed):  # a person closed it in the meantime
            context.stores.campaigns.move(campaign_id, CampaignState.CANCELLED, note, expected=CampaignState.CANCELLING)
    return Settled.DONE


def _look(context: Context, campaign: Campaign, submission: Submission) -> Settled:
    with at_shop(context.stores.accounts.account(submission.account_id)):
        gateway = context.remotes.gateway(submission.account_id, campaign.purpose)
        outcomes = look_up(context, gateway, submission)
    if not gateway.capabilities.idempotent:
        outcomes = (*(outcomes or ()), *_cancelled(take_untaken(context, submission)))
    if outcomes is None:
        if not never_seen(context, submission):
            return Settled.UNKNOWN
        if context.clock() < fence(context, submission):
            return Settled.LATER
        rows = context.stores.ledger.open_rows(submission.id)
        outcomes = _cancelled(row.message_id for row in rows)
    elif gateway.capabilities.idempotent:
        outcomes = every_outcome(context, submission, outcomes)
    settled = context.stores.ledger.settle(submission.id, outcomes, context.clock())
    return Settled.DONE if settled else Settled.UNKNOWN


def _cancelled(message_ids: Iterable[str]) -> tuple[SubmitOutcome, ...]:
    return tuple(SubmitOutcome(message_id, Outcome.WITHHELD, code="cancelled") for message_id in message_ids)
