"""What nobody can tell is never sent again: a sender that forgot a key proves nothing, and a person ends the asking."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.errors import OutcomeUnknown, RemoteUnavailable
from campaign_app.jobs import dispatch, fencing, settling
from campaign_app.jobs.reconciling import reconcile
from campaign_app.jobs.settling import Settled
from tests.helpers.shop import Shop, everybody

UNKNOWN = OutcomeUnknown("read_timeout", "No answer in time")
DAY = 86_400.0


def claimed_only(shop: Shop, account: int, campaign: int) -> None:
    """A worker that is killed between the claim and the request."""
    shop.gateways[account].fail_before = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign)


def send_again(shop: Shop, campaign_id: int) -> dispatch.BatchResult:
    """What a new time does: the campaign is sending, within a window of its own."""
    known = shop.workspace.campaigns.campaign(campaign_id)
    now = shop.clock()
    again = replace(known, state=CampaignState.SENDING, send_at=now, window_end=now + timedelta(hours=5))
    shop.workspace.campaigns.update(again, expected=known.state)
    return shop.run(campaign_id)


def forget(shop: Shop, account: int) -> list[str]:
    """The sender keeps no key any more; returns whose messages it had accepted."""
    reached = shop.gateways[account].everybody()
    shop.gateways[account].accepted.clear()
    return reached


def test_a_key_that_the_sender_answered_for_and_then_forgot_is_never_sent_again(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    shop.gateways[account].never_mentioned = {"c00002"}
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.WAITING, "unknown_outcomes")
    shop.gateways[account].never_mentioned = set()
    assert forget(shop, account) == everybody(5)
    assert send_again(shop, campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.WAITING, "unknown_outcomes")
    assert shop.reached() == []
    assert shop.workspace.inbox.counts(campaign.id)["unknown"] == 1


def mentions_nobody_and_forgets(shop: Shop, account: int, campaign_id: int) -> list[str]:
    """The answer is lost; asked for the key the sender knows it, names no message yet, and has forgotten it then."""
    gateway = shop.gateways[account]
    gateway.fail_after, gateway.fail_lookup = [UNKNOWN], [KeyboardInterrupt()]
    with suppress(KeyboardInterrupt):  # a cancelled one asks nothing any more
        shop.run(campaign_id)
    gateway.fail_lookup.clear()
    reached, gateway.never_mentioned = gateway.everybody(), set(everybody(5))
    (submission,) = shop.workspace.ledger.unsettled(campaign_id)
    if shop.state(campaign_id)[0] is CampaignState.CANCELLING:
        reconcile(shop.context, campaign_id)
    else:
        settling.settle(shop.context, shop.workspace.campaigns.campaign(campaign_id), submission)
    assert forget(shop, account) == reached
    return reached


def test_a_key_that_was_known_without_a_word_of_any_message_is_never_sent_again(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    assert mentions_nobody_and_forgets(shop, account, campaign.id) == everybody(5)
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.WAITING, "unknown_outcomes")
    assert len(shop.gateways[account].submits) == 1


def test_a_cancel_withholds_nobody_of_a_key_that_was_known_once(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    shop.gateways[account].before_submit = lambda: shop.set_state(campaign.id, CampaignState.CANCELLING)
    mentions_nobody_and_forgets(shop, account, campaign.id)
    shop.clock.advance(fencing.FENCE.total_seconds() + 1)
    for look in (1, 2):
        reconcile(shop.context, campaign.id, look)
        shop.clock.advance(fencing.FENCE.total_seconds() + 1)
    assert shop.state(campaign.id) == (CampaignState.CANCELLED, "unknown_outcomes")
    counts = shop.workspace.inbox.counts(campaign.id)
    assert (counts["unknown"], counts["withheld"]) == (5, 0)


@pytest.mark.parametrize(("days", "note"), [(8.0, "unknown_outcomes"), (6.1, "unknown_outcomes"), (-1.0, "clock_back")])
def test_a_claim_older_than_the_keys_is_never_sent_again(shop: Shop, days: float, note: str) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    gateway = shop.gateways[account]
    gateway.fail_after, gateway.fail_lookup = [UNKNOWN], [UNKNOWN] * 50
    shop.run(campaign.id)
    assert shop.state(campaign.id) == (CampaignState.PAUSED, "sender_unavailable")
    gateway.fail_lookup = []
    assert forget(shop, account) == everybody(5)
    shop.clock.advance(days * DAY)
    send_again(shop, campaign.id)
    assert shop.state(campaign.id) == (CampaignState.WAITING, note)
    assert shop.reached() == []
    assert shop.workspace.inbox.counts(campaign.id)["unknown"] == 5


def test_a_young_claim_that_never_left_is_sent_days_later(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    claimed_only(shop, account, campaign.id)
    shop.clock.advance(5 * DAY)
    assert send_again(shop, campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(5)


def test_an_unknown_batch_keeps_no_other_from_its_end(shop: Shop) -> None:
    account = shop.add_account(6)
    campaign = shop.campaign()
    shop.context = replace(shop.context, batch=2)
    claimed_only(shop, account, campaign.id)
    shop.clock.advance(8 * DAY)
    assert send_again(shop, campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.WAITING, "unknown_outcomes")
    assert shop.reached() == everybody(6)[2:]
    assert len(shop.workspace.ledger.unsettled(campaign.id)) == 1


def test_a_batch_behind_the_fence_is_waited_for_beside_an_unknown_one(shop: Shop) -> None:
    account = shop.add_account(4)
    campaign = shop.campaign()
    shop.context = replace(shop.context, batch=2)
    claimed_only(shop, account, campaign.id)
    shop.clock.advance(8 * DAY)
    known = shop.workspace.campaigns.campaign(campaign.id)
    later = replace(known, window_end=shop.clock() + timedelta(hours=5))
    shop.workspace.campaigns.update(later, expected=CampaignState.SENDING)
    shop.gateways[account].fail_before = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        dispatch.run_batch(shop.context, campaign.id, 1)
    shop.platforms[account].truth["c00003"] = {"max_per_month": 0}
    shop.platforms[account].changes = ["c00003"]
    waiting = dispatch.finish(shop.context, campaign.id)
    assert waiting == dispatch.BatchResult(dispatch.Step.WAIT, 3)
    again = dispatch.run_batch(shop.context, campaign.id, waiting.after)
    assert again.step is dispatch.Step.END, "while it waits it does not walk over everybody"
    shop.clock.advance(fencing.FENCE.total_seconds() + 1)
    assert dispatch.finish(shop.context, campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.WAITING, "unknown_outcomes")
    assert shop.reached() == ["c00002"]


def test_a_cancel_withholds_nothing_that_may_have_left(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    claimed_only(shop, account, campaign.id)
    shop.clock.advance(8 * DAY)
    shop.set_state(campaign.id, CampaignState.CANCELLING)
    looks = [reconcile(shop.context, campaign.id, look) for look in range(settling.UNANSWERED)]
    assert looks == [Settled.UNKNOWN, Settled.UNKNOWN, Settled.DONE]
    assert shop.state(campaign.id) == (CampaignState.CANCELLED, "unknown_outcomes")
    counts = shop.workspace.inbox.counts(campaign.id)
    assert (counts["unknown"], counts["withheld"]) == (5, 0)


def test_a_cancel_looks_again_before_it_ends_with_outcomes_unknown(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    shop.gateways[account].never_mentioned = {"c00002"}
    shop.run(campaign.id)
    shop.set_state(campaign.id, CampaignState.CANCELLING)
    assert reconcile(shop.context, campaign.id, 0) is Settled.UNKNOWN
    assert shop.state(campaign.id)[0] is CampaignState.CANCELLING
    shop.gateways[account].never_mentioned = set()
    assert reconcile(shop.context, campaign.id, 1) is Settled.DONE
    assert shop.state(campaign.id) == (CampaignState.CANCELLED, "by_user")
    assert shop.workspace.inbox.counts(campaign.id)["accepted"] == 5


def test_one_shop_that_cannot_be_asked_hides_no_other(shop: Shop) -> None:
    first, second = shop.add_account(2), shop.add_account(2, prefix="d", first_phone=50)
    campaign = shop.campaign()
    for account, after in ((first, -1), (second, 1)):
        shop.gateways[account].fail_after = [KeyboardInterrupt()]
        with pytest.raises(KeyboardInterrupt):
            dispatch.run_batch(shop.context, campaign.id, after)
    shop.set_state(campaign.id, CampaignState.CANCELLING)
    shop.gateways[first].fail_lookup = [UNKNOWN]
    with pytest.raises(RemoteUnavailable):
        reconcile(shop.context, campaign.id)
    counts = shop.workspace.inbox.counts(campaign.id)
    assert (counts["accepted"], counts["unknown"]) == (2, 2)
    assert reconcile(shop.context, campaign.id) is Settled.DONE
    assert shop.workspace.inbox.counts(campaign.id)["accepted"] == 4


def test_whoever_ended_a_cancelling_campaign_first_is_right(shop: Shop) -> None:
    account = shop.add_account(3)
    campaign = shop.campaign()
    shop.gateways[account].fail_after = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    shop.set_state(campaign.id, CampaignState.CANCELLING)
    lookup = shop.gateways[account].lookup

    def ended_meanwhile(key: str, sent: Any) -> object:
        shop.set_state(campaign.id, CampaignState.CANCELLED)
        return lookup(key, sent)

    shop.gateways[account].lookup = ended_meanwhile  # type: ignore[assignment,method-assign]
    assert reconcile(shop.context, campaign.id) is Settled.DONE
    assert shop.state(campaign.id)[0] is CampaignState.CANCELLED


def test_a_cancel_that_cannot_go_on_says_why_and_goes_on_later(shop: Shop) -> None:
    account = shop.add_account(3)
    campaign = shop.campaign()
    shop.gateways[account].fail_after = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    shop.set_state(campaign.id, CampaignState.CANCELLING)
    shop.fail_job(campaign.id, "account_disconnected")
    assert shop.state(campaign.id) == (CampaignState.CANCELLING, "account_disconnected")
    assert shop.workspace.campaigns.campaign(campaign.id).is_stuck
    assert reconcile(shop.context, campaign.id) is Settled.DONE
    assert shop.state(campaign.id) == (CampaignState.CANCELLED, "by_user")
    shop.fail_job(campaign.id, "account_disconnected")
    assert shop.state(campaign.id) == (CampaignState.CANCELLED, "by_user")
