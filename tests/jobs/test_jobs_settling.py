"""Settling: every claimed message comes to its outcome, whatever the sender answers or does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.errors import OutcomeUnknown, RemoteRefused, RemoteUnavailable
from campaign_app.jobs import dispatch, fencing, stopping
from campaign_app.jobs.reconciling import reconcile
from campaign_app.jobs.settling import Settled
from campaign_app.services.window import BEIJING
from campaign_app.storage.campaigns import SqlCampaigns
from tests.helpers.shop import Shop, everybody

UNKNOWN = OutcomeUnknown("read_timeout", "No answer in time")


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
    shop.gateways[account].fail_after = [RemoteRefused("contract_broken", "no JSON")]
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


@pytest.mark.parametrize(
    ("until", "at", "moment"),
    [
        ("day", "2026-11-10T10:00+08:00", "2026-11-11 08:00"),
        ("day", "2026-12-31T21:59+08:00", "2027-01-01 08:00"),
        ("month", "2026-11-30T10:00+08:00", "2026-12-01 08:00"),
        ("month", "2027-01-31T10:00+08:00", "2027-02-01 08:00"),
        ("hours", "2026-11-10T07:30+08:00", "2026-11-10 08:00"),
        ("hours", "2026-11-10T22:00+08:00", "2026-11-11 08:00"),
    ],
)
def test_a_refusal_until_a_moment_pauses_the_campaign_and_names_it_and_goes_on_only_by_a_person(
    shop: Shop, until: str, at: str, moment: str
) -> None:
    account = shop.add_account(5)
    shop.clock.now = datetime.fromisoformat(at)
    campaign = shop.campaign()
    refused = RemoteRefused("sender_quota", "no more", account_wide=True, until=until)
    shop.gateways[account].fail_before = [refused]
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.PAUSED, f"later:sender_quota:{moment}")
    shop.clock.now = datetime.strptime(moment, "%Y-%m-%d %H:%M").replace(tzinfo=BEIJING)
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.reached() == []
    shop.set_state(campaign.id, CampaignState.SENDING)
    assert campaign.window_end is not None
    late = campaign.window_end < shop.clock() + timedelta(minutes=2)
    assert shop.run(campaign.id).step is (dispatch.Step.STOPPED if late else dispatch.Step.END)
    assert shop.state(campaign.id)[0] is (CampaignState.WAITING if late else CampaignState.DONE)


def test_the_providers_own_code_and_its_long_wait_are_in_the_note(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    numbered = RemoteRefused("platform_refused", "no", account_wide=True, number=30001)
    odd = RemoteRefused("provider_refused", "no", account_wide=True, said="13800000000")
    for trouble, note in (
        (numbered, "account_refused:platform_refused=30001"),
        (odd, "account_refused:provider_refused"),
        (RemoteUnavailable("day_quota", "no more", retry_after=36_000.0), "later:day_quota:2026-11-10 20:03"),
    ):
        shop.gateways[account].fail_before = [trouble] * 6
        assert shop.run(campaign.id).step is dispatch.Step.STOPPED
        assert shop.state(campaign.id) == (CampaignState.PAUSED, note)
        shop.set_state(campaign.id, CampaignState.SENDING)


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
    stopping.put_aside(shop.context, campaign, CampaignState.PAUSED, "x")
    assert shop.state(campaign.id)[0] is CampaignState.CANCELLED


@pytest.mark.parametrize("state", [CampaignState.SCREENING, CampaignState.SENDING, CampaignState.CANCELLING])
def test_whoever_cancels_as_a_failed_job_ends_keeps_it_from_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, state: CampaignState
) -> None:
    """Else the job would end later, as by a bug."""
    campaign, read = shop.campaign(state=state, screened=False), SqlCampaigns.campaign

    def cancelled_then(store: SqlCampaigns, campaign_id: int) -> Campaign:
        monkeypatch.setattr(SqlCampaigns, "campaign", read)
        found = store.campaign(campaign_id)
        store.move(campaign_id, CampaignState.CANCELLED, "by_user", expected=state)
        return found

    monkeypatch.setattr(SqlCampaigns, "campaign", cancelled_then)
    shop.fail_job(campaign.id, "platform_unavailable")
    assert shop.state(campaign.id) == (CampaignState.CANCELLED, "by_user")


def test_finish_stops_where_a_batch_stops(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    shop.gateways[account].fail_before = [KeyboardInterrupt()]
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
    shop.gateways[account].fail_before = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    shop.set_state(campaign.id, CampaignState.CANCELLING)
    assert reconcile(shop.context, campaign.id) is Settled.LATER
    shop.clock.advance(fencing.FENCE.total_seconds() + 1)
    assert reconcile(shop.context, campaign.id) is Settled.DONE
    assert shop.state(campaign.id)[0] is CampaignState.CANCELLED
    assert shop.reached() == []
    assert shop.workspace.inbox.counts(campaign.id)["withheld"] == 5


def test_a_cancel_keeps_what_was_accepted(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    shop.gateways[account].fail_after = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    shop.set_state(campaign.id, CampaignState.CANCELLING)
    assert reconcile(shop.context, campaign.id) is Settled.DONE
    assert reconcile(shop.context, campaign.id) is Settled.DONE
    assert shop.workspace.inbox.counts(campaign.id)["accepted"] == 5


def test_a_failed_job_hands_its_campaign_back_to_a_person(shop: Shop) -> None:
    shop.add_account(5)
    sending = shop.campaign()
    shop.fail_job(sending.id, "broken")
    assert shop.state(sending.id) == (CampaignState.PAUSED, "broken")
    shop.fail_job(sending.id, "broken again")
    assert shop.state(sending.id) == (CampaignState.PAUSED, "broken")
    screening = shop.campaign(screened=False, state=CampaignState.SCREENING)
    shop.fail_job(screening.id, "platform_unavailable")
    assert shop.state(screening.id) == (CampaignState.DRAFT, "platform_unavailable")
    shop.workspace.campaigns.delete(screening.id, {CampaignState.DRAFT})
    shop.fail_job(screening.id, "the job ends after its campaign", "screen")
    assert [campaign.id for campaign in shop.workspace.campaigns.campaigns()] == [sending.id]


def test_a_job_that_fails_late_leaves_its_campaign_to_the_job_that_has_it_by_then(shop: Shop) -> None:
    """Somebody paused the sending, changed the text and had it screened again before the sending's job ended."""
    shop.add_account(5)
    screening = shop.campaign(screened=False, state=CampaignState.SCREENING)
    shop.fail_job(screening.id, "broken", "dispatch")
    assert shop.state(screening.id) == (CampaignState.SCREENING, "")
    sending = shop.campaign()
    shop.fail_job(sending.id, "broken", "screen")
    assert shop.state(sending.id)[0] is CampaignState.SENDING


