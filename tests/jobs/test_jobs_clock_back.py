"""Consents that were read while a clock was ahead, once it is right again: they are read anew, and a no holds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.consent import ConsentStatus
from campaign_app.jobs import gating
from tests.helpers.shop import NOW, Shop, everybody

DIALECTS = ("sqlite", "postgresql")
AHEAD = timedelta(hours=6)


@pytest.fixture
def read_ahead(shop: Shop) -> int:
    """Three people whom a platform without times of its own confirmed to a clock that was hours ahead."""
    account = shop.add_account(3)
    shop.clock.now = NOW + AHEAD
    shop.campaign(state=CampaignState.CANCELLED)
    shop.clock.now = NOW
    return account


@pytest.mark.usefixtures("read_ahead")
def test_they_are_asked_about_again(shop: Shop) -> None:
    campaign = shop.campaign()
    assert shop.workspace.campaigns.funnel(campaign.id) == {"ok": 3}
    shop.run(campaign.id)
    assert shop.reached() == everybody(3)


@pytest.mark.no_cover
@pytest.mark.parametrize("status", [ConsentStatus.DECLINED, ConsentStatus.DEFAULT, ConsentStatus.NO_RECORD])
def test_who_says_no_since_then_is_not_reached_when_that_time_comes(
    shop: Shop, read_ahead: int, status: ConsentStatus
) -> None:
    shop.platforms[read_ahead].truth["c00001"] = {"status": status}
    shop.platforms[read_ahead].changes = ["c00001"]
    gating.follow_changes(shop.context, read_ahead)
    shop.clock.now = NOW + AHEAD
    shop.run(shop.campaign().id)
    assert shop.reached() == ["c00000", "c00002"]


def test_a_no_of_a_time_to_come_gives_way_to_a_later_consent(shop: Shop) -> None:
    account = shop.add_account(1)
    shop.platforms[account].truth["c00000"] = {"status": ConsentStatus.DECLINED}
    shop.clock.now = NOW + AHEAD
    shop.campaign(state=CampaignState.CANCELLED)
    shop.clock.now = NOW
    shop.platforms[account].truth.clear()
    shop.run(shop.campaign().id)
    assert shop.reached() == everybody(1)


def test_a_platform_whose_own_clock_is_ahead_confirms_nobody(shop: Shop) -> None:
    account = shop.add_account(2)
    shop.platforms[account].truth = {ref: {"checked_at": NOW + AHEAD} for ref in everybody(2)}
    campaign = shop.campaign()
    assert shop.workspace.campaigns.funnel(campaign.id) == {"future_dated": 2}
    shop.run(campaign.id)
    assert shop.reached() == []
