"""The gate over a frozen audience, a thousand at a time; the funnel always adds up to the snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from campaign_app.compliance.segments import cn_segments
from campaign_app.consent.gate import Refusal
from campaign_app.domain.campaign import Campaign, CampaignState, Stopped
from campaign_app.domain.consent import Reason
from campaign_app.domain.customer import Customer
from campaign_app.domain.errors import NotAllowed
from campaign_app.domain.message import Composed
from campaign_app.domain.ports_campaigns import CampaignStore
from campaign_app.jobs.gating import Judged, at_shop, composed, judge_all, refresh
from campaign_app.jobs.stores import Context

CHUNK: Final = 1_000
# the campaign stays in `screening` until nothing writes reasons any more: only then may it be changed or screened again
STOPPING: Final = "stopping"


def take_snapshot(context: Context, campaign_id: int) -> int:
    """Freezes the audience; returns its size. The same again gives the same until somebody is submitted."""
    return context.stores.campaigns.snapshot(campaign_id, context.clock())


def screen_chunk(context: Context, campaign_id: int, first: int) -> int:
    """Judges the members first … first+CHUNK-1 by facts not older than the policy's re-read age; returns how many.

    0, and nothing judged, once somebody stopped the screening.
    """
    campaign = context.stores.campaigns.campaign(campaign_id)
    if campaign.state is not CampaignState.SCREENING or campaign.state_note == STOPPING:
        return 0
    members = context.stores.campaigns.members(campaign_id, first, first + CHUNK)
    customers = context.stores.customers.by_ids([customer_id for _, customer_id in members], phones=False)
    seqs = {customer_id: seq for seq, customer_id in members}
    present = [customers[customer_id] for _, customer_id in members if customer_id in customers]
    reasons: dict[int, tuple[str, int | None]] = {}
    warned: dict[str, int] = {}
    parts: dict[int, int] = {}
    stopped: dict[int, Stopped] = {}
    for account_id, group in groupby(present, key=lambda c: c.account_id):
        screened, texts = _screen(context, campaign, account_id, list(group))
        for judged, reason in screened:
            reasons[seqs[judged.customer.id]] = (reason.value, judged.fact_id or None)
        for judged, text in texts:
            if text.blocked:
                stopped[seqs[judged.customer.id]] = Stopped(tuple(sorted(text.blocks)), text.rule_packs)
                continue
            warned |= dict.fromkeys(text.warned - warned.keys(), judged.customer.id)
            parts[seqs[judged.customer.id]] = cn_segments(text.text).segments
    if warned:
        context.stores.campaigns.add_warnings(campaign_id, warned)
    context.stores.campaigns.set_reasons(campaign_id, reasons, parts, stopped)
    return len(members)


def screen_chunks(context: Context, campaign_id: int, first: int, size: int, most: int) -> int:
    """Up to `most` chunks of an audience of `size` from `first` on; returns how many members."""
    ends = range(first, size, CHUNK)[:most]
    return sum(screen_chunk(context, campaign_id, start) for start in ends)


def _screen(
    context: Context, campaign: Campaign, account_id: int, customers: Sequence[Customer]
) -> tuple[list[tuple[Judged, Reason]], list[tuple[Judged, Composed]]]:
    """Everybody's reason, and what those whom the gate lets through would read."""
    account = context.stores.accounts.account(account_id)
    with at_shop(account):
        facts = refresh(context, account, customers, context.clock() - context.policy.reread_after)
    judged = judge_all(context, campaign, account, customers, facts, context.policy.max_consent_age)
    texts = composed(context, campaign, judged) if campaign.body else []
    blocked = {j.customer.id for j, text in texts if text.blocked}
    return [(j, _reason(j, blocked)) for j in judged], texts


def _reason(judged: Judged, blocked: set[int]) -> Reason:
    if isinstance(judged.decision, Refusal):
        return judged.decision.reason
    return Reason.CONTENT if judged.customer.id in blocked else Reason.OK


def finish_screening(context: Context, campaign_id: int) -> dict[str, int]:
    """One message per phone, then the campaign is screened, or a draft again if it was stopped; returns the funnel."""
    campaigns = context.stores.campaigns
    campaigns.mark_duplicates(campaign_id)
    funnel, campaign = campaigns.funnel(campaign_id), campaigns.campaign(campaign_id)
    try:
        _end(campaigns, campaign, funnel)
    except NotAllowed:  # somebody stopped it at this very moment
        _end(campaigns, campaigns.campaign(campaign_id), funnel)
    return funnel


def _end(campaigns: CampaignStore, campaign: Campaign, funnel: Mapping[str, int]) -> None:
    if campaign.state is not CampaignState.SCREENING:
        return
    ended = replace(campaign, state=CampaignState.SCREENED, state_note="", snapshot_size=sum(funnel.values()))
    if campaign.state_note == STOPPING:
        ended = replace(campaign, state=CampaignState.DRAFT, state_note="by_user")
    campaigns.update(ended, expected=CampaignState.SCREENING, seen=campaign)
