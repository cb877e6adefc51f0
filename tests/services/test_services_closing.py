"""A person closes what nobody can tell: it stays unknown, is never sent again, and a late report still counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.message import DeliveryReport, Outcome
from campaign_app.jobs import dispatch
from campaign_app.jobs.poll import poll_reports
from campaign_app.jobs.settling import Settled, settle
from tests.fakes.remotes import FakeGateway
from tests.helpers.desk import Desk, code_of, open_desk
from tests.helpers.shop import NOW


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from open_desk(tmp_path / "ws")


def gateway_of(desk: Desk) -> FakeGateway:
    (gateway,) = desk.shop.gateways.values()
    return gateway


def sending(desk: Desk) -> Campaign:
    approved = desk.approved()
    desk.campaigns.schedule(approved.id, send_at=None, actor="李")
    desk.shop.set_state(approved.id, CampaignState.SENDING)
    return desk.campaigns.get(approved.id)


def with_unknown(desk: Desk) -> Campaign:
    """Sent to five, of whom the sender never mentions one."""
    gateway_of(desk).never_mentioned = {"c00002"}
    campaign = sending(desk)
    desk.shop.run(campaign.id)
    return desk.campaigns.get(campaign.id)


def test_what_is_closed_is_done_and_never_asked_for_or_sent_again(desk: Desk) -> None:
    waiting = with_unknown(desk)
    assert (waiting.state, waiting.state_note) == (CampaignState.WAITING, "unknown_outcomes")
    (open_batch,) = desk.shop.workspace.ledger.unsettled(waiting.id)
    closed = desk.campaigns.close_unknown(waiting.id, actor="李")
    assert (closed.state, closed.state_note) == (CampaignState.DONE, "unknown_closed")
    assert desk.campaigns.get(waiting.id) == closed
    counts = desk.campaigns.results(waiting.id).counts
    assert (counts["submitted"], counts["accepted"], counts["unknown"], counts["withheld"]) == (5, 4, 1, 0)
    assert desk.shop.workspace.ledger.unsettled(waiting.id) == ()
    again = desk.shop.workspace.ledger.submission_at(waiting.id, open_batch.first_seq)
    assert again is not None
    asked = len(gateway_of(desk).lookups)
    assert settle(desk.shop.context, closed, again) is Settled.DONE
    assert len(gateway_of(desk).lookups) == asked
    entry = desk.shop.workspace.audit.entries(limit=1)[0]
    assert (entry.action, entry.actor, entry.facts["messages"]) == ("campaign.unknown_closed", "李", 1)
    assert code_of(lambda: desk.campaigns.close_unknown(waiting.id, actor="李")) == "campaign_state"


def test_a_report_that_comes_after_all_is_counted(desk: Desk) -> None:
    waiting = with_unknown(desk)
    desk.campaigns.close_unknown(waiting.id, actor="李")
    message_id = desk.shop.message_id(waiting.id, 2)
    late = DeliveryReport("r1", "p-late", Outcome.DELIVERED, "", NOW, message_id)
    gateway_of(desk).stream["reports"] = [late]
    assert poll_reports(desk.shop.context, gateway_of(desk).account_id) == 1
    counts = desk.campaigns.results(waiting.id).counts
    assert (counts["accepted"], counts["delivered"], counts["unknown"]) == (5, 1, 0)


def test_a_cancelled_campaign_stays_cancelled(desk: Desk) -> None:
    waiting = with_unknown(desk)
    ended = replace(waiting, state=CampaignState.CANCELLED)
    desk.shop.workspace.campaigns.update(ended, expected=CampaignState.WAITING)
    closed = desk.campaigns.close_unknown(waiting.id, actor="李")
    assert (closed.state, closed.state_note) == (CampaignState.CANCELLED, "unknown_closed")


def test_a_cancelling_one_whose_shop_is_gone_can_be_closed(desk: Desk) -> None:
    approved = sending(desk)
    gateway_of(desk).fail_after = [KeyboardInterrupt()]  # type: ignore[list-item]
    with pytest.raises(KeyboardInterrupt):
        desk.shop.run(approved.id)
    cancelling = desk.campaigns.cancel(approved.id, actor="李")
    assert code_of(lambda: desk.campaigns.close_unknown(approved.id, actor="李")) == "campaign_state"
    stuck = replace(cancelling, state_note="account_disconnected")
    desk.shop.workspace.campaigns.update(stuck, expected=CampaignState.CANCELLING)
    closed = desk.campaigns.close_unknown(approved.id, actor="李")
    assert (closed.state, closed.state_note) == (CampaignState.CANCELLED, "unknown_closed")
    counts = desk.campaigns.results(approved.id).counts
    assert (counts["unknown"], counts["withheld"]) == (5, 0)


def test_whoever_has_not_had_their_turn_is_not_closed_away(desk: Desk) -> None:
    desk.shop.context = replace(desk.shop.context, batch=2)
    approved = sending(desk)
    gateway_of(desk).never_mentioned = {"c00001"}
    dispatch.run_batch(desk.shop.context, approved.id, -1)
    waiting = replace(desk.campaigns.get(approved.id), state=CampaignState.WAITING, state_note="unknown_outcomes")
    desk.shop.workspace.campaigns.update(waiting, expected=CampaignState.SENDING)
    closed = desk.campaigns.close_unknown(approved.id, actor="李")
    assert (closed.state, closed.state_note) == (CampaignState.WAITING, "window_over")
    desk.campaigns.schedule(approved.id, send_at=None, actor="李")
    desk.shop.set_state(approved.id, CampaignState.SENDING)
    assert desk.shop.run(approved.id).step is dispatch.Step.END
    assert sorted(desk.shop.reached()) == [f"c{n:05d}" for n in range(5)]
