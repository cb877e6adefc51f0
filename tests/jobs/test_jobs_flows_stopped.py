"""A screening that somebody stops, as the job that it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from campaign_app.domain.campaign import CampaignState
from tests.helpers.flowing import Running, stop
from tests.helpers.shop import Shop


@pytest.fixture
def running(shop: Shop) -> Iterator[Running]:
    running = Running(shop)
    yield running
    stop(1)


@pytest.mark.parametrize("frozen", [False, True])
def test_a_screening_that_is_to_stop_asks_for_nobody(
    running: Running, monkeypatch: pytest.MonkeyPatch, *, frozen: bool
) -> None:
    """Whether it was stopped before its audience was frozen or right behind that."""
    shop = running.shop
    account = shop.add_account(3)
    campaign = shop.campaign(state=CampaignState.SCREENING, screened=False)
    store = shop.workspace.campaigns
    real = type(store).snapshot

    def stop_it() -> None:
        store.update(replace(store.campaign(campaign.id), state_note="stopping"), expected=CampaignState.SCREENING)

    def snapshot(self: Any, campaign_id: int, now: datetime) -> int:
        size = real(self, campaign_id, now)
        stop_it()
        return size

    if frozen:
        monkeypatch.setattr(type(store), "snapshot", snapshot)
    else:
        stop_it()
    assert running.run("screen", campaign_id=campaign.id).state == "done"
    assert shop.state(campaign.id) == (CampaignState.DRAFT, "by_user")
    assert shop.workspace.facts.unread(account)
