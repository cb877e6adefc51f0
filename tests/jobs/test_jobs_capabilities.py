"""What a platform does not offer is not asked of it, and nobody is reached by guessing instead."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.errors import NotAllowed, RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import InboundMessage
from campaign_app.jobs import dispatch
from campaign_app.jobs.poll import REFUSALS, poll_complaints, poll_inbound, poll_reports, read_refusals
from campaign_app.services.replies import Replies
from campaign_app.services.stated import StatedTemplates
from tests.fakes.remotes import EVERYTHING, IDEMPOTENT
from tests.helpers.account_state import set_account_state
from tests.helpers.connect_again import connect_again
from tests.helpers.shop import NOW, Shop, everybody, screen

UNFOLLOWED = replace(EVERYTHING, consent_changes=False)


def test_without_a_list_of_changes_every_fact_is_read_again_before_a_batch(shop: Shop) -> None:
    account = shop.add_account(6)
    platform = shop.platforms[account]
    platform.offers = UNFOLLOWED
    campaign = shop.campaign()
    platform.truth["c00002"] = {"status": ConsentStatus.WITHDRAWN}
    platform.asked.clear()
    shop.clock.advance(1)
    shop.run(campaign.id)
    assert sorted(platform.asked) == everybody(6)
    assert "c00002" not in shop.reached()
    assert len(shop.reached()) == 5


def test_a_withdrawal_at_another_shop_without_such_a_list_is_read_before_the_batch(shop: Shop) -> None:
    here, there = shop.add_account(4), shop.add_account(4, prefix="d")
    shop.platforms[there].offers = UNFOLLOWED
    set_account_state(shop.workspace.accounts, there, "disconnected")  # its people are in no audience
    campaign = shop.campaign()
    set_account_state(shop.workspace.accounts, there, "connected")
    shop.platforms[there].truth["d00002"] = {"status": ConsentStatus.WITHDRAWN, "withdrawn_at": NOW}
    shop.run(campaign.id)
    assert sorted(shop.platforms[there].asked) == everybody(4, "d")
    assert shop.reached() == ["c00000", "c00001", "c00003"]
    assert shop.gateways[here].submits


def test_with_one_fresh_facts_are_believed(shop: Shop) -> None:
    account = shop.add_account(6)
    campaign = shop.campaign()
    shop.platforms[account].asked.clear()
    shop.clock.advance(1)
    shop.run(campaign.id)
    assert not shop.platforms[account].asked
    assert len(shop.reached()) == 6


def test_a_list_that_is_not_offered_is_never_asked_for(shop: Shop) -> None:
    account = shop.add_account(3)
    platform = shop.platforms[account]
    platform.offers = UNFOLLOWED
    platform.forgotten.add("")  # whoever asks from the start is refused
    campaign = shop.campaign()
    shop.run(campaign.id)
    assert len(shop.reached()) == 3


def test_a_shop_without_a_sender_is_not_asked_for_replies_or_complaints(shop: Shop) -> None:
    account = shop.add_account(2)
    del shop.gateways[account]
    shop.mute.add(account)
    for stream in REFUSALS:
        read_refusals(shop.context, account, stream)
    assert [poll(shop.context, account) for poll in (poll_reports, poll_inbound, poll_complaints)] == [0, 0, 0]


def test_a_shop_without_a_sender_does_not_keep_the_others_from_sending(shop: Shop) -> None:
    mute, _ = shop.add_account(2, prefix="m"), shop.add_account(3, first_phone=50)
    set_account_state(shop.workspace.accounts, mute, "disconnected")  # its people are in no audience
    campaign = shop.campaign()
    set_account_state(shop.workspace.accounts, mute, "connected")
    del shop.gateways[mute]
    shop.mute.add(mute)
    shop.run(campaign.id)
    assert shop.reached() == everybody(3)


def test_people_of_a_shop_without_a_sender_are_judged_but_nothing_leaves(shop: Shop) -> None:
    account = shop.add_account(4)
    del shop.gateways[account]
    shop.mute.add(account)
    campaign = shop.campaign(state=CampaignState.SENDING)
    assert shop.workspace.campaigns.funnel(campaign.id) == {"ok": 4}
    with pytest.raises(NotAllowed) as info:
        dispatch.run_batch(shop.context, campaign.id, -1)
    assert info.value.code == "no_sender"


def test_whoever_will_carry_their_messages_needs_a_number(shop: Shop) -> None:
    account = shop.add_account(2)
    unnumbered = replace(shop.platforms[account].people[0], phone=None, updated_at=NOW)
    shop.workspace.customers.upsert_page(account, [unnumbered], "", NOW)
    shop.mute.add(account)
    campaign = shop.campaign(screened=False, state=CampaignState.DRAFT)
    assert screen(shop.context, campaign.id) == {"ok": 1, "invalid_phone": 1}


@pytest.mark.parametrize("lends", [True, False])
@pytest.mark.parametrize("other", [True, False])
def test_a_number_that_may_be_lent_is_none_to_another_sender(shop: Shop, lends: bool, other: bool) -> None:
    """Pinduoduo lends numbers to orders: by an SMS provider they would reach whoever has them by now."""
    account, carrier = shop.add_account(2), shop.add_account(0, prefix="d")
    if other:
        shop.workspace.accounts.set_sender(account, carrier)
    shop.platforms[account].offers = replace(EVERYTHING, virtual_numbers=lends)
    gateway = shop.gateways[account]
    gateway.capabilities = replace(gateway.capabilities, needs_phone=True)
    campaign = shop.campaign(screened=False, state=CampaignState.DRAFT)
    expected = {"invalid_phone": 2} if lends and other else {"ok": 2}
    assert screen(shop.context, campaign.id) == expected


def test_a_sender_that_takes_no_messages_any_more_gets_none(shop: Shop) -> None:
    account = shop.add_account(2)
    shop.gateways[account].capabilities = replace(IDEMPOTENT, submits=False)
    campaign = shop.campaign()
    with pytest.raises(NotAllowed):
        dispatch.run_batch(shop.context, campaign.id, -1)
    assert not shop.gateways[account].submits


def test_only_the_lists_that_are_offered_are_read(shop: Shop) -> None:
    account = shop.add_account(2)
    gateway = shop.gateways[account]
    gateway.stream["inbound"] = [InboundMessage("i1", "c00000", None, "R", NOW)]
    gateway.stream["reports"] = [object()]  # nothing that could be stored
    gateway.capabilities = replace(IDEMPOTENT, streams=frozenset({"inbound"}))
    assert (poll_reports(shop.context, account), poll_inbound(shop.context, account)) == (0, 1)


def test_a_platform_that_stops_offering_look_ups_confirms_nobody(shop: Shop) -> None:
    account = shop.add_account(2)
    campaign = shop.campaign()
    shop.platforms[account].trouble.append(RemoteRefused("not_offered", "gone"))
    shop.clock.advance(timedelta(minutes=30).total_seconds())
    with pytest.raises(RemoteRefused):
        dispatch.run_batch(shop.context, campaign.id, -1)
    assert not shop.reached()


def test_nothing_leaves_by_a_sender_whose_replies_nobody_reads(shop: Shop) -> None:
    account = shop.add_account(3)
    shop.gateways[account].capabilities = replace(IDEMPOTENT, hears=False)
    campaign = shop.campaign(state=CampaignState.SENDING)
    with pytest.raises(NotAllowed) as info:
        dispatch.run_batch(shop.context, campaign.id, -1)
    assert (info.value.code, shop.reached()) == ("replies_unread", [])
    Replies(shop.workspace.accounts, shop.context.clock).record(account, "控制台", actor="王")
    dispatch.run_batch(shop.context, campaign.id, -1)
    assert shop.reached() == everybody(3)


def test_nothing_leaves_as_a_template_that_nobody_compared(shop: Shop) -> None:
    account, store = shop.add_account(3), shop.workspace.accounts
    shop.gateways[account].capabilities = replace(IDEMPOTENT, stated=True)
    connect_again(store, replace(store.account(account), options={"signatures": "店", "templates": "1=文"}))
    campaign = shop.campaign(state=CampaignState.SENDING)
    with pytest.raises(NotAllowed) as info:
        dispatch.run_batch(shop.context, campaign.id, -1)
    assert (info.value.code, shop.reached()) == ("templates_unchecked", [])
    StatedTemplates(store, shop.context.clock).record(account, actor="王")
    dispatch.run_batch(shop.context, campaign.id, -1)
    assert shop.reached() == everybody(3)


def test_a_batch_that_never_left_for_its_templates_leaves_once_they_were_compared(shop: Shop) -> None:
    """Nothing was handed over: nobody is left to a person as unknown."""
    account, store = shop.add_account(2), shop.workspace.accounts
    gateway, word = shop.gateways[account], StatedTemplates(store, shop.context.clock)
    gateway.capabilities = replace(IDEMPOTENT, idempotent=False, stated=True)
    texts = {"templates": "1=文"}
    connect_again(store, replace(store.account(account), options={"signatures": "店", **texts}))
    word.record(account, actor="王")
    campaign, compose = shop.campaign(state=CampaignState.SENDING), shop.composer.messages

    def messages(*args: Any) -> Any:
        texts["templates"] += "样"
        connect_again(store, replace(store.account(account), options={"signatures": "店", **texts}))
        return compose(*args)

    shop.composer.messages = messages  # type: ignore[method-assign]
    with pytest.raises(NotAllowed) as info:
        dispatch.run_batch(shop.context, campaign.id, -1)
    assert (info.value.code, gateway.submits) == ("templates_unchecked", [])
    shop.composer.messages = compose  # type: ignore[method-assign]
    word.record(account, actor="王")
    dispatch.run_batch(shop.context, campaign.id, -1)
    assert sorted(shop.reached()) == everybody(2)


def test_a_claimed_batch_does_not_leave_as_templates_that_were_changed_since(shop: Shop) -> None:
    account, store = shop.add_account(2), shop.workspace.accounts
    gateway, word = shop.gateways[account], StatedTemplates(store, shop.context.clock)
    gateway.capabilities = replace(IDEMPOTENT, idempotent=False, stated=True)

    def typed(text: str) -> None:
        connect_again(store, replace(store.account(account), options={"signatures": "店", "templates": text}))

    typed("1=文")
    word.record(account, actor="王")
    campaign = shop.campaign(state=CampaignState.SENDING)
    gateway.before_submit = lambda: typed("1=别的文")
    gateway.fail_before = [RemoteUnavailable("throttled", "429")]
    with pytest.raises(NotAllowed) as info:
        dispatch.run_batch(shop.context, campaign.id, -1)
    assert (info.value.code, shop.reached(), len(gateway.submits)) == ("templates_unchecked", [], 1)
    gateway.before_submit = None
    word.record(account, actor="王")
    dispatch.run_batch(shop.context, campaign.id, -1)
    assert sorted(shop.reached()) == everybody(2)
