"""A person chooses another source of consents, or another sender, while the former one is being asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from campaign_app.domain.consent import ConsentStatus, CustomerRef
from campaign_app.domain.errors import NotAllowed, RemoteUnavailable
from campaign_app.jobs import dispatch
from campaign_app.jobs.gating import pull_changes, refresh
from campaign_app.jobs.ports import Rate
from campaign_app.jobs.turns import LONGEST_TURN
from tests.helpers.shop import Shop

DIALECTS = ("sqlite", "postgresql")


def changing(shop: Shop, account: int) -> None:
    """The next answer comes after a person's choice."""
    source, platform = shop.add_account(0, prefix="d"), shop.platforms[account]

    def choose() -> None:
        platform.before_answer = None
        shop.workspace.accounts.take_consents_from(account, source)

    platform.before_answer = choose


def test_the_place_in_the_former_list_of_changes_is_not_written_back(shop: Shop) -> None:
    account = shop.add_account(3)
    asked = shop.workspace.accounts.account(account)
    shop.platforms[account].changes = ["c00000", "c00001"]
    assert pull_changes(shop.context, asked)
    shop.platforms[account].changes += ["c00002"]
    changing(shop, account)
    with pytest.raises(RemoteUnavailable) as changed:
        pull_changes(shop.context, asked)
    assert (changed.value.code, shop.workspace.accounts.cursor(account, "changes")) == ("source_changed", "")
    (person,) = shop.workspace.customers.ids_of_refs(account, ["c00002"]).values()
    assert shop.workspace.facts.history(person) == ()
    assert pull_changes(shop.context, shop.workspace.accounts.account(account)), "the new one, from its start"
    assert shop.workspace.accounts.cursor(account, "changes") == "3"


def test_what_the_former_source_confirms_confirms_nobody(shop: Shop) -> None:
    account = shop.add_account(3)
    ids = shop.workspace.customers.ids_of_refs(account, ["c00000"])
    customers = list(shop.workspace.customers.by_ids(list(ids.values())).values())
    asked = shop.workspace.accounts.account(account)
    changing(shop, account)
    with pytest.raises(RemoteUnavailable):
        refresh(shop.context, asked, customers, shop.clock() - timedelta(minutes=10))
    assert shop.workspace.facts.latest(list(ids.values())) == {}


def test_a_page_that_another_process_pulled_meanwhile_is_left_to_it(shop: Shop) -> None:
    account = shop.add_account(3)
    asked, platform = shop.workspace.accounts.account(account), shop.platforms[account]
    platform.changes = ["c00000"]

    def elsewhere() -> None:
        platform.before_answer = None
        told = platform.consents([CustomerRef(account, "c00000")])
        shop.workspace.facts.append_changes(asked, list(told.facts.values()), told.receipts, "", "1")

    platform.before_answer = elsewhere
    assert pull_changes(shop.context, asked)
    (person,) = shop.workspace.customers.ids_of_refs(account, ["c00000"]).values()
    ((_, fact),) = shop.workspace.facts.history(person)
    assert (fact.status, shop.workspace.accounts.cursor(account, "changes")) == (ConsentStatus.CONFIRMED, "1")


def test_nothing_that_was_decided_for_the_former_sender_leaves_by_another(shop: Shop) -> None:
    account, carrier = shop.add_account(2), shop.add_account(0, prefix="d")
    campaign, platform, gateway = shop.campaign(), shop.platforms[account], shop.gateways[account]

    def choose() -> None:
        """One that tells of no replies: a person has to have said where they are read."""
        platform.before_answer = None
        shop.workspace.accounts.set_sender(account, carrier)
        gateway.capabilities = replace(gateway.capabilities, hears=False)

    shop.clock.now += timedelta(minutes=11)
    platform.before_answer = choose
    with pytest.raises(RemoteUnavailable) as changed:
        dispatch.run_batch(shop.context, campaign.id, -1)
    assert changed.value.code == "sender_changed"
    with pytest.raises(NotAllowed) as refused:
        dispatch.run_batch(shop.context, campaign.id, -1)
    assert (refused.value.code, gateway.submits) == ("replies_unread", [])


