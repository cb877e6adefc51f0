"""Numbers that a platform sealed: who has one is reached by it and by no other, once, and an opt-out holds for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.customer import Customer
from campaign_app.domain.errors import OutcomeUnknown, RemoteRefused
from campaign_app.domain.message import InboundMessage
from campaign_app.domain.phone import PlatformPhone
from campaign_app.jobs import dispatch
from campaign_app.jobs.poll import poll_inbound
from tests.fakes.remotes import EVERYTHING, IDEMPOTENT
from tests.helpers.account_state import set_account_state
from tests.helpers.shop import Shop, screen


def seal(shop: Shop, account: int, *refs: str, same: str = "") -> None:
    """From now on these people's numbers are there as the platform sealed them, and the sender goes by nothing else."""
    platform, later = shop.platforms[account], shop.clock()
    platform.offers = replace(EVERYTHING, virtual_numbers=True, sealed_numbers=True)
    platform.people = [
        replace(each, phone=None, platform_phone=sealed_for(same or each.ref), updated_at=later)
        if each.ref in refs else each
        for each in platform.people
    ]  # fmt: skip
    shop.gateways[account].capabilities = replace(IDEMPOTENT, needs_platform_phone=True)
    shop.sync(account, full=True)


def sealed_for(ref: str) -> PlatformPhone:
    return PlatformPhone(f"~AgAAAA-sealed-{ref}~1~")


def test_a_sealed_number_is_the_only_one_that_such_a_sender_is_given(shop: Shop) -> None:
    account = shop.add_account(4)
    seal(shop, account, "c00001", "c00002")
    campaign = shop.campaign(screened=False, state=CampaignState.DRAFT)
    assert screen(shop.context, campaign.id) == {"ok": 2, "invalid_phone": 2}
    shop.workspace.campaigns.update(replace(campaign, state=CampaignState.SENDING), expected=CampaignState.SCREENED)
    dispatch.run_batch(shop.context, campaign.id, -1)
    (submitted,) = shop.gateways[account].accepted.values()
    numbers = [(m.recipient.ref.ref, m.recipient.phone, m.recipient.platform_phone) for m in submitted]
    assert numbers == [(ref, None, sealed_for(ref)) for ref in ("c00001", "c00002")]


def test_whoever_has_one_sealed_number_gets_one_message_and_one_opt_out_holds_for_both(shop: Shop) -> None:
    account = shop.add_account(3)
    seal(shop, account, "c00000", "c00001", same="both")
    campaign = shop.campaign(screened=False, state=CampaignState.DRAFT)
    assert screen(shop.context, campaign.id) == {"ok": 1, "duplicate_number": 1, "invalid_phone": 1}
    shop.gateways[account].stream["inbound"] = [InboundMessage("i1", "c00001", None, "R", shop.clock())]
    assert poll_inbound(shop.context, account) == 1
    again = shop.campaign(screened=False, state=CampaignState.DRAFT)
    assert screen(shop.context, again.id) == {"suppressed_opt_out": 2, "invalid_phone": 1}


def both(shop: Shop, account: int, *refs: str) -> None:
    """From now on these are told beside their plain number, and all of them by one sealed one."""
    platform, later = shop.platforms[account], shop.clock()
    platform.offers = replace(EVERYTHING, virtual_numbers=True, sealed_numbers=True)
    platform.people = [
        replace(each, platform_phone=sealed_for("both"), updated_at=later) if each.ref in refs else each
        for each in platform.people
    ]
    shop.sync(account, full=True)


def mixed(shop: Shop) -> tuple[int, int]:
    """One person: with both numbers and with the sealed one alone in a shop, with the plain one in another."""
    account = shop.add_account(3)
    seal(shop, account, "c00001", "c00002", same="both")
    both(shop, account, "c00000")
    return account, shop.add_account(1, prefix="d")


@pytest.mark.parametrize("who", ["c00000", "c00001", "d00000"])
def test_a_number_and_its_sealed_form_are_one_person_in_every_shop(shop: Shop, who: str) -> None:
    account, other = mixed(shop)
    shop.gateways[account].capabilities = replace(shop.gateways[account].capabilities, batch_max=1)
    campaign = shop.campaign()
    assert shop.workspace.campaigns.funnel(campaign.id) == {"ok": 1, "duplicate_number": 3}
    shop.run(campaign.id)
    assert shop.reached() == ["c00000"]
    where = other if who == "d00000" else account
    shop.gateways[where].stream["inbound"] = [InboundMessage("i1", who, None, "R", shop.clock())]
    assert poll_inbound(shop.context, where) == 1
    assert shop.workspace.inbox.counts(campaign.id)["opt_outs"] == 1
    again = shop.campaign(screened=False, state=CampaignState.DRAFT)
    assert screen(shop.context, again.id) == {"suppressed_opt_out": 4}


