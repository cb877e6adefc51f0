"""A person cancels, and what became of the campaign is found out, while a batch of it is about to be handed over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from campaign_app.domain.campaign import CampaignState
from campaign_app.jobs import dispatch, fencing
from campaign_app.jobs.reconciling import reconcile
from campaign_app.jobs.settling import Settled
from tests.helpers.shop import Shop, everybody
from tests.jobs.test_jobs_overtaken import KEYED, WITHOUT_KEYS, Killed, carrier, once, opts_out
from tests.jobs.test_jobs_waiting import while_it_waits

DIALECTS = ("sqlite", "postgresql")


def as_it_is_looked_at_last(shop: Shop, campaign_id: int) -> list[Settled]:
    """Cancels behind the last look at the campaign's state; what the other flow, or another worker, comes to."""
    found = list[Settled]()

    def cancelled() -> None:
        shop.set_state(campaign_id, CampaignState.CANCELLING)
        found.append(reconcile(shop.context, campaign_id))

    hook = once(cancelled)
    shop.context = replace(shop.context, seen=lambda: (hook(), "")[1])
    return found


@pytest.mark.parametrize("lookup", [True, False], ids=["can be asked", "cannot be asked"])
def test_what_counts_as_cancelled_at_a_sender_without_keys_is_not_handed_over(shop: Shop, *, lookup: bool) -> None:
    carrier(shop, 4, replace(WITHOUT_KEYS, lookup=lookup))
    campaign = shop.campaign()
    while_it_waits(shop, bool)
    found = as_it_is_looked_at_last(shop, campaign.id)
    shop.run(campaign.id)
    assert (found, shop.reached()) == ([Settled.DONE], [])
    assert shop.state(campaign.id) == (CampaignState.CANCELLED, "by_user")
    assert shop.workspace.inbox.counts(campaign.id)["withheld"] == 4


def test_what_is_handed_over_as_somebody_cancels_is_waited_for_though_a_fence_was_over(shop: Shop) -> None:
    account, gateway = carrier(shop, 4, replace(KEYED, rate=None))
    campaign = shop.campaign()
    gateway.fail_before = [Killed()]
    with pytest.raises(Killed):
        shop.run(campaign.id)
    opts_out(shop, account, "c00003")
    assert shop.run(campaign.id).step is dispatch.Step.WAIT
    shop.clock.advance(fencing.FENCE.total_seconds() + 1)
    found = as_it_is_looked_at_last(shop, campaign.id)
    shop.run(campaign.id)
    assert (found, shop.reached()) == ([Settled.LATER], everybody(3))
    assert reconcile(shop.context, campaign.id) is Settled.DONE
    counts = shop.workspace.inbox.counts(campaign.id)
    assert (counts["accepted"], counts["withheld"]) == (3, 1)
