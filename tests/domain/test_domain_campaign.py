"""What a campaign's state says of what may be done with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState

NOW = datetime(2026, 11, 30, 10, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("state", "note", "send_at", "may"),
    [
        (CampaignState.SCHEDULED, "", LATER, True),
        (CampaignState.PAUSED, "by_user", LATER, True),
        (CampaignState.PAUSED, "by_user", NOW, False),
        (CampaignState.PAUSED, "by_user", None, False),
        (CampaignState.PAUSED, "account_refused", LATER, False),
        (CampaignState.SENDING, "", LATER, False),
    ],
)
def test_only_what_a_person_put_off_and_what_is_planned_gets_another_time(
    state: CampaignState, note: str, send_at: datetime | None, may: bool
) -> None:
    campaign = Campaign(
        1, "双11", "91330100MA0000001X", "retail", Filter(), state=state, state_note=note, send_at=send_at
    )
    assert campaign.may_be_replanned(NOW) is may
