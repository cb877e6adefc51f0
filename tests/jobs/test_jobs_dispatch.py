"""Dispatch: whoever is confirmed gets one message, whatever the sender and the clock do in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from campaign_app.domain.campaign import CampaignState, Noted, Stopped
from campaign_app.domain.consent import ConsentStatus, CustomerRef, Suppression, SuppressionKind
from campaign_app.domain.errors import OutcomeUnknown, RemoteUnavailable
from campaign_app.jobs import dispatch, fencing
from tests.fakes.remotes import ENTITY
from tests.helpers.shop import NOW, Shop, everybody

# the path of a message, on a server as well
DIALECTS = ("sqlite", "postgresql")

UNKNOWN = OutcomeUnknown("read_timeout", "No answer in time")


@pytest.mark.no_cover
def test_everybody_confirmed_gets_one_message(shop: Shop) -> None:
    shop.add_account(1_203)
    campaign = shop.campaign()
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(1_203)
    assert shop.state(campaign.id) == (CampaignState.DONE, "")
    counts = shop.workspace.inbox.counts(campaign.id)
    assert (counts["submitted"], counts["accepted"]) == (1_203, 1_203)


def test_batches_keep_to_one_account_each(shop: Shop) -> None:
    shop.add_account(300, prefix="a")
    shop.add_account(300, prefix="b", first_phone=1_000)
    campaign = shop.campaign()
    shop.run(campaign.id)
    assert [len(g.everybody()) for g in shop.gateways.values()] == [300, 300]


def test_a_step_of_several_batches_keeps_what_was_done_before_the_platform_failed(shop: Shop) -> None:
    account = shop.add_account(10)
    campaign = shop.campaign()
    shop.context = replace(shop.context, batch=3)

    def fail_from_the_second_batch_on() -> None:
        shop.platforms[account].trouble = [RemoteUnavailable("timeout", "No answer")]

    shop.gateways[account].before_submit = fail_from_the_second_batch_on
    first = dispatch.run_batches(lambda: shop.context, campaign.id, -1, 3)
    assert first == dispatch.BatchResult(dispatch.Step.ON, 2)
    shop.gateways[account].before_submit = None
    shop.platforms[account].trouble = [RemoteUnavailable("timeout", "No answer")]
    with pytest.raises(RemoteUnavailable):
        dispatch.run_batches(lambda: shop.context, campaign.id, first.after, 3)
    # from the start, as after a crash: the first batch is in the ledger
    assert dispatch.run_batches(lambda: shop.context, campaign.id, -1, 2) == dispatch.BatchResult(dispatch.Step.ON, 5)
    assert dispatch.run_batches(lambda: shop.context, campaign.id, 5, 9).step is dispatch.Step.END
    assert shop.reached() == everybody(10)


def test_one_message_per_phone_across_shops(shop: Shop) -> None:
    shop.add_account(10, prefix="a")
    shop.add_account(10, prefix="b", first_phone=5)
    campaign = shop.campaign()
    assert shop.workspace.campaigns.funnel(campaign.id) == {"ok": 15, "duplicate_number": 5}
    shop.run(campaign.id)
    assert len(shop.reached()) == 15


def test_a_withdrawal_after_screening_is_not_sent_to(shop: Shop) -> None:
    account = shop.add_account(20)
    campaign = shop.campaign()
    shop.platforms[account].truth["c00003"] = {"status": ConsentStatus.WITHDRAWN, "withdrawn_at": NOW}
    shop.platforms[account].changes = ["c00003", "c00004", "c00003"]
    shop.run(campaign.id)
    assert shop.reached() == [ref for ref in everybody(20) if ref != "c00003"]
    assert shop.workspace.campaigns.funnel(campaign.id) == {"ok": 19, "withdrawn": 1}
    ((_, customer, fact_id),) = shop.workspace.campaigns.members_by_reason(campaign.id, "withdrawn", -1, 2)
    assert fact_id == shop.workspace.facts.latest([customer])[customer][0], "what is shown is the fact that decided"


def test_facts_older_than_ten_minutes_are_read_again(shop: Shop) -> None:
    account = shop.add_account(20)
    campaign = shop.campaign()
    shop.platforms[account].asked.clear()
    shop.run(campaign.id)
    assert shop.platforms[account].asked == []
    later = shop.campaign()
    shop.clock.advance(11 * 60)
    shop.platforms[account].truth["c00007"] = {"status": ConsentStatus.DECLINED}
    shop.run(later.id)
    assert sorted(shop.platforms[account].asked) == everybody(20)
    assert shop.workspace.campaigns.funnel(later.id) == {"ok": 19, "declined": 1}


def test_an_opt_out_after_screening_is_not_sent_to(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    key = shop.workspace.phone_keys.of_ref(CustomerRef(account, "c00002"))
    shop.workspace.suppressions.add([Suppression(ENTITY, key, SuppressionKind.OPT_OUT, NOW, "reply")])
    shop.run(campaign.id)
    assert "c00002" not in shop.reached()


def test_a_text_that_is_blocked_for_one_person_keeps_only_that_person_out(shop: Shop) -> None:
    shop.add_account(5)
    campaign = shop.campaign()
    shop.composer.banned = {"顾客3您"}
    shop.run(campaign.id)
    assert shop.workspace.campaigns.funnel(campaign.id) == {"ok": 4, "content": 1}
    assert shop.workspace.campaigns.stopped(campaign.id, range(5)) == {3: Stopped(("BAN-001",), "v1")}
    assert len(shop.reached()) == 4


def test_a_text_with_a_warning_that_nobody_confirmed_does_not_leave(shop: Shop) -> None:
    shop.add_account(5)
    shop.composer.odd = {"顾客": "ABS-002", "顾客1您": "URG-001"}
    campaign = shop.campaign(state=CampaignState.SCREENED)
    store = shop.workspace.campaigns
    assert {rule: (w.customer_id, w.confirmed_by) for rule, w in store.warnings(campaign.id).items()} == {
        "ABS-002": (1, ""),
        "URG-001": (2, ""),
    }
    sending = replace(campaign, state=CampaignState.SENDING)
    noted = Noted("campaign.approved", "李", NOW)
    store.update_confirmed(sending, ["ABS-002"], expected=CampaignState.SCREENED, noted=noted)
    shop.composer.odd["顾客3您"] = "TIM-002"
    shop.run(campaign.id)
    assert store.funnel(campaign.id) == {"ok": 3, "content": 2}
    assert store.stopped(campaign.id, range(5)) == {
        1: Stopped(("URG-001",), "v1"),
        3: Stopped(("TIM-002",), "v1"),
    }, "by the warnings that nobody confirmed, and no others"
    assert shop.reached() == ["c00000", "c00002", "c00004"]


def test_nobody_left_after_asking_again_ends_quietly(shop: Shop) -> None:
    shop.add_account(5)
    campaign = shop.campaign()
    shop.composer.banned = {"顾客"}
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == []


@pytest.mark.parametrize("state", [CampaignState.PAUSED, CampaignState.CANCELLING, CampaignState.APPROVED])
def test_nothing_leaves_in_another_state(shop: Shop, state: CampaignState) -> None:
    shop.add_account(5)
    campaign = shop.campaign(state=state)
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.reached() == []


def test_a_pause_between_look_and_claim_is_kept(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    shop.clock.advance(3_600)
    shop.platforms[account].before_answer = lambda: shop.set_state(campaign.id, CampaignState.PAUSED)
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.gateways[account].submits == []


def test_past_the_window_it_waits_for_a_person(shop: Shop) -> None:
    shop.add_account(5)
    campaign = shop.campaign(window_end=NOW + timedelta(minutes=2))
    shop.clock.advance(61)
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.WAITING, "window_over")
    assert shop.reached() == []


@pytest.mark.no_cover
def test_pausing_and_going_on_reaches_everybody_once(shop: Shop) -> None:
    account = shop.add_account(1_300)
    campaign = shop.campaign()

    def pause_at_second() -> None:
        if len(shop.gateways[account].submits) == 1:
            shop.set_state(campaign.id, CampaignState.PAUSED)

    shop.gateways[account].before_submit = pause_at_second
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    shop.gateways[account].before_submit = None
    shop.set_state(campaign.id, CampaignState.SENDING)
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(1_300)


@pytest.mark.no_cover
@pytest.mark.parametrize("where", ["fail_before", "fail_after"])
def test_an_unknown_outcome_is_looked_up_and_never_doubled(shop: Shop, where: str) -> None:
    account = shop.add_account(700)
    campaign = shop.campaign()
    setattr(shop.gateways[account], where, [UNKNOWN, RemoteUnavailable("throttled", "429", retry_after=2.0)])
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(700)
    assert shop.gateways[account].lookups


def test_a_kill_between_claim_and_answer_is_recovered(shop: Shop) -> None:
    account = shop.add_account(30)
    campaign = shop.campaign()
    shop.gateways[account].fail_after = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(30)
    assert shop.gateways[account].submits == ["ws1-1-0"]


def test_a_request_that_never_arrived_is_sent_again_under_its_key(shop: Shop) -> None:
    account = shop.add_account(30)
    campaign = shop.campaign()
    shop.gateways[account].fail_before = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    shop.run(campaign.id)
    assert shop.gateways[account].submits == ["ws1-1-0", "ws1-1-0"]
    assert shop.reached() == everybody(30)


def test_who_withdrew_meanwhile_is_withheld_only_behind_the_fence(shop: Shop) -> None:
    account = shop.add_account(4)
    campaign = shop.campaign()
    shop.gateways[account].fail_before = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    shop.platforms[account].truth["c00001"] = {"status": ConsentStatus.DECLINED}
    shop.platforms[account].changes = ["c00001"]
    assert shop.run(campaign.id).step is dispatch.Step.WAIT
    assert shop.reached() == []
    shop.clock.advance(fencing.FENCE.total_seconds() + 1)
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == ["c00000", "c00002", "c00003"]
    assert shop.workspace.inbox.counts(campaign.id)["withheld"] == 1


def test_everybody_withdrew_meanwhile(shop: Shop) -> None:
    account = shop.add_account(2)
    campaign = shop.campaign()
    shop.gateways[account].fail_before = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    for ref in everybody(2):
        shop.platforms[account].truth[ref] = {"status": ConsentStatus.DECLINED}
    shop.platforms[account].changes = everybody(2)
    shop.run(campaign.id)
    shop.clock.advance(fencing.FENCE.total_seconds() + 1)
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == []
    assert shop.workspace.inbox.counts(campaign.id)["withheld"] == 2


@pytest.mark.parametrize("state", [CampaignState.PAUSED, CampaignState.CANCELLING])
def test_whoever_pauses_or_cancels_behind_the_last_batch_is_told_of_no_failure(
    shop: Shop, state: CampaignState
) -> None:
    shop.add_account(3)
    campaign = shop.campaign()
    assert dispatch.run_batch(shop.context, campaign.id, -1).step is dispatch.Step.ON
    shop.set_state(campaign.id, state)
    assert dispatch.finish(shop.context, campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id)[0] is state
