"""A list of changes that does not know its place any more: who said no meanwhile may be in no list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import Page
from campaign_app.jobs.asking import ask_again
from campaign_app.jobs.gating import pull_changes
from campaign_app.platforms.endorsed import EndorsedPlatform
from campaign_app.services.following import changes_read_name
from tests.fakes.remotes import FakePlatform
from tests.helpers.shop import NOW, Shop

OK = "ok"


@dataclass
class Recent(FakePlatform):
    """Changes as Shopify lists them: without a cursor from a few minutes ago on."""

    def consent_changes(self, cursor: str) -> Page[str]:
        return super().consent_changes(cursor or str(len(self.changes)))


def judged(shop: Shop, account: int, campaign: Campaign) -> list[str]:
    """Of the account's customers, as a batch is asked right before it leaves."""
    asked = shop.workspace.accounts.account(account)
    people = shop.workspace.customers
    ids = people.ids_of_refs(account, [each.ref for each in shop.platforms[account].people])
    found = ask_again(shop.context, campaign, asked, list(people.by_ids(sorted(ids.values())).values()))
    return [getattr(each.decision, "reason", OK) for each in found]


def no_longer(platform: FakePlatform, ref: str) -> None:
    platform.truth[ref] = {"status": ConsentStatus.WITHDRAWN, "withdrawn_at": platform.clock()}


def test_who_said_no_while_the_list_was_forgotten_is_not_reached_by_the_other_shop(shop: Shop) -> None:
    """Off for longer than the list is kept: what is left of it says nothing of them."""
    first, second = shop.add_account(3), shop.add_account(3, prefix="d")
    campaign = shop.campaign(screened=False, state=CampaignState.DRAFT)
    assert judged(shop, second, campaign) == [OK, OK, OK]
    shop.clock.advance(86_400 * 100)
    no_longer(shop.platforms[first], "c00001")
    shop.platforms[first].forgotten, shop.platforms[first].changes = {"0"}, ["c00002"]
    assert judged(shop, second, campaign) == [OK, "withdrawn", OK]


@pytest.mark.parametrize("forgets", ["endpoint", "shop"])
def test_a_service_that_forgets_its_place_hides_nobody_who_left_the_shop(shop: Shop, forgets: str) -> None:
    first, second = shop.add_account(3), shop.add_account(3, prefix="d")
    endpoint = shop.platforms[first]
    native = Recent(first, shop.clock, endpoint.people)
    shop.platforms[first] = EndorsedPlatform(native, endpoint, shop.clock, (True, True))
    campaign = shop.campaign(screened=False, state=CampaignState.DRAFT)
    assert judged(shop, second, campaign) == [OK, OK, OK]
    no_longer(native, "c00001")
    native.changes.append("c00001")
    shop.clock.advance(3_600)
    (endpoint if forgets == "endpoint" else native).forgotten = {"0"}
    assert judged(shop, second, campaign) == [OK, "withdrawn", OK]


def test_a_list_that_begins_anew_was_not_read_until_now_and_keeps_what_was_said(shop: Shop) -> None:
    account = shop.add_account(2)
    asked, accounts = shop.workspace.accounts.account(account), shop.workspace.accounts
    shop.campaign()
    assert pull_changes(shop.context, asked)
    (customer,) = shop.workspace.customers.ids_of_refs(account, ["c00000"]).values()
    said = shop.workspace.facts.history(customer)
    shop.clock.advance(60)
    shop.workspace.facts.append_changes(asked, [], [], "0", "9")
    shop.platforms[account].forgotten = {"9"}
    assert not pull_changes(shop.context, asked)
    assert accounts.setting(changes_read_name(account), None) == NOW.isoformat()
    assert (shop.workspace.facts.history(customer), shop.workspace.facts.latest([customer])) == (said, {})
    assert not shop.workspace.facts.unread(account), "the list is not skipped"
    assert pull_changes(shop.context, asked)
    assert accounts.setting(changes_read_name(account), None) == (NOW + timedelta(seconds=60)).isoformat()


def test_a_list_that_forgets_what_it_has_just_said_is_given_up(shop: Shop) -> None:
    account = shop.add_account(2)
    platform = shop.platforms[account]
    platform.changes, platform.forgotten = ["c00000"] * 5, {"2"}
    with pytest.raises(RemoteRefused) as refused:
        pull_changes(shop.context, shop.workspace.accounts.account(account))
    assert refused.value.code == "bad_cursor"


def test_what_another_process_has_read_meanwhile_is_not_forgotten(shop: Shop) -> None:
    account, other = shop.add_account(2), shop.add_account(0, prefix="d")
    asked, facts = shop.workspace.accounts.account(account), shop.workspace.facts
    shop.campaign()
    (customer,) = shop.workspace.customers.ids_of_refs(account, ["c00000"]).values()
    facts.append_changes(asked, [], [], "0", "8")
    facts.begin_anew(asked, "0", "")
    assert (customer in facts.latest([customer]), shop.workspace.accounts.cursor(account, "changes")) == (True, "8")
    shop.workspace.accounts.take_consents_from(account, other)
    with pytest.raises(RemoteUnavailable) as changed:
        facts.begin_anew(asked, "", "")
    assert changed.value.code == "source_changed"
