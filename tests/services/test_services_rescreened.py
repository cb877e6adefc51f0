"""What was approved, and of which nothing was handed over: it is changed or screened anew, and then approved anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from campaign_app.domain.campaign import Campaign, CampaignState
from tests.helpers.desk import Desk, code_of, open_desk
from tests.helpers.shop import NOW, screen


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from open_desk(tmp_path / "ws")


def at(desk: Desk, state: CampaignState) -> Campaign:
    approved = desk.approved()
    if state is CampaignState.APPROVED:
        return approved
    desk.campaigns.schedule(approved.id, send_at=NOW + timedelta(hours=3), actor="李")
    if state is CampaignState.WAITING:
        desk.campaigns.replan(approved.id, actor="李")
    return desk.campaigns.get(approved.id)


APPROVED = (CampaignState.APPROVED, CampaignState.SCHEDULED, CampaignState.WAITING)


@pytest.mark.parametrize("state", APPROVED)
def test_one_that_has_not_begun_is_screened_again_and_nothing_of_its_approval_is_left(
    desk: Desk, state: CampaignState
) -> None:
    before = at(desk, state)
    assert before.state is state
    desk.shop.add_account(2, first_phone=5, prefix="d")
    asked = desk.campaigns.screen(before.id, actor="王", knowing=True)
    assert (asked.state, asked.state_note) == (CampaignState.SCREENING, "")
    assert (asked.approved_hash, asked.approved_by, asked.approved_at) == ("", "", None)
    assert (asked.send_at, asked.window_end) == (None, None)
    screen(desk.shop.context, before.id)
    screened = desk.campaigns.get(before.id)
    assert (screened.state, screened.snapshot_size) == (CampaignState.SCREENED, 7), "with whoever came since"
    assert code_of(lambda: desk.campaigns.schedule(before.id, send_at=None, actor="李")) == "campaign_state"
    desk.campaigns.approve(screened, recipients=desk.campaigns.funnel(before.id)["ok"], actor="李")
    assert desk.campaigns.schedule(before.id, send_at=None, actor="李").state is CampaignState.SCHEDULED


@pytest.mark.parametrize("state", APPROVED)
def test_nobody_voids_an_approval_that_they_did_not_know_of(desk: Desk, state: CampaignState) -> None:
    """Somebody else may have approved it since the button was shown."""
    before = at(desk, state)
    assert code_of(lambda: desk.campaigns.screen(before.id, actor="王")) == "campaign_state"
    assert desk.campaigns.get(before.id) == before


def test_one_that_waits_and_never_began_can_be_changed(desk: Desk) -> None:
    waiting = at(desk, CampaignState.WAITING)
    changed = desk.campaigns.edit(waiting.id, actor="王", body=waiting.body.replace("300", "200"))
    assert (changed.state, changed.state_note, changed.approved_hash) == (CampaignState.DRAFT, "", "")


def test_one_that_waits_and_has_begun_is_neither_changed_nor_screened(desk: Desk) -> None:
    approved = desk.approved()
    desk.campaigns.schedule(approved.id, send_at=None, actor="李")
    desk.shop.set_state(approved.id, CampaignState.SENDING)
    desk.shop.run(approved.id)
    desk.shop.set_state(approved.id, CampaignState.WAITING)
    before = desk.campaigns.get(approved.id)
    assert code_of(lambda: desk.campaigns.edit(approved.id, actor="王", body="x")) == "campaign_running"
    assert code_of(lambda: desk.campaigns.screen(approved.id, actor="王", knowing=True)) == "campaign_state"
    assert desk.campaigns.get(approved.id) == before


def test_whether_an_approval_still_holds_is_known_before_anybody_sends(desk: Desk) -> None:
    approved = desk.approved()
    assert desk.campaigns.is_approved(approved)
    older = replace(approved, approved_hash="by older rules")
    desk.shop.workspace.campaigns.update(older, expected=CampaignState.APPROVED)
    assert not desk.campaigns.is_approved(older)
    assert desk.campaigns.screen(approved.id, actor="王", knowing=True).state is CampaignState.SCREENING
