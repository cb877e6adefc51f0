"""A message counts from when it left, which may be long after its batch was claimed: for caps, and for replies."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.consent import CustomerRef
from campaign_app.domain.errors import RemoteRefused
from campaign_app.domain.message import InboundMessage
from campaign_app.jobs import dispatch
from campaign_app.jobs.poll import poll_inbound
from campaign_app.jobs.ports import GatewayCapabilities
from tests.fakes.remotes import ENTITY, IDEMPOTENT
from tests.helpers.shop import Shop, everybody

DIALECTS = ("sqlite", "postgresql")
NO_MONEY = RemoteRefused("balance", "No money", account_wide=True)
ONCE = GatewayCapabilities(
    simulated=True, needs_phone=True, batch_max=9, idempotent=False, lookup=False, streams=frozenset()
)
WAITS = pytest.mark.parametrize(
    ("sender", "waited", "caps", "promised", "reason"),
    [
        (ONCE, timedelta(days=8), (1, 0), None, "house_cap"),
        (ONCE, timedelta(days=29), (0, 1), None, "house_cap"),
        (ONCE, timedelta(days=29), (0, 0), 1, "frequency_cap"),
        (IDEMPOTENT, timedelta(days=5), (1, 0), None, "house_cap"),
    ],
)


def begun(shop: Shop, sender: GatewayCapabilities, promised: int | None, **changes: str) -> Campaign:
    """A campaign whose only batch was claimed, and nothing of it taken: its sender has no money left."""
    account = shop.add_account(2)
    shop.gateways[account].capabilities = sender
    shop.gateways[account].fail_before = [NO_MONEY]
    shop.platforms[account].truth = {ref: {"max_per_month": promised} for ref in everybody(2)}
    campaign = shop.campaign(**changes)
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.PAUSED, "account_refused:balance")
    return campaign


def go_on(shop: Shop, campaign: Campaign) -> None:
    """Somebody paid, and chose another time."""
    now = shop.clock()
    planned = replace(shop.workspace.campaigns.campaign(campaign.id), send_at=now, window_end=now + timedelta(hours=12))
    shop.workspace.campaigns.update(replace(planned, state=CampaignState.SENDING), expected=CampaignState.PAUSED)
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(2)


@WAITS
def test_what_left_long_after_its_claim_counts_at_screening(
    shop: Shop, sender: GatewayCapabilities, waited: timedelta, caps: tuple[int, int], promised: int | None, reason: str
) -> None:
    shop.context = replace(shop.context, house_caps=caps)
    first = begun(shop, sender, promised)
    shop.clock.advance(waited.total_seconds())
    go_on(shop, first)
    shop.clock.advance(timedelta(days=4).total_seconds())
    second = shop.campaign()
    assert shop.workspace.campaigns.funnel(second.id) == {reason: 2}


@WAITS
def test_what_left_long_after_its_claim_counts_before_a_batch(
    shop: Shop, sender: GatewayCapabilities, waited: timedelta, caps: tuple[int, int], promised: int | None, reason: str
) -> None:
    first = begun(shop, sender, promised)
    shop.clock.advance(waited.total_seconds())
    second = shop.campaign(state=CampaignState.APPROVED)
    shop.context = replace(shop.context, house_caps=caps)
    go_on(shop, first)
    shop.clock.advance(timedelta(days=4).total_seconds())
    ready = replace(second, state=CampaignState.SENDING, window_end=shop.clock() + timedelta(hours=12))
    shop.workspace.campaigns.update(ready, expected=CampaignState.APPROVED)
    assert shop.run(second.id).step is dispatch.Step.END
    assert shop.workspace.campaigns.funnel(second.id) == {reason: 2}


def test_the_word_that_a_text_asked_for_is_known_from_when_it_left(shop: Shop) -> None:
    answers = replace(ONCE, streams=frozenset({"inbound"}))
    first = begun(shop, answers, None, body="{name}您好，两件8折。退订回8")
    shop.clock.advance(timedelta(days=29).total_seconds())
    go_on(shop, first)
    shop.clock.advance(timedelta(days=4).total_seconds())
    (account,) = shop.gateways
    shop.gateways[account].stream["inbound"] = [InboundMessage("i0", "c00000", None, "8", shop.clock())]
    assert poll_inbound(shop.context, account) == 1
    key = shop.workspace.phone_keys.of_ref(CustomerRef(account, "c00000"))
    assert shop.workspace.suppressions.active(ENTITY, [key]).keys() == {key}
