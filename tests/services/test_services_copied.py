"""Campaigns that came with a copy of their workspace go on only when a person knows what that means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.copies import NOTES
from tests.helpers.desk import Desk, code_of, open_desk
from tests.helpers.shop import NOW


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from open_desk(tmp_path / "ws")


@pytest.mark.parametrize("note", sorted(NOTES))
def test_what_came_with_a_copy_is_resumed_only_knowingly(desk: Desk, note: str) -> None:
    later = desk.campaigns.schedule(desk.approved().id, send_at=NOW + timedelta(hours=3), actor="李")
    put_aside = replace(later, state=CampaignState.PAUSED, state_note=note)
    desk.shop.workspace.campaigns.update(put_aside, expected=CampaignState.SCHEDULED)
    assert code_of(lambda: desk.campaigns.resume(later.id, actor="李")) == "copied_campaign"
    going = desk.campaigns.resume(later.id, actor="李", knowing=True)
    assert (going.state, going.state_note) == (CampaignState.SCHEDULED, "")
