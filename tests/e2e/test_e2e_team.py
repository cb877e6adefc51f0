"""A team's workspace on a real PostgreSQL: a campaign is sent to its end, whatever is killed meanwhile."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.campaign import CampaignState
from tests.helpers.merchant import KEY, Merchant, open_merchant
from tests.helpers.pg import PASSWORD, cut_connections, seen_by_server, team_folder
from tests.helpers.sandbox import SandboxProcess

pytestmark = pytest.mark.faults

# a mobile number by itself; hashes and ids may hold as many digits
NUMBER = re.compile(r"(?<![0-9A-Za-z_-])1[3-9][0-9]{9}(?![0-9A-Za-z_-])")


def send_some(merchant: Merchant, campaign_id: int) -> None:
    """Until the worker has sent more than there was."""
    counts = merchant.app.workspace.inbox.counts
    before = counts(campaign_id)["submitted"]
    merchant.until(lambda: merchant.go_on(campaign_id) and counts(campaign_id)["submitted"] > before)
    assert merchant.app.campaigns.get(campaign_id).state is CampaignState.SENDING


def test_a_worker_of_a_team_ends_a_campaign_through_kills_and_cut_connections(tmp_path: Path) -> None:
    with SandboxProcess(customers=200, seed=3) as sandbox, team_folder(tmp_path / "host", KEY) as folder:
        merchant = open_merchant(folder, sandbox, batch_size=5, opened=bootstrap.open_app)
        merchant.start_worker()
        merchant.connect()
        campaign_id = merchant.new_campaign().id
        send_some(merchant, campaign_id)
        merchant.kill_worker()

        # another host takes over, where the workspace's folder was copied to
        merchant.folder = Path(shutil.copytree(folder, tmp_path / "other"))
        merchant.start_worker()
        send_some(merchant, campaign_id)
        cut_connections(merchant.app.workspace)
        merchant.until(lambda: merchant.go_on(campaign_id) is CampaignState.DONE)

        with closing(bootstrap.open_app(merchant.folder, MemoryKeeper(KEY))) as desktop:
            results = desktop.campaigns.results(campaign_id)
            assert desktop.workspace.has_worker()
        assert merchant.worker is not None
        assert merchant.worker.poll() is None, "its lease outlives its connections"
        merchant.worker.terminate()
        merchant.stop_worker()
        ledger, accepted = sandbox.ledger(), Counter(row["message_id"] for row in sandbox.ledger_rows())
        assert (ledger["doubled"], ledger["unconfirmed"]) == (0, 0)
        assert set(accepted.values()) == {1}
        counts = results.counts
        assert counts["submitted"] + counts["withheld"] == results.funnel["ok"] > 0
        assert counts["accepted"] + counts["rejected"] == counts["submitted"], "every row has its outcome"
        assert len(accepted) == counts["accepted"]
        assert PASSWORD not in "".join(merchant.log)
        for table, text in seen_by_server(merchant.app.workspace).items():
            keys = [shop.private_key for shop in sandbox.shops]
            assert not [key for key in keys if key in text or key.encode().hex() in text], table
            assert not NUMBER.search(text), table
        merchant.app.close()
