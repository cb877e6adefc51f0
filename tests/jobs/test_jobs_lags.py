"""How current an account is: until when changes of consent were read, and how long its platform was without a no."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import RemoteUnavailable
from campaign_app.domain.message import Page
from campaign_app.jobs.gating import follow_changes, pull_changes
from campaign_app.jobs.telling import tell_opt_outs
from campaign_app.services.following import Following, Lag
from tests.helpers.shop import NOW, Shop, person


def following(shop: Shop) -> Following:
    workspace = shop.workspace
    return Following(workspace.accounts, workspace.opt_outs, workspace.audit)


def of(shop: Shop, account: int) -> Account:
    return shop.workspace.accounts.account(account)


def read_at(shop: Shop, account: int) -> datetime | None:
    return following(shop).changes_read_at(account)


def test_changes_are_read_until_the_moment_when_their_last_page_was_asked_for(shop: Shop) -> None:
    account = shop.add_account(5)
    assert read_at(shop, account) is None
    platform = shop.platforms[account]
    platform.changes += ["c00001", "c00002", "c00003"]
    platform.before_answer = lambda: shop.clock.advance(30)
    assert pull_changes(shop.context, of(shop, account))
    assert read_at(shop, account) == NOW + timedelta(seconds=30), "the second of two pages; its facts took long"
    follow_changes(shop.context, account)
    assert read_at(shop, account) == NOW + timedelta(seconds=60)


def test_a_list_that_was_not_read_to_its_end_moves_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    account = shop.add_account(5)
    pull_changes(shop.context, of(shop, account))
    shop.clock.advance(600)
    platform = shop.platforms[account]
    platform.trouble = [RemoteUnavailable("timeout", "nothing came")]
    with suppress(RemoteUnavailable):
        pull_changes(shop.context, of(shop, account))
    monkeypatch.setattr(platform, "consent_changes", lambda _: Page((), "0", more=False, broken=1))
    assert not pull_changes(shop.context, of(shop, account))
    assert read_at(shop, account) == NOW


def test_of_a_source_that_was_chosen_since_nothing_was_read(shop: Shop) -> None:
    account, source = shop.add_account(2), shop.add_account(0, prefix="s")
    pull_changes(shop.context, of(shop, account))
    assert read_at(shop, account) == NOW
    shop.workspace.accounts.take_consents_from(account, source)
    assert read_at(shop, account) is None


def test_how_long_opt_outs_took_is_known_by_account(shop: Shop) -> None:
    account, other = shop.add_account(3), shop.add_account(3, prefix="d", first_phone=50)
    ids = list(shop.workspace.customers.ids_of_refs(account, ["c00000", "c00001", "c00002"]).values())
    for customer, seconds in zip(ids, (20, 240, 7_200), strict=True):
        shop.workspace.opt_outs.add(customer, shop.clock(), "by_hand", "")
        assert following(shop).lag(account) is None or seconds > 20, "who waits is not told"
        shop.clock.advance(seconds)
        assert tell_opt_outs(shop.context, account) == 1
    assert following(shop).lag(account) == Lag(3, timedelta(minutes=4), timedelta(hours=2))
    assert following(shop).lag(other) is None


def test_what_the_platform_refuses_is_no_lag(shop: Shop) -> None:
    account = shop.add_account(1)
    shop.platforms[account].offers = replace(shop.platforms[account].offers, opt_out_write=False)
    (customer,) = shop.workspace.customers.ids_of_refs(account, ["c00000"]).values()
    shop.workspace.opt_outs.add(customer, shop.clock(), "by_hand", "")
    assert tell_opt_outs(shop.context, account) == 0
    assert following(shop).lag(account) is None


def test_a_clock_that_was_years_ahead_leaves_nobody_out_for_years(shop: Shop) -> None:
    account = shop.add_account(2)
    shop.clock.advance(86_400 * 365)
    shop.sync(account)
    shop.clock.advance(-86_400 * 364)
    platform = shop.platforms[account]
    platform.people.append(person("c", 2))
    shop.sync(account)
    assert shop.workspace.customers.ids_of_refs(account, ["c00002"])
    assert platform.since[-1] is None
    shop.clock.advance(7_200)
    shop.sync(account)
    assert platform.since[-1] == shop.clock() - timedelta(hours=3), "from then on who changed, as ever"
