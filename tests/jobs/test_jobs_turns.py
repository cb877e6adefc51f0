"""A sender account with a rate: batches wait for their turn before they leave, and the wait loses nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from campaign_app.domain.campaign import CampaignState
from campaign_app.jobs import dispatch
from campaign_app.jobs.ports import GatewayCapabilities, Rate
from campaign_app.jobs.turns import APART, LONGEST_TURN
from tests.fakes.remotes import FakeGateway
from tests.helpers.shop import Shop, everybody

SENDER = 9
ONCE = GatewayCapabilities(
    simulated=True, needs_phone=True, batch_max=2, idempotent=False, lookup=False, rate=Rate(SENDER, 0.5)
)
KEYED = replace(ONCE, idempotent=True, lookup=True)


class Killed(BaseException):
    """The process ends here."""


def carrier(shop: Shop, capabilities: GatewayCapabilities = ONCE) -> FakeGateway:
    account = shop.add_account(5)
    made = shop.gateways[account] = FakeGateway(account, capabilities=capabilities)
    return made


@pytest.mark.parametrize("capabilities", [ONCE, KEYED], ids=["without keys", "with keys"])
def test_together_they_never_leave_faster_than_the_rate(shop: Shop, capabilities: GatewayCapabilities) -> None:
    gateway, left = carrier(shop, capabilities), list[float]()
    began = shop.clock()
    gateway.before_submit = lambda: left.append((shop.clock() - began).total_seconds())
    for _ in range(2):
        campaign = shop.campaign()
        assert shop.run(campaign.id).step is dispatch.Step.END
    batches = [2, 2, 1] * 2
    assert len(left) == len(batches)
    assert all(at >= sum(batches[:n]) / 0.5 for n, at in enumerate(left))


def test_a_long_message_takes_as_long_as_its_parts(shop: Shop) -> None:
    gateway = carrier(shop)
    shop.run(shop.campaign(body="{name}您好，" + "长" * 70).id)
    assert len(gateway.submits) == 3
    assert sum(shop.waits) == pytest.approx(2 * ((2 + 2) / Rate(SENDER, 0.5).pace + APART), abs=0.1)


def test_a_kill_while_it_waits_leaves_everybody_to_be_handed_over(shop: Shop) -> None:
    gateway = carrier(shop)
    campaign = shop.campaign()
    shop.workspace.rates.reserve(SENDER, 5, shop.clock(), LONGEST_TURN)

    def killed(_: float) -> None:
        raise Killed

    with pytest.raises(Killed):
        dispatch.run_batch(replace(shop.context, wait=killed), campaign.id, -1)
    assert gateway.submits == []
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(5)


def test_a_turn_that_is_too_far_away_is_waited_for_outside_of_the_batch(shop: Shop) -> None:
    gateway = carrier(shop)
    campaign = shop.campaign()
    shop.workspace.rates.reserve(SENDER, LONGEST_TURN + 25, shop.clock(), 1e6)
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert (shop.reached(), len(gateway.submits)) == (everybody(5), 3)


def test_a_campaign_that_is_paused_while_it_waits_stays(shop: Shop) -> None:
    gateway = carrier(shop)
    campaign = shop.campaign()
    shop.workspace.rates.reserve(SENDER, 5, shop.clock(), LONGEST_TURN)

    def paused(seconds: float) -> None:
        shop.clock.advance(seconds)
        store = shop.workspace.campaigns
        store.update(replace(store.campaign(campaign.id), state=CampaignState.PAUSED), expected=CampaignState.SENDING)

    context = replace(shop.context, wait=paused)
    assert dispatch.run_batch(context, campaign.id, -1).step is dispatch.Step.STOPPED
    assert gateway.submits == []


@pytest.mark.parametrize("capabilities", [ONCE, KEYED], ids=["without keys", "with keys"])
def test_what_grew_stale_while_it_waited_asks_the_gate_again(shop: Shop, capabilities: GatewayCapabilities) -> None:
    """As on a laptop that sleeps for a while."""
    gateway = carrier(shop, capabilities)
    campaign = shop.campaign()
    shop.workspace.rates.reserve(SENDER, 5, shop.clock(), LONGEST_TURN)

    def slept(seconds: float) -> None:
        shop.clock.advance(seconds + 90)

    dispatch.run_batch(replace(shop.context, wait=slept), campaign.id, -1)
    (batch,) = gateway.accepted.values()
    assert [message.recipient.ref.ref for message in batch] == everybody(2)
    assert all(shop.clock() - message.recipient.decided_at < timedelta(seconds=1) for message in batch)
