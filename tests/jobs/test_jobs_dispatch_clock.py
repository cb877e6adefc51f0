"""Clocks that jump, windows that end and rules that stop everybody, while a batch is decided: nobody is lost by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from random import Random

import pytest

from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.consent import CustomerRef
from campaign_app.domain.customer import Customer
from campaign_app.domain.errors import OutcomeUnknown, RemoteUnavailable
from campaign_app.domain.message import Composed
from campaign_app.domain.ports import ConsentAnswers
from campaign_app.jobs import dispatch
from campaign_app.jobs.asking import CLOCK_STEP
from campaign_app.services.window import BEIJING
from tests.fakes.remotes import IDEMPOTENT
from tests.helpers.shop import NOW, Shop, everybody

UNKNOWN = OutcomeUnknown("read_timeout", "No answer in time")


def test_the_window_is_looked_at_again_right_before_a_batch_leaves(shop: Shop) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign(window_end=NOW + timedelta(minutes=3))
    shop.platforms[account].changes = ["c00001"]
    shop.platforms[account].before_answer = lambda: shop.clock.advance(150)
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.WAITING, "window_over")
    assert shop.reached() == []


def test_before_its_time_by_a_clock_that_was_set_back_it_waits_for_a_person(shop: Shop) -> None:
    shop.add_account(5)
    campaign = shop.campaign(send_at=NOW, window_end=NOW + timedelta(hours=12))
    shop.clock.advance(-61)
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.WAITING, "clock_back")
    assert shop.reached() == []
    shop.clock.advance(2)
    shop.set_state(campaign.id, CampaignState.SENDING)
    assert shop.run(campaign.id).step is dispatch.Step.END


@pytest.mark.parametrize(("jump", "note"), [(-86_400, "clock_back"), (86_400, "window_over")])
def test_a_clock_that_jumps_while_a_batch_is_decided_refuses_nobody(shop: Shop, jump: float, note: str) -> None:
    """By another day's clock every fact that was just read is stale, or of a time that has not come."""
    account = shop.add_account(3)
    campaign = shop.campaign(send_at=NOW, window_end=NOW + timedelta(hours=12))
    shop.clock.advance(660)  # everybody is asked about again
    platform, jumps = shop.platforms[account], [jump]
    answers = platform.consents

    def consents(refs: Sequence[CustomerRef]) -> ConsentAnswers:
        read = answers(refs)
        if jumps:
            shop.clock.advance(jumps.pop())
        return read

    platform.consents = consents
    with pytest.raises(RemoteUnavailable, match="while a batch was decided"):
        shop.run(campaign.id)
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.WAITING, note)
    assert shop.workspace.campaigns.funnel(campaign.id) == {"ok": 3}
    shop.clock.advance(-jump)
    shop.set_state(campaign.id, CampaignState.SENDING)
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(3)


@pytest.mark.parametrize("keys", [True, False])
def test_a_rule_that_stops_whoever_reads_it_stops_the_campaign_and_loses_nobody(shop: Shop, *, keys: bool) -> None:
    """Such as of a signature whose filing nobody vouches for any more, before a batch is claimed and after."""
    account = shop.add_account(4)
    gateway = shop.gateways[account]
    gateway.capabilities = replace(IDEMPOTENT, idempotent=keys)
    campaign = shop.campaign()
    shop.context = replace(shop.context, batch=2)
    dispatch.run_batch(shop.context, campaign.id, -1)
    shop.composer.everybodys = {"SIG-002"}
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.WAITING, "rule:SIG-002")
    shop.composer.everybodys = set()
    shop.set_state(campaign.id, CampaignState.SENDING)
    gateway.fail_before = [RemoteUnavailable("throttled", "later")]
    real, turns = shop.context.wait, [{"SIG-002"}]

    def wait(seconds: float) -> None:
        real(seconds)
        shop.composer.everybodys = turns.pop() if turns else set()

    shop.context = replace(shop.context, wait=wait)
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.WAITING, "rule:SIG-002")
    assert len(shop.reached()) == 2
    shop.composer.everybodys = set()
    shop.set_state(campaign.id, CampaignState.SENDING)
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(4)
    assert shop.workspace.inbox.counts(campaign.id)["accepted"] == 4


@pytest.mark.parametrize("seconds", [75, 13 * 3600])
def test_a_batch_that_is_composed_after_the_window_has_everybody_left(shop: Shop, seconds: float) -> None:
    """A platform that took long before its end, or a machine that slept between the gate's word and the texts."""
    shop.add_account(6)
    campaign = shop.campaign(send_at=NOW, window_end=NOW + timedelta(hours=12))
    shop.clock.advance(12 * 3600 - 70)
    sleeps, real = [seconds], shop.composer.messages

    def messages(campaign: Campaign, customers: Sequence[Customer], _: datetime) -> list[Composed]:
        shop.clock.advance(sleeps.pop() if sleeps else 0)
        return real(campaign, customers, shop.clock())

    shop.composer.messages = messages
    assert shop.run(campaign.id).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.WAITING, "window_over")
    assert len(shop.workspace.campaigns.ok_members(campaign.id, -1, 10)) == 6, "nobody was decided"
    assert shop.reached() == []


