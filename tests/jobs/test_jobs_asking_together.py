"""Lists that are read before a batch leaves are read at the same time, and none costs what another one said."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier
from typing import Any

import pytest

from campaign_app.domain.errors import RemoteUnavailable
from campaign_app.domain.message import ComplaintClue, InboundMessage, Page
from campaign_app.jobs import dispatch
from tests.helpers.shop import NOW, Shop, everybody

Ask = Callable[[str], Page[Any]]


def meeting(read: Ask, meet: Barrier) -> Ask:
    """Answers once as many ask as are to meet."""

    def ask(cursor: str) -> Page[Any]:
        meet.wait()
        return read(cursor)

    return ask


def test_shops_are_read_at_the_same_time(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """With ten shops a batch would wait thirty times for an answer from afar, and nearly all of it for others."""
    first, second, third = (shop.add_account(5, prefix=prefix) for prefix in "cde")
    campaign = shop.campaign().id
    meet = Barrier(3, timeout=30)
    for account in (first, second, third):
        gateway = shop.gateways[account]
        monkeypatch.setattr(gateway, "inbound", meeting(gateway.inbound, meet))
    assert shop.run(campaign).step is dispatch.Step.END
    assert not meet.broken
    assert len(shop.reached()) == 5


def test_the_lists_of_a_shop_are_read_at_the_same_time(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign().id
    meet = Barrier(3, timeout=30)
    gateway, platform = shop.gateways[account], shop.platforms[account]
    monkeypatch.setattr(gateway, "inbound", meeting(gateway.inbound, meet))
    monkeypatch.setattr(gateway, "complaints", meeting(gateway.complaints, meet))
    monkeypatch.setattr(platform, "consent_changes", meeting(platform.consent_changes, meet))
    assert dispatch.run_batch(shop.context, campaign, -1).step is dispatch.Step.ON
    assert not meet.broken
    assert len(shop.reached()) == 5


@pytest.mark.parametrize("stream", ["inbound", "complaints"])
def test_a_refusal_is_kept_where_another_list_of_the_shop_cannot_be_read(
    shop: Shop, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = shop.add_account(5)
    campaign = shop.campaign().id
    other = {"inbound": "complaints", "complaints": "inbound"}[stream]
    said = {
        "inbound": InboundMessage("i", "c00001", None, "TD", NOW),
        "complaints": ComplaintClue("k", "c00001", None, "", NOW),
    }
    shop.gateways[account].stream[stream] = [said[stream]]
    with monkeypatch.context() as patch:

        def away(_: str) -> Page[Any]:
            raise RemoteUnavailable("connect_timeout", "No answer")

        patch.setattr(shop.gateways[account], other, away)
        with pytest.raises(RemoteUnavailable):
            dispatch.run_batch(shop.context, campaign, -1)
    shop.gateways[account].stream[stream] = []
    shop.run(campaign)
    assert shop.reached() == [ref for ref in everybody(5) if ref != "c00001"]
