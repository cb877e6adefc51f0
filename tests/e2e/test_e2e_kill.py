"""kill -9 at any point, with a hostile platform: nobody twice, nobody lost, nobody unconfirmed."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from campaign_app.domain.campaign import CampaignState
from tests.helpers.lengths import ALL
from tests.helpers.merchant import KEY, KeptKeeper, Merchant, open_merchant
from tests.helpers.sandbox import SandboxProcess

pytestmark = pytest.mark.faults

KILLS = 20 if ALL else 4  # the first half at any moment, the others once a worker has begun to send
SEED = 20_211_025
ENDED = (CampaignState.DONE, CampaignState.WAITING)


def reached(merchant: Merchant) -> Counter[str]:
    return Counter(row["message_id"] for row in merchant.sandbox.ledger_rows())


def hurt(merchant: Merchant, campaign_id: int, chance: random.Random, *, sending: bool) -> None:
    """Lets the worker go on to where it will be killed."""
    counts = merchant.app.workspace.inbox.counts
    before = counts(campaign_id)["submitted"]
    if sending:
        merchant.until(lambda: merchant.go_on(campaign_id) in ENDED or counts(campaign_id)["submitted"] > before)
    merchant.go_on_for(campaign_id, chance.uniform(0.0, 0.5 if sending else 2.0))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_kills_with_faults_reach_everybody_once(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    with SandboxProcess(customers=2_000 if ALL else 600, seed=3) as sandbox:
        merchant = open_merchant(tmp_path / "ws", sandbox, batch_size=5, keeper=KeptKeeper(KEY))
        merchant.start_worker()
        merchant.connect()
        merchant.kill_worker()
        sandbox.faults("flaky")
        campaigns = [merchant.new_campaign().id]
        killed_in: Counter[str] = Counter()
        while killed_in.total() < KILLS:
            merchant.start_worker()
            hurt(merchant, campaigns[-1], chance, sending=killed_in.total() >= KILLS // 2)
            killed_in[merchant.app.campaigns.get(campaigns[-1]).state.value] += 1
            merchant.kill_worker()
        sandbox.faults("none")
        merchant.start_worker()
        for campaign_id in campaigns:
            merchant.until(lambda campaign_id=campaign_id: merchant.go_on(campaign_id) is CampaignState.DONE, 300)
        merchant.worker.terminate()
        merchant.stop_worker()

        assert killed_in["sending"] >= KILLS // 4, f"the kills have to hit the sending: {killed_in}"
        ledger, accepted = sandbox.ledger(), reached(merchant)
        assert (ledger["doubled"], ledger["unconfirmed"]) == (0, 0)
        assert set(accepted.values()) == {1}
        mine = [merchant.app.campaigns.results(campaign_id) for campaign_id in campaigns]
        for results in mine:
            handed = results.counts["submitted"] + results.counts["withheld"]
            assert handed == results.funnel["ok"] > 0, "everybody confirmed has a ledger row"
            ended = results.counts["accepted"] + results.counts["rejected"]
            assert ended == results.counts["submitted"], "every row has its outcome"
        assert len(accepted) == sum(results.counts["accepted"] for results in mine)
        merchant.app.close()