def test_who_is_learnt_to_be_one_person_after_the_screening_is_claimed_once(shop: Shop) -> None:
    account = shop.add_account(2)
    seal(shop, account, "c00001", same="both")
    shop.gateways[account].capabilities = replace(IDEMPOTENT, batch_max=1)
    campaign = shop.campaign()
    assert shop.workspace.campaigns.funnel(campaign.id) == {"ok": 2}
    assert dispatch.run_batch(shop.context, campaign.id, -1).after == 0
    both(shop, account, "c00000")
    shop.run(campaign.id)
    assert shop.reached() == ["c00000"]
    assert shop.workspace.campaigns.funnel(campaign.id) == {"ok": 1, "duplicate_number": 1}


def test_a_claimed_batch_that_holds_one_person_twice_leaves_with_one_of_the_two(shop: Shop) -> None:
    account = shop.add_account(3)
    seal(shop, account, "c00001", same="both")
    gateway = shop.gateways[account]
    gateway.capabilities = IDEMPOTENT
    gateway.fail_before = [RemoteRefused("duplicate_phone", "A number occurs twice in the batch")] * 6
    campaign = shop.campaign()
    assert dispatch.run_batch(shop.context, campaign.id, -1).step is dispatch.Step.STOPPED
    assert shop.state(campaign.id) == (CampaignState.PAUSED, "refused:duplicate_phone")
    both(shop, account, "c00000")
    gateway.fail_before = []
    shop.set_state(campaign.id, CampaignState.SENDING)
    while shop.run(campaign.id).step is dispatch.Step.WAIT:
        shop.clock.advance(60)
    assert shop.reached() == ["c00000", "c00002"]
    counts = shop.workspace.inbox.counts(campaign.id)
    assert (counts["accepted"], counts["withheld"]) == (2, 1)
    assert shop.state(campaign.id) == (CampaignState.DONE, "")


def test_what_one_of_them_was_sent_counts_for_the_other(shop: Shop) -> None:
    mixed(shop)
    shop.run(shop.campaign().id)
    assert shop.reached() == ["c00000"]
    capped = replace(shop.context, house_caps=(1, 0))
    again = shop.campaign(screened=False, state=CampaignState.DRAFT)
    assert screen(capped, again.id) == {"house_cap": 4}


def test_who_said_no_to_another_shop_by_the_plain_number_is_asked_about_by_the_sealed_one(shop: Shop) -> None:
    account, other = mixed(shop)
    shop.platforms[account].truth["c00000"] = {"status": ConsentStatus.DECLINED}
    set_account_state(shop.workspace.accounts, other, "disconnected")
    campaign = shop.campaign()
    assert shop.workspace.campaigns.funnel(campaign.id) == {"ok": 1, "duplicate_number": 1, "declined": 1}
    set_account_state(shop.workspace.accounts, other, "connected")
    shop.platforms[other].truth["d00000"] = {"status": ConsentStatus.WITHDRAWN, "withdrawn_at": shop.clock()}
    shop.run(campaign.id)
    assert shop.reached() == []


def test_a_sealed_number_is_kept_only_where_its_platform_takes_it(shop: Shop) -> None:
    account = shop.add_account(2)
    seal(shop, account, "c00000")
    (kept,) = found(shop, account, "c00000")
    assert kept.platform_phone == sealed_for("c00000")
    platform = shop.platforms[account]
    platform.offers = EVERYTHING
    platform.people = [replace(each, updated_at=each.updated_at + timedelta(seconds=1)) for each in platform.people]
    shop.sync(account, full=True)
    (kept,) = found(shop, account, "c00000")
    assert (kept.platform_phone, kept.phone_key) == (None, None)


def found(shop: Shop, account: int, ref: str) -> tuple[Customer, ...]:
    ids = shop.workspace.customers.ids_of_refs(account, [ref]).values()
    return tuple(shop.workspace.customers.by_ids(list(ids)).values())


@pytest.mark.parametrize("erased", [True, False])
def test_a_message_is_looked_up_by_the_sealed_number_of_now(shop: Shop, erased: bool) -> None:
    account = shop.add_account(1)
    seal(shop, account, "c00000")
    gateway, customers = shop.gateways[account], shop.workspace.customers
    gateway.capabilities = replace(IDEMPOTENT, idempotent=False, needs_platform_phone=True)
    gateway.fail_after = [OutcomeUnknown("timeout", "lost")]
    if erased:
        gateway.before_submit = lambda: bool(customers.upsert_page(account, [], "", shop.clock(), ["c00000"]))
    dispatch.run_batch(shop.context, shop.campaign(state=CampaignState.SENDING).id, -1)
    (sent,) = gateway.asked_for[0]
    assert (sent.phone, sent.platform_phone) == (None, None if erased else sealed_for("c00000"))
