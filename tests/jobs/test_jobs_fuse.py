"""Complaints stop a campaign before its next batch, and a person who has looked lets it go on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.message import ComplaintClue
from campaign_app.jobs import dispatch
from tests.helpers.shop import NOW, Shop, open_shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    yield from open_shop(tmp_path / "ws")


def complain(shop: Shop, account: int, campaign: int, *seqs: int) -> None:
    """By people who were sent to, of the very message."""
    shop.gateways[account].stream["complaints"] = [
        ComplaintClue(f"k{seq}", f"c{seq:05d}", None, f"s-{shop.message_id(campaign, seq)}", NOW + timedelta(minutes=1))
        for seq in seqs
    ]


def first_batch(shop: Shop) -> tuple[int, int]:
    account = shop.add_account(30)
    shop.context = replace(shop.context, batch=10, complaints_per_10000=100)
    campaign = shop.campaign()
    assert dispatch.run_batch(shop.context, campaign.id, -1).step is dispatch.Step.ON
    return account, campaign.id


def test_too_many_complaints_stop_it_before_the_next_batch(shop: Shop) -> None:
    account, campaign = first_batch(shop)
    complain(shop, account, campaign, 0, 1, 2)
    assert dispatch.run_batch(shop.context, campaign, 9) == dispatch.BatchResult(dispatch.Step.STOPPED, 9)
    stopped = shop.workspace.campaigns.campaign(campaign)
    assert (stopped.state, stopped.state_note) == (CampaignState.PAUSED, "complaints")
    assert len(shop.reached()) == 10


def test_two_complaints_stop_nothing(shop: Shop) -> None:
    account, campaign = first_batch(shop)
    complain(shop, account, campaign, 0, 1)
    shop.run(campaign)
    assert shop.workspace.campaigns.campaign(campaign).state is CampaignState.DONE
    assert len(shop.reached()) == 30


def test_as_many_as_the_policy_allows_stop_nothing(shop: Shop) -> None:
    account, campaign = first_batch(shop)
    shop.context = replace(shop.context, complaints_per_10000=3_000)
    complain(shop, account, campaign, 0, 1, 2)
    assert dispatch.run_batch(shop.context, campaign, 9).step is dispatch.Step.ON


def test_whoever_lets_it_go_on_knew_of_those_and_of_no_others(shop: Shop) -> None:
    account, campaign = first_batch(shop)
    complain(shop, account, campaign, 0, 1, 2)
    dispatch.run_batch(shop.context, campaign, 9)
    stopped = shop.workspace.campaigns.campaign(campaign)
    going = replace(stopped, state=CampaignState.SENDING, state_note="", complaints_seen=3)
    shop.workspace.campaigns.update(going, expected=CampaignState.PAUSED)
    assert dispatch.run_batch(shop.context, campaign, 9).step is dispatch.Step.ON
    complain(shop, account, campaign, 0, 1, 2, 3, 4, 10)
    assert dispatch.run_batch(shop.context, campaign, 19).step is dispatch.Step.STOPPED
    assert len(shop.reached()) == 20


def test_whoever_stopped_it_first_is_right(shop: Shop) -> None:
    account, campaign = first_batch(shop)
    complain(shop, account, campaign, 0, 1, 2)
    held = shop.workspace.campaigns.campaign(campaign)
    real = shop.composer.messages

    def slow(*args: object) -> list[object]:
        by_hand = replace(held, state=CampaignState.PAUSED, state_note="by_user")
        shop.workspace.campaigns.update(by_hand, expected=CampaignState.SENDING)
        return real(*args)  # type: ignore[arg-type, return-value]

    shop.composer.messages = slow  # type: ignore[method-assign, assignment]
    assert dispatch.run_batch(shop.context, campaign, 9).step is dispatch.Step.STOPPED
    assert shop.workspace.campaigns.campaign(campaign).state_note == "by_user"
