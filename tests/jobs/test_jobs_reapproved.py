"""A batch that was decided of a text which nobody approves any more by the time it is claimed."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from campaign_app.domain.campaign import Campaign
from campaign_app.storage.schema_sending import ledger
from tests.helpers.shop import NOW, Shop, everybody

DIALECTS = ("sqlite", "postgresql")
NEWER = {"approved_hash": "newer", "approved_at": NOW.replace(minute=59)}


def texts(shop: Shop, campaign: Campaign) -> list[str]:
    wanted = sa.select(ledger.c.text).where(ledger.c.campaign_id == campaign.id).order_by(ledger.c.seq)
    with shop.workspace.database.read() as connection:
        return list(connection.execute(wanted).scalars())


@pytest.mark.parametrize("newer", [NEWER, {**NEWER, "approved_hash": "first"}], ids=["another text", "the same"])
def test_what_was_decided_before_a_new_approval_never_leaves(shop: Shop, newer: dict[str, object]) -> None:
    """A worker that slept is back while the campaign, changed and approved anew meanwhile, is being sent."""
    account = shop.add_account(3)
    campaign = shop.campaign(approved_hash="first", approved_at=NOW)
    body = "{name}您好，新的文案，拒收请回复R"

    def change() -> None:
        shop.platforms[account].before_answer = None
        now = shop.workspace.campaigns.campaign(campaign.id)
        shop.workspace.campaigns.update(replace(now, body=body, **newer), expected=now.state)

    shop.clock.advance(3_600)  # so that everybody is asked about again
    shop.platforms[account].before_answer = change
    shop.run_to_its_end(campaign.id)
    assert shop.reached() == everybody(3), "each of them once, and nobody is left out"
    assert [text for text in texts(shop, campaign) if "新的文案" not in text] == []
