"""Somebody's consent changed and the list of changes did not say whose: what was known before is known no more.

The list is behind that row once anybody has pulled it, be it another batch, a job by the clock or a worker that ended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from campaign_app.domain.consent import ConsentStatus, CustomerRef
from campaign_app.domain.message import Page
from campaign_app.jobs.gating import follow_changes
from tests.fakes.remotes import FakePlatform
from tests.helpers.shop import Shop, everybody

DIALECTS = ("sqlite", "postgresql")
AHEAD = timedelta(seconds=50)


def unreadable_once(cursor: str) -> Page[str]:
    return Page((), "behind it", more=False, broken=int(cursor != "behind it"))


def withdraws(shop: Shop, account: int, ref: str) -> None:
    """Whoever looks in the list of changes finds that somebody did."""
    shop.clock.advance(60)
    platform = shop.platforms[account]
    platform.truth[ref] = {"status": ConsentStatus.WITHDRAWN, "withdrawn_at": shop.clock()}
    platform.changes_page = unreadable_once


def nobody(_shop: Shop, _account: int) -> None:
    """The first batch does."""


def by_the_clock(shop: Shop, account: int) -> None:
    follow_changes(shop.context, account)


@pytest.mark.parametrize("pulls", [nobody, by_the_clock])
def test_whoever_withdrew_unseen_is_not_reached_by_a_later_batch(
    shop: Shop, pulls: Callable[[Shop, int], None]
) -> None:
    account = shop.add_account(4)
    shop.context = replace(shop.context, batch=2)
    campaign = shop.campaign().id
    withdraws(shop, account, "c00003")
    pulls(shop, account)
    shop.run(campaign)
    assert shop.reached() == everybody(3)


@pytest.mark.parametrize("later", [timedelta(0), timedelta(hours=1)])
def test_nor_is_whoever_withdrew_unseen_at_the_other_shop(shop: Shop, later: timedelta) -> None:
    """Of whom a shop was asked once nothing else is asked there but what changed since."""
    shop.add_account(4)
    other = shop.add_account(4, prefix="d")
    campaign = shop.campaign().id
    withdraws(shop, other, "d00003")
    follow_changes(shop.context, other)
    shop.clock.advance(later.total_seconds())
    shop.run(campaign)
    assert shop.reached() == everybody(3)


def test_what_was_read_since_is_known(shop: Shop) -> None:
    account = shop.add_account(4)
    campaign = shop.campaign().id
    withdraws(shop, account, "c00003")
    follow_changes(shop.context, account)
    shop.run(campaign)
    asked = len(shop.platforms[account].asked)
    shop.clock.advance(60)
    shop.run(shop.campaign(name="后一个").id)
    assert len(shop.platforms[account].asked) == asked


def by_a_clock_that_is_ahead(shop: Shop, *, lists: bool) -> tuple[FakePlatform, int]:
    """Four people, screened ten seconds ago. Whom a change is about the list does not tell, if there is one."""
    account = shop.add_account(4)
    shop.context = replace(shop.context, policy=replace(shop.context.policy, clock_skew=timedelta(seconds=60)))
    platform = shop.platforms[account]
    platform.offers = replace(platform.offers, consent_changes=lists)
    platform.truth = {ref: {"checked_at": shop.clock() + AHEAD} for ref in everybody(4)}
    campaign = shop.campaign().id
    shop.clock.advance(10)
    platform.changes_page = unreadable_once
    return platform, campaign


@pytest.mark.parametrize("lists", [True, False], ids=["a list", "no list"])
def test_a_platform_whose_clock_is_ahead_is_asked_all_the_same(shop: Shop, *, lists: bool) -> None:
    """What it said a moment before the person withdrew is dated later than now."""
    platform, campaign = by_a_clock_that_is_ahead(shop, lists=lists)
    platform.truth["c00003"] = {"status": ConsentStatus.WITHDRAWN, "checked_at": shop.clock() + AHEAD}
    shop.run(campaign)
    assert shop.reached() == everybody(3)


@pytest.mark.parametrize("lists", [True, False], ids=["a list", "no list"])
def test_an_answer_that_says_nothing_beats_a_consent_of_a_clock_that_is_ahead(shop: Shop, *, lists: bool) -> None:
    platform, campaign = by_a_clock_that_is_ahead(shop, lists=lists)
    platform.truth["c00003"] = {"status": ConsentStatus.UNKNOWN, "checked_at": None, "evidence": None}
    shop.run(campaign)
    assert shop.reached() == everybody(3)


def test_and_no_refusal_of_one(shop: Shop) -> None:
    """Which would let an older consent be the latest word again."""
    account = shop.add_account(1)
    platform = shop.platforms[account]
    (ref,) = everybody(1)
    facts, said = shop.workspace.facts, {"status": ConsentStatus.DECLINED, "checked_at": shop.clock() + AHEAD}
    unknown = {"status": ConsentStatus.UNKNOWN, "checked_at": None, "evidence": None}
    for truth in (said, unknown):
        platform.truth[ref] = truth
        answers = platform.consents([CustomerRef(account, ref)])
        facts.append(list(answers.facts.values()), answers.receipts, asked=shop.workspace.accounts.account(account))
        shop.clock.advance(1)
    ((_, fact),) = facts.latest(list(shop.workspace.customers.ids_of_refs(account, [ref]).values())).values()
    assert fact.status is ConsentStatus.DECLINED