def test_a_sending_that_fails_as_it_is_cancelled_is_no_trouble_of_the_cancelling(shop: Shop) -> None:
    """Nobody has asked the sender yet: there is nothing to be closed as unknown."""
    shop.add_account(5)
    campaign = shop.campaign()
    shop.workspace.campaigns.move(campaign.id, CampaignState.CANCELLING, "by_user", expected=CampaignState.SENDING)
    shop.fail_job(campaign.id, "platform_unavailable", "dispatch")
    assert shop.state(campaign.id) == (CampaignState.CANCELLING, "by_user")
    assert not shop.workspace.campaigns.campaign(campaign.id).may_be_closed
    shop.fail_job(campaign.id, "platform_unavailable", "reconcile")
    assert shop.workspace.campaigns.campaign(campaign.id).may_be_closed


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
        shop.gateways[account].fail_before = [KeyboardInterrupt()]
        with pytest.raises(KeyboardInterrupt):
            dispatch.run_batch(shop.context, campaign.id, after)
    assert dispatch.finish(shop.context, campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(4)


def test_a_platform_that_refuses_a_look_up_rejects_nobody(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    shop.gateways[account].fail_before = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        shop.run(campaign.id)
    shop.platforms[account].trouble = [RemoteRefused("contract_broken", "HTML")] * 20
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.PAUSED, "at_shop:contract_broken:店c")
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


def test_a_list_of_changes_without_end_stops_the_screening(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign_app.jobs.gating.MAX_PAGES", 2)
    account = shop.add_account(5)
    shop.platforms[account].changes = ["c00001"] * 10
    with pytest.raises(RemoteRefused) as caught:
        shop.campaign()
    assert caught.value.code == "cursor_loop"
    assert shop.platforms[account].asked == []


def test_every_message_says_until_when_it_may_be_shown_also_when_it_is_handed_over_again(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign()
    shop.gateways[account].fail_before = [RemoteRefused("busy", "not yet")]
    assert shop.run(campaign.id).step is dispatch.Step.END
    (messages,) = shop.gateways[account].accepted.values()
    assert {message.until for message in messages} == {campaign.window_end}
