"""A test message through a real worker and a real sandbox, by the command line, and with kill -9 in the middle."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaign_app.domain.staff import TrialState
from tests.helpers.merchant import Merchant, open_merchant
from tests.helpers.sandbox import SandboxProcess

NUMBER = "16612345678"  # of a prefix that the sandbox hands out to nobody


def started(folder: Path, sandbox: SandboxProcess) -> tuple[Merchant, int, int]:
    """A merchant with a running worker, a campaign that is screened, and a registered number."""
    merchant = open_merchant(folder, sandbox)
    merchant.start_worker()
    merchant.connect()
    campaign = merchant.new_campaign()
    staff = merchant.app.staff_numbers.register(campaign.entity_uscc, "店长", NUMBER, vouched=True, actor="test")
    return merchant, campaign.id, staff.id


@pytest.mark.timeout(180)
def test_kill_9_between_counting_and_the_answer_sends_nothing_twice(tmp_path: Path) -> None:
    with SandboxProcess(customers=300, seed=3) as sandbox:
        merchant, campaign_id, staff_id = started(tmp_path / "ws", sandbox)
        service = merchant.app.test_messages
        sandbox.faults(fault="slow_accept", path="/v1/messages", seconds=3)
        trial = service.send(campaign_id, staff_id, press="p", actor="test")
        merchant.until(lambda: service.outcome(trial.id).state is TrialState.SENDING)
        merchant.kill_worker()
        merchant.until(lambda: len(sandbox.ledger()["tests"]) <= 1)
        merchant.start_worker()
        merchant.until(lambda: service.outcome(trial.id).state is TrialState.UNKNOWN)
        assert service.send(campaign_id, staff_id, press="p", actor="test").id == trial.id
        other = service.send(campaign_id, staff_id, press="q", actor="test")
        merchant.until(lambda: service.outcome(other.id).state is TrialState.ACCEPTED)
        merchant.worker.terminate()  # type: ignore[union-attr]
        merchant.stop_worker()
        by_message = [row["message_id"] for row in sandbox.ledger()["tests"]]
        assert len(by_message) == len(set(by_message)) <= 2
        assert {row["phone"] for row in sandbox.ledger()["tests"]} == {f"+86{NUMBER}"}
        assert (sandbox.ledger()["doubled"], sandbox.ledger()["unconfirmed"]) == (0, 0)
        results = merchant.app.campaigns.results(campaign_id)
        assert results.counts["submitted"] == 0
        assert service.trying(campaign_id).left == 18
        merchant.app.close()
