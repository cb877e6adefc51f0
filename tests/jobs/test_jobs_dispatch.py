"""Dispatch: whoever is confirmed gets one message, whatever the sender and the clock do in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.consent import ConsentStatus, CustomerRef, Suppression, SuppressionKind
from campaign_app.domain.errors import NotAllowed, OutcomeUnknown, RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import ComplaintClue, InboundMessage
from campaign_app.jobs import dispatch, settling
from campaign_app.jobs.ports import GatewayCapabilities
from campaign_app.jobs.settling import Settled, reconcile, release
from tests.fakes.remotes import ENTITY
from tests.helpers.shop import NOW, Shop, person

UNKNOWN = OutcomeUnknown("read_timeout", "No answer in time")


def everybody(count: int, prefix: str = "c") -> list[str]:
    return [f"{prefix}{i:05d}" for i in range(count)]


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
    assert len(shop.reached()) == 4


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
    shop.gateways[account].fail_after = [KeyboardInterrupt()]  # type: ignore[list-item]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(30)
    assert shop.gateways[account].submits == ["ws1-1-0"]


def test_a_request_that_never_arrived_is_sent_again_under_its_key(shop: Shop) -> None:
    account = shop.add_account(30)
    campaign = shop.campaign()
    shop.gateways[account].fail_before = [KeyboardInterrupt()]  # type: ignore[list-item]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    shop.run(campaign.id)
    assert shop.gateways[account].submits == ["ws1-1-0", "ws1-1-0"]
    assert shop.reached() == everybody(30)


def test_who_withdrew_meanwhile_is_withheld_only_behind_the_fence(shop: Shop) -> None:
    account = shop.add_account(4)
    campaign = shop.campaign()
    shop.gateways[account].fail_before = [KeyboardInterrupt()]  # type: ignore[list-item]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    shop.platforms[account].truth["c00001"] = {"status": ConsentStatus.DECLINED}
    shop.platforms[account].changes = ["c00001"]
    assert shop.run(campaign.id).step is dispatch.Step.WAIT
    assert shop.reached() == []
    shop.clock.advance(settling.FENCE.total_seconds() + 1)
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == ["c00000", "c00002", "c00003"]
    assert shop.workspace.inbox.counts(campaign.id)["withheld"] == 1


def test_everybody_withdrew_meanwhile(shop: Shop) -> None:
    account = shop.add_account(2)
    campaign = shop.campaign()
    shop.gateways[account].fail_before = [KeyboardInterrupt()]  # type: ignore[list-item]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    for ref in everybody(2):
        shop.platforms[account].truth[ref] = {"status": ConsentStatus.DECLINED}
    shop.platforms[account].changes = everybody(2)
    shop.run(campaign.id)
    shop.clock.advance(settling.FENCE.total_seconds() + 1)
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == []
    assert shop.workspace.inbox.counts(campaign.id)["withheld"] == 2


def test_a_message_that_the_answer_forgot_is_looked_up(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    shop.gateways[account].unmentioned = {"c00002"}
    shop.run(campaign.id)
    assert shop.reached() == everybody(5)
    assert shop.workspace.inbox.counts(campaign.id)["accepted"] == 5


def test_a_single_rejection_is_final(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    shop.gateways[account].reject = {"c00001"}
    shop.run(campaign.id)
    counts = shop.workspace.inbox.counts(campaign.id)
    assert (counts["accepted"], counts["rejected"]) == (4, 1)


def test_a_batch_that_is_refused_as_a_whole_pauses_and_loses_nobody(shop: Shop) -> None:
    account = shop.add_account(600)
    campaign = shop.campaign()
    shop.gateways[account].fail_before = [RemoteRefused("not_found", "404")] * 6
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.PAUSED, "refused:not_found")
    shop.set_state(campaign.id, CampaignState.SENDING)
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(600)


def test_a_refused_repeat_of_an_accepted_request_is_no_rejection(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    shop.gateways[account].fail_after = [UNKNOWN]
    shop.gateways[account].fail_lookup = [RemoteRefused("refused", "409 without a body")]
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.workspace.inbox.counts(campaign.id)["accepted"] == 5


def test_an_answer_that_breaks_the_contract_proves_nothing(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    shop.gateways[account].fail_after = [RemoteRefused("contract_broken", "no JSON")]  # type: ignore[list-item]
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.workspace.inbox.counts(campaign.id)["accepted"] == 5


def test_a_refused_account_pauses_the_campaign_and_says_why(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    shop.gateways[account].fail_before = [RemoteRefused("permission", "403", account_wide=True)]
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.PAUSED, "account_refused:permission")
    shop.set_state(campaign.id, CampaignState.SENDING)
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(5)


def test_a_sender_that_stays_away_pauses_the_campaign(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    shop.gateways[account].fail_before = [UNKNOWN] * 20
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.PAUSED, "sender_unavailable")
    assert sum(shop.waits) < 60


def test_a_pause_acts_between_two_tries(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    shop.gateways[account].fail_before = [UNKNOWN] * 20
    shop.gateways[account].before_submit = lambda: shop.set_state(campaign.id, CampaignState.PAUSED)
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert len(shop.gateways[account].submits) == 1
    assert dispatch.finish(shop.context, campaign.id).step is dispatch.Step.STOPPED


def test_a_pause_that_came_first_is_not_overwritten(shop: Shop) -> None:
    shop.add_account(5)
    campaign = shop.campaign()
    shop.set_state(campaign.id, CampaignState.CANCELLED)
    settling.put_aside(shop.context, campaign, CampaignState.PAUSED, "x")
    assert shop.state(campaign.id)[0] is CampaignState.CANCELLED


def test_a_sender_without_keys_is_refused_before_anything_is_submitted(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    shop.gateways[account].capabilities = GatewayCapabilities(True, False, 500, idempotent=False, lookup=False)
    with pytest.raises(NotAllowed) as caught:
        shop.run(campaign.id)
    assert caught.value.code == "sender_without_keys"
    assert shop.gateways[account].submits == []


def test_finish_stops_where_a_batch_stops(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    shop.gateways[account].fail_before = [KeyboardInterrupt()]  # type: ignore[list-item]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    shop.gateways[account].fail_lookup = [RemoteRefused("permission", "403", account_wide=True)]
    assert dispatch.finish(shop.context, campaign.id).step is dispatch.Step.STOPPED


def test_finish_goes_back_for_members_that_nobody_decided(shop: Shop) -> None:
    shop.add_account(5)
    campaign = shop.campaign()
    assert dispatch.finish(shop.context, campaign.id) == dispatch.BatchResult(dispatch.Step.ON, -1)


def test_a_cancel_asks_what_became_of_open_batches_and_submits_nothing(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    shop.gateways[account].fail_before = [KeyboardInterrupt()]  # type: ignore[list-item]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    shop.set_state(campaign.id, CampaignState.CANCELLING)
    assert reconcile(shop.context, campaign.id) is Settled.LATER
    shop.clock.advance(settling.FENCE.total_seconds() + 1)
    assert reconcile(shop.context, campaign.id) is Settled.DONE
    assert shop.state(campaign.id)[0] is CampaignState.CANCELLED
    assert shop.reached() == []
    assert shop.workspace.inbox.counts(campaign.id)["withheld"] == 5


def test_a_cancel_keeps_what_was_accepted(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    shop.gateways[account].fail_after = [KeyboardInterrupt()]  # type: ignore[list-item]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    shop.set_state(campaign.id, CampaignState.CANCELLING)
    assert reconcile(shop.context, campaign.id) is Settled.DONE
    assert reconcile(shop.context, campaign.id) is Settled.DONE
    assert shop.workspace.inbox.counts(campaign.id)["accepted"] == 5


def test_a_failed_job_hands_its_campaign_back_to_a_person(shop: Shop) -> None:
    shop.add_account(5)
    sending = shop.campaign()
    release(shop.context, sending.id, "broken")
    assert shop.state(sending.id) == (CampaignState.PAUSED, "broken")
    release(shop.context, sending.id, "broken again")
    assert shop.state(sending.id) == (CampaignState.PAUSED, "broken")
    screening = shop.campaign(screened=False, state=CampaignState.SCREENING)
    release(shop.context, screening.id, "platform_unavailable")
    assert shop.state(screening.id) == (CampaignState.DRAFT, "platform_unavailable")


def test_messages_of_two_campaigns_count_for_the_promised_frequency(shop: Shop) -> None:
    account = shop.add_account(3)
    shop.platforms[account].truth["c00001"] = {"max_per_month": 1}
    first = shop.campaign()
    shop.run(first.id)
    second = shop.campaign(name="第二次")
    assert shop.workspace.campaigns.funnel(second.id) == {"ok": 2, "frequency_cap": 1}


def test_finish_settles_every_open_batch(shop: Shop) -> None:
    account = shop.add_account(4)
    campaign = shop.campaign()
    shop.context = replace(shop.context, batch=2)
    for after in (-1, 1):
        shop.gateways[account].fail_before = [KeyboardInterrupt()]  # type: ignore[list-item]
        with pytest.raises(KeyboardInterrupt):
            dispatch.run_batch(shop.context, campaign.id, after)
    assert dispatch.finish(shop.context, campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(4)


def test_a_platform_that_refuses_a_look_up_rejects_nobody(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    shop.gateways[account].fail_before = [KeyboardInterrupt()]  # type: ignore[list-item]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    shop.platforms[account].trouble = [RemoteRefused("contract_broken", "HTML")] * 20
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.PAUSED, "refused:contract_broken")
    assert shop.workspace.inbox.counts(campaign.id)["rejected"] == 0
    shop.platforms[account].trouble = []
    shop.set_state(campaign.id, CampaignState.SENDING)
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(5)


def test_a_list_of_changes_without_end_stops_the_batch(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign_app.jobs.gating.MAX_PAGES", 2)
    account = shop.add_account(5)
    campaign = shop.campaign()
    shop.platforms[account].changes = ["c00001"] * 10
    with pytest.raises(RemoteRefused) as caught:
        shop.run(campaign.id)
    assert caught.value.code == "cursor_loop"
    assert shop.reached() == []


def test_a_number_that_became_equal_after_screening_is_sent_to_once(shop: Shop) -> None:
    account = shop.add_account(6)
    campaign = shop.campaign()
    twin = replace(person("c", 1), phone=person("c", 0).phone, updated_at=NOW)
    shop.workspace.customers.upsert_page(account, [twin], "end", NOW)
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == [ref for ref in everybody(6) if ref != "c00001"]
    assert shop.workspace.campaigns.funnel(campaign.id) == {"ok": 5, "duplicate_number": 1}


def test_a_batch_that_refused_everybody_does_not_double_those_after_it(shop: Shop) -> None:
    shop.add_account(12)
    campaign = shop.campaign()
    shop.context = replace(shop.context, batch=4)
    shop.composer.banned = {f"顾客{i}您" for i in range(4)}
    dispatch.run_batch(shop.context, campaign.id, -1)
    dispatch.run_batch(shop.context, campaign.id, 3)
    shop.composer.banned = set()
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(12)[4:]


@pytest.mark.parametrize("caps", [(1, 4), (0, 0)])
def test_a_claimed_batch_that_never_left_does_not_count_against_its_own_people(
    shop: Shop, caps: tuple[int, int]
) -> None:
    account = shop.add_account(5)
    shop.platforms[account].truth = {ref: {"max_per_month": 1} for ref in everybody(5)}
    shop.context = replace(shop.context, house_caps=caps)
    campaign = shop.campaign()
    shop.gateways[account].fail_before = [UNKNOWN]
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(5)


def test_the_window_is_looked_at_again_right_before_a_batch_leaves(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign(window_end=NOW + timedelta(minutes=3))
    shop.platforms[account].changes = ["c00001"]
    shop.platforms[account].before_answer = lambda: shop.clock.advance(150)
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.WAITING, "window_over")
    assert shop.reached() == []


def test_a_campaign_without_a_window_never_leaves(shop: Shop) -> None:
    shop.add_account(5)
    campaign = shop.campaign(window_end=None)
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.reached() == []


def test_a_gates_word_older_than_a_batch_may_take_is_asked_anew(shop: Shop) -> None:
    account = shop.add_account(3)
    campaign = shop.campaign()
    real = shop.composer.messages

    def slow(*args: Any) -> Any:
        shop.clock.advance(90)
        shop.platforms[account].truth["c00001"] = {"status": ConsentStatus.DECLINED}
        shop.platforms[account].changes = ["c00001"]
        return real(*args)

    shop.composer.messages = slow  # type: ignore[method-assign]
    assert shop.run(campaign.id).step is dispatch.Step.WAIT
    assert shop.reached() == [], "who said no while texts were made is not sent to"


def test_replies_and_complaints_that_wait_at_the_platform_are_read_first(shop: Shop) -> None:
    account = shop.add_account(4)
    campaign = shop.campaign()
    shop.gateways[account].stream["inbound"] = [InboundMessage("i", "c00001", None, "R", NOW)]
    shop.gateways[account].stream["complaints"] = [ComplaintClue("k", "c00002", None, "", NOW)]
    shop.run(campaign.id)
    assert shop.reached() == ["c00000", "c00003"]


def test_an_opt_out_by_ref_holds_for_the_number_learnt_later(shop: Shop) -> None:
    first, second = shop.add_account(1, prefix="a"), shop.add_account(1, prefix="b")
    unnumbered = replace(person("a", 1), phone=None)
    shop.workspace.customers.upsert_page(first, [unnumbered], "1", NOW)
    key = shop.workspace.phone_keys.of_ref(CustomerRef(first, "a00001"))
    shop.workspace.suppressions.add([Suppression(ENTITY, key, SuppressionKind.OPT_OUT, NOW, "reply")])
    learnt = replace(person("a", 1), updated_at=NOW)
    shop.workspace.customers.upsert_page(first, [learnt], "2", NOW)
    shop.workspace.customers.upsert_page(second, [replace(person("b", 9), phone=learnt.phone)], "1", NOW)
    shop.run(shop.campaign().id)
    assert not {"a00001", "b00009"} & set(shop.reached())


def test_a_message_that_the_sender_never_mentions_stops_nobody_else(shop: Shop) -> None:
    account = shop.add_account(1_200)
    campaign = shop.campaign()
    shop.gateways[account].never_mentioned = {"c00002"}
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.WAITING, "unknown_outcomes")
    assert shop.reached() == everybody(1_200)
    assert shop.workspace.inbox.counts(campaign.id)["accepted"] == 1_199


def test_a_later_submit_moves_the_fence(shop: Shop) -> None:
    account = shop.add_account(2)
    campaign = shop.campaign()
    gateway, platform = shop.gateways[account], shop.platforms[account]
    gateway.fail_before = [KeyboardInterrupt()]  # type: ignore[list-item]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    platform.truth["c00001"] = {"status": ConsentStatus.PENDING}
    platform.changes = ["c00001"]
    assert shop.run(campaign.id).step is dispatch.Step.WAIT
    shop.clock.advance(settling.FENCE.total_seconds() - 5)
    platform.truth = {}
    gateway.fail_before = [KeyboardInterrupt()]  # type: ignore[list-item]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    platform.truth["c00001"] = {"status": ConsentStatus.PENDING}
    platform.changes = ["c00001", "c00001"]
    shop.clock.advance(10)
    assert shop.run(campaign.id).step is dispatch.Step.WAIT, "the second request may still arrive"
