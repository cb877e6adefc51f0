"""What is done with a campaign is in the audit, or it was not done: both are one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.errors import NotFound
from campaign_app.jobs.stopping import put_aside
from campaign_app.jobs.worker import Worker
from tests.helpers.desk import Desk, open_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from open_desk(tmp_path / "ws")


def refuse_audit(desk: Desk) -> None:
    """From now on the database takes no entry, as a disk does that fails at this very write."""
    with desk.shop.workspace.database.write() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER no_room BEFORE INSERT ON audit BEGIN SELECT RAISE(FAIL, 'full'); END"
        )


def scheduled(desk: Desk) -> Campaign:
    return desk.campaigns.schedule(desk.approved().id, send_at=None, actor="李")


def paused(desk: Desk) -> Campaign:
    return desk.campaigns.pause(scheduled(desk).id, actor="李")


@pytest.mark.parametrize(
    ("begin", "act"),
    [
        (Desk.made, lambda desk, one: desk.campaigns.edit(one.id, name="双十二", actor="李")),
        (Desk.made, lambda desk, one: desk.campaigns.screen(one.id, actor="李")),
        (Desk.made, lambda desk, one: desk.campaigns.delete_draft(one.id, actor="李")),
        (Desk.screened, lambda desk, one: desk.campaigns.approve(one, recipients=5, actor="李")),
        (Desk.approved, lambda desk, one: desk.campaigns.schedule(one.id, send_at=None, actor="李")),
        (scheduled, lambda desk, one: desk.campaigns.pause(one.id, actor="李")),
        (paused, lambda desk, one: desk.campaigns.resume(one.id, actor="李")),
        (paused, lambda desk, one: desk.campaigns.cancel(one.id, actor="李")),
    ],
    ids=("edit", "screen", "delete", "approve", "schedule", "pause", "resume", "cancel"),
)
def test_what_cannot_be_noted_is_not_done(
    desk: Desk, begin: Callable[[Desk], Campaign], act: Callable[[Desk, Campaign], object]
) -> None:
    before = begin(desk)
    entries = desk.shop.workspace.audit.head()
    refuse_audit(desk)
    with pytest.raises(sa.exc.IntegrityError):
        act(desk, before)
    assert desk.campaigns.get(before.id) == before
    assert desk.shop.workspace.audit.head() == entries


def test_a_campaign_is_not_made_unnoted(desk: Desk) -> None:
    refuse_audit(desk)
    with pytest.raises(sa.exc.IntegrityError):
        desk.made()
    with pytest.raises(NotFound):
        desk.campaigns.get(1)


def test_a_campaign_is_not_stopped_unnoted(desk: Desk) -> None:
    campaign = scheduled(desk)
    desk.shop.set_state(campaign.id, CampaignState.SENDING)
    sending = desk.campaigns.get(campaign.id)
    refuse_audit(desk)
    with pytest.raises(sa.exc.IntegrityError):
        put_aside(desk.shop.context, sending, CampaignState.PAUSED, "disk_error")
    assert desk.campaigns.get(campaign.id) == sending


@pytest.mark.parametrize("late", [True, False], ids=("window", "budget"))
def test_a_schedule_does_not_wait_for_a_person_unnoted(desk: Desk, late: bool) -> None:
    campaign = scheduled(desk)
    if late:
        desk.shop.clock.advance(86_400)
    else:
        desk.shop.workspace.money.set_budget(campaign.id, 0)
    refuse_audit(desk)
    with pytest.raises(sa.exc.IntegrityError):
        Worker(desk.shop.context, lambda _: None).tick()
    assert desk.campaigns.get(campaign.id) == campaign