@pytest.mark.parametrize("jump", [2 * 3600, 86_400])
def test_a_clock_that_jumps_before_a_second_try_refuses_nobody(shop: Shop, jump: float) -> None:
    account = shop.add_account(6)
    gateway, platform = shop.gateways[account], shop.platforms[account]
    gateway.capabilities = replace(IDEMPOTENT, idempotent=False, lookup=False)
    campaign = shop.campaign(send_at=NOW, window_end=NOW + timedelta(hours=12))
    shop.context = replace(shop.context, wait=lambda _: shop.clock.advance(660))
    gateway.fail_before = [RemoteUnavailable("throttled", "later")]
    answers, jumps = platform.consents, [jump]

    def consents(refs: Sequence[CustomerRef]) -> ConsentAnswers:
        read = answers(refs)
        if not gateway.fail_before and jumps:
            shop.clock.advance(jumps.pop())
        return read

    platform.consents = consents
    shop.run(campaign.id)
    if shop.state(campaign.id)[0] is not CampaignState.DONE:
        assert shop.state(campaign.id)[0] is CampaignState.WAITING
        shop.clock.now = NOW + timedelta(hours=1)
        shop.set_state(campaign.id, CampaignState.SENDING)
        shop.run(campaign.id)
    assert shop.state(campaign.id)[0] is CampaignState.DONE
    assert shop.reached() == everybody(6)


def test_a_clock_set_back_within_the_window_waits_for_a_person(shop: Shop) -> None:
    account = shop.add_account(4)
    campaign = shop.campaign(send_at=NOW - timedelta(hours=6), window_end=NOW + timedelta(hours=6))
    shop.context = replace(shop.context, batch=2)
    assert dispatch.run_batch(shop.context, campaign.id, -1).step is dispatch.Step.ON
    shop.clock.advance(-3 * 3600)
    assert dispatch.run_batch(shop.context, campaign.id, 1).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.WAITING, "clock_back")
    assert len(shop.gateways[account].submits) == 1
    shop.clock.advance(3 * 3600)
    shop.set_state(campaign.id, CampaignState.SENDING)
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.reached() == everybody(4)


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(10))
def test_with_the_clock_moved_at_random_nothing_leaves_outside_of_the_window(shop: Shop, seed: int) -> None:
    account, chance, left = shop.add_account(20), Random(seed), list[datetime]()
    shop.context = replace(shop.context, batch=2)
    begin, end = NOW, NOW + timedelta(hours=1)

    def moved() -> None:
        left.append(shop.clock())
        shop.clock.now = NOW + timedelta(minutes=chance.uniform(-30, 90))

    shop.gateways[account].before_submit = moved
    campaign = shop.campaign(send_at=begin, window_end=end)
    for _ in range(10):
        dispatch.run_batch(shop.context, campaign.id, -1)
        dispatch.run_batch(shop.context, campaign.id, 1)
        shop.clock.now = NOW + timedelta(minutes=chance.uniform(-30, 90))
        shop.set_state(campaign.id, CampaignState.SENDING)
    assert all(begin - CLOCK_STEP <= at <= end for at in left)


@pytest.mark.parametrize(
    ("hours", "note"),
    [
        ((time(8), time(22)), ""),
        ((time(10), time(10, 1)), ""),
        ((time(10, 1), time(22)), ""),  # a host may be behind by that much
        ((time(8), time(10)), "window_over"),
        ((time(10, 2), time(22)), "hours_narrowed"),
    ],
)
def test_hours_that_are_narrowed_hold_for_what_was_planned_before(
    shop: Shop, hours: tuple[time, time], note: str
) -> None:
    """It is ten o'clock; the campaign's own window goes on for hours."""
    account = shop.add_account(5)
    campaign = shop.campaign()
    shop.context = replace(shop.context, hours=hours)
    ended = shop.run(campaign.id).step is dispatch.Step.END
    assert (ended, len(shop.reached())) == ((False, 0) if note else (True, 5))
    for batch in shop.gateways[account].accepted.values():
        assert {message.until for message in batch} == {datetime.combine(NOW.date(), hours[1], BEIJING)}
    if note:
        assert shop.state(campaign.id) == (CampaignState.WAITING, note)


@pytest.mark.parametrize(("minutes", "leave"), [(60, 0), (59, 5)])
def test_the_window_that_was_approved_ends_before_the_hours_do(shop: Shop, minutes: int, leave: int) -> None:
    """Hours that are wider than when it was planned make it no longer."""
    account, end = shop.add_account(5), NOW + timedelta(hours=1)
    campaign = shop.campaign(send_at=NOW, window_end=end)
    shop.context = replace(shop.context, hours=(time(8), time(20)))
    shop.clock.advance(minutes * 60)
    shop.run(campaign.id)
    assert len(shop.reached()) == leave
    for batch in shop.gateways[account].accepted.values():
        assert {message.until for message in batch} == {end}
    if not leave:
        assert shop.state(campaign.id) == (CampaignState.WAITING, "window_over")


def test_past_its_own_window_it_is_not_the_hours_that_are_blamed(shop: Shop) -> None:
    shop.add_account(5)
    campaign = shop.campaign(send_at=NOW, window_end=NOW + timedelta(hours=1))
    shop.context = replace(shop.context, hours=(time(12), time(20)))
    shop.clock.advance(3_600)
    shop.run(campaign.id)
    assert shop.state(campaign.id) == (CampaignState.WAITING, "window_over")