def as_texts_are_made(shop: Shop, do: Callable[[], None]) -> None:
    """What happens once everybody was looked at, before the texts of the next batch are there."""
    real = shop.composer.messages

    def messages(*args: Any) -> Any:
        shop.composer.messages = real
        do()
        return real(*args)

    shop.composer.messages = messages


def says_otherwise(shop: Shop, account: int, source: int) -> Callable[[], None]:
    """A person chooses another source, to which nobody but the second customer agreed."""

    def choose() -> None:
        shop.workspace.accounts.take_consents_from(account, source)
        shop.platforms[account].truth["c00000"] = {"status": ConsentStatus.DECLINED}

    return choose


def test_nothing_that_the_former_source_confirmed_a_moment_ago_is_claimed(shop: Shop) -> None:
    account, source = shop.add_account(2), shop.add_account(0, prefix="d")
    campaign, gateway = shop.campaign(), shop.gateways[account]
    as_texts_are_made(shop, says_otherwise(shop, account, source))
    with pytest.raises(RemoteUnavailable) as changed:
        dispatch.run_batch(shop.context, campaign.id, -1)
    unclaimed = shop.workspace.ledger.unsettled(campaign.id)
    assert (changed.value.code, unclaimed, gateway.submits) == ("source_changed", (), [])
    shop.run(campaign.id)
    assert shop.reached() == ["c00001"]
    assert shop.workspace.campaigns.funnel(campaign.id) == {"ok": 1, "declined": 1}


@pytest.mark.parametrize("idempotent", [True, False])
def test_nothing_that_was_claimed_before_leaves_by_the_former_sources_word(shop: Shop, *, idempotent: bool) -> None:
    """Its sender is another account: the source can be chosen while a batch is open."""
    account, source, carrier = shop.add_account(2), shop.add_account(0, prefix="d"), shop.add_account(0, prefix="e")
    shop.workspace.accounts.set_sender(account, carrier)
    campaign, gateway = shop.campaign(), shop.gateways[account]
    gateway.capabilities = replace(gateway.capabilities, idempotent=idempotent, lookup=idempotent)
    gateway.fail_before = [RemoteUnavailable("not_connected", "It took nothing")]
    as_texts_are_made(shop, lambda: as_texts_are_made(shop, says_otherwise(shop, account, source)))
    shop.run_to_its_end(campaign.id)
    assert shop.reached() == ["c00001"]
    assert shop.workspace.inbox.counts(campaign.id)["withheld"] == 1


@pytest.mark.no_cover
@pytest.mark.parametrize("idempotent", [True, False])
@pytest.mark.parametrize("known", [True, False])
def test_nothing_that_waits_for_its_turn_leaves_by_the_former_sources_word(
    shop: Shop, *, idempotent: bool, known: bool
) -> None:
    """Also where somebody has asked the new source by the time that the turn comes."""
    account, source, carrier = shop.add_account(2), shop.add_account(0, prefix="d"), shop.add_account(0, prefix="e")
    shop.workspace.accounts.set_sender(account, carrier)
    campaign, gateway, wait = shop.campaign(), shop.gateways[account], shop.context.wait
    rate = Rate(carrier, 50)
    gateway.capabilities = replace(gateway.capabilities, idempotent=idempotent, lookup=idempotent, rate=rate)
    shop.workspace.rates.reserve(carrier, 5, shop.clock(), LONGEST_TURN)
    choose = says_otherwise(shop, account, source)

    def waits(seconds: float) -> None:
        shop.context = replace(shop.context, wait=wait)
        choose()
        if known:
            customers = shop.workspace.customers.by_ids([1, 2], phones=False)
            refresh(shop.context, shop.workspace.accounts.account(account), list(customers.values()), shop.clock())
        wait(seconds)

    shop.context = replace(shop.context, wait=waits)
    shop.run_to_its_end(campaign.id)
    assert shop.reached() == ["c00001"]
    assert shop.workspace.inbox.counts(campaign.id)["withheld"] == 1
