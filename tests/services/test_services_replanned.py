"""A scheduled campaign whose time is taken back before it has come: approved as it was, and nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.peak import PAUSED_ALL
from tests.helpers.desk import Desk, code_of, open_desk
from tests.helpers.shop import NOW


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from open_desk(tmp_path / "ws")


def test_a_time_that_is_planned_can_be_changed_and_nothing_is_sent_meanwhile(desk: Desk) -> None:
    approved = desk.approved()
    later = desk.campaigns.schedule(approved.id, send_at=NOW + timedelta(hours=3), actor="李")
    waiting = desk.campaigns.replan(later.id, actor="李")
    assert (waiting.state_note, waiting.approved_hash) == ("new_time", approved.approved_hash)
    at = NOW + timedelta(hours=5)
    planned = desk.campaigns.schedule(approved.id, send_at=at, actor="李")
    assert (planned.state, planned.state_note, planned.send_at) == (CampaignState.SCHEDULED, "", at)
    desk.campaigns.pause(approved.id, actor="李")
    assert desk.campaigns.replan(approved.id, actor="李").state is CampaignState.WAITING
    assert code_of(lambda: desk.campaigns.replan(approved.id, actor="李")) == "campaign_state"


def test_no_other_pause_is_passed_by_with_another_time(desk: Desk) -> None:
    """Nor is one that began: it goes on where it stopped."""
    approved = desk.approved()
    desk.campaigns.schedule(approved.id, send_at=NOW + timedelta(hours=3), actor="李")
    paused = desk.campaigns.pause(approved.id, actor="李")
    desk.shop.workspace.campaigns.update(replace(paused, state_note=PAUSED_ALL), expected=CampaignState.PAUSED)
    assert code_of(lambda: desk.campaigns.replan(approved.id, actor="李")) == "campaign_state"
    desk.shop.workspace.campaigns.update(paused, expected=CampaignState.PAUSED)
    desk.shop.clock.advance(4 * 3_600)
    assert code_of(lambda: desk.campaigns.replan(approved.id, actor="李")) == "campaign_state"


def test_one_whose_approval_is_void_stays_where_it_can_be_changed(desk: Desk) -> None:
    approved = desk.approved()
    planned = desk.campaigns.schedule(approved.id, send_at=NOW + timedelta(hours=3), actor="李")
    desk.shop.workspace.campaigns.update(
        replace(planned, approved_hash="by older rules"), expected=CampaignState.SCHEDULED
    )
    assert code_of(lambda: desk.campaigns.replan(approved.id, actor="李")) == "approval_void"
    assert desk.campaigns.edit(approved.id, actor="李", name="另一个").state is CampaignState.SCHEDULED
