"""A platform that forgets its keys, with a real worker: what may have left is never sent again, a person closes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign_app.domain.campaign import CampaignState
from tests.helpers.merchant import Merchant, open_merchant
from tests.helpers.sandbox import SandboxProcess


def until_it_stops(merchant: Merchant, campaign_id: int) -> None:
    working = {CampaignState.SCREENING, CampaignState.SCHEDULED, CampaignState.SENDING, CampaignState.CANCELLING}
    merchant.until(lambda: merchant.app.campaigns.get(campaign_id).state not in working)


def sent_with_unknown(merchant: Merchant) -> int:
    """Every answer about the messages of the one batch leaves some of them out."""
    campaign_id = merchant.new_campaign().id
    until_it_stops(merchant, campaign_id)
    merchant.sandbox.faults(fault="unknown_word", path="*", times=10_000)
    merchant.go_on(campaign_id)
    until_it_stops(merchant, campaign_id)
    merchant.sandbox.faults("none", clear=True)
    return campaign_id


@pytest.fixture
def merchant(tmp_path: Path) -> Iterator[Merchant]:
    with SandboxProcess(customers=300, seed=3, delay=3_600) as sandbox:
        made = open_merchant(tmp_path / "ws", sandbox)
        made.start_worker()
        try:
            made.connect()
            yield made
        finally:
            made.kill_worker()
            made.app.close()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_forgotten_key_doubles_nobody(merchant: Merchant) -> None:
    campaign_id = sent_with_unknown(merchant)
    campaigns, sandbox = merchant.app.campaigns, merchant.sandbox
    waiting = campaigns.get(campaign_id)
    assert (waiting.state, waiting.state_note) == (CampaignState.WAITING, "unknown_outcomes")
    assert sandbox.forget_keys() > 0
    warned = campaigns.warnings(campaign_id)
    campaigns.schedule(campaign_id, send_at=None, confirmed_warnings=warned, actor="test")
    until_it_stops(merchant, campaign_id)
    assert campaigns.get(campaign_id).state_note == "unknown_outcomes"
    closed = campaigns.close_unknown(campaign_id, actor="test")
    assert (closed.state, closed.state_note) == (CampaignState.DONE, "unknown_closed")
    accepted = Counter(row["message_id"] for row in sandbox.ledger_rows())
    assert set(accepted.values()) == {1}
    assert (sandbox.ledger()["doubled"], sandbox.ledger()["unconfirmed"]) == (0, 0)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_cancel_after_a_forgotten_key_withholds_nothing_that_left(merchant: Merchant) -> None:
    campaign_id = sent_with_unknown(merchant)
    merchant.sandbox.forget_keys()
    merchant.app.campaigns.cancel(campaign_id, actor="test")
    until_it_stops(merchant, campaign_id)
    ended = merchant.app.campaigns.get(campaign_id)
    assert (ended.state, ended.state_note) == (CampaignState.CANCELLED, "unknown_outcomes")
    counts = merchant.app.workspace.inbox.counts(campaign_id)
    assert (counts["withheld"], counts["unknown"] > 0) == (0, True)
