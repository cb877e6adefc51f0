"""A campaign begins on files, is moved in the middle of its sending to a server and back again, and ends there."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from campaign_app import bootstrap, moves
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.errors import WorkspaceError
from tests.helpers.merchant import KEY, Merchant, open_merchant
from tests.helpers.pg import PASSWORD, bare_database, cluster
from tests.helpers.sandbox import SandboxProcess


def half_sent(merchant: Merchant, campaign_id: int) -> None:
    """Killed in the middle of its work, and stopped by a person."""
    counts = merchant.app.workspace.inbox.counts
    before = counts(campaign_id)["submitted"]
    merchant.until(lambda: merchant.go_on(campaign_id) and counts(campaign_id)["submitted"] > before)
    merchant.kill_worker()
    merchant.until(lambda: not merchant.app.workspace.has_worker())
    with pytest.raises(WorkspaceError) as caught:
        moves.to_folder(merchant.app, merchant.folder.parent / "no", actor="test", tick=lambda _: None)
    assert caught.value.code == "move_under_way"
    merchant.app.campaigns.pause(campaign_id, actor="test")


def go_on_at(merchant: Merchant, folder: Path) -> None:
    """Where it was moved to."""
    merchant.app.close()
    with pytest.raises(WorkspaceError, match="moved"):
        bootstrap.open_app(merchant.folder, MemoryKeeper(KEY))
    merchant.folder = folder
    merchant.app = bootstrap.open_app(folder, MemoryKeeper(KEY), offset=merchant.app.offset)
    merchant.start_worker()


def test_a_campaign_that_moves_twice_reaches_everybody_once(tmp_path: Path) -> None:
    with SandboxProcess(customers=40, seed=3) as sandbox, bare_database() as database:
        merchant = open_merchant(tmp_path / "home", sandbox, batch_size=5)
        merchant.start_worker()
        merchant.connect()
        campaign_id = merchant.new_campaign().id
        half_sent(merchant, campaign_id)
        address = cluster().server(database).address
        moves.to_server(merchant.app, tmp_path / "team", address, PASSWORD, actor="test", tick=lambda _: None)
        go_on_at(merchant, tmp_path / "team")
        half_sent(merchant, campaign_id)
        moves.to_folder(merchant.app, tmp_path / "back", actor="test", tick=lambda _: None)
        shutil.rmtree(tmp_path / "home")
        go_on_at(merchant, tmp_path / "back")
        merchant.until(lambda: merchant.go_on(campaign_id) is CampaignState.DONE)
        ledger, accepted = sandbox.ledger(), Counter(row["message_id"] for row in sandbox.ledger_rows())
        assert (ledger["doubled"], ledger["unconfirmed"]) == (0, 0)
        assert set(accepted.values()) == {1}
        results = merchant.app.campaigns.results(campaign_id)
        counts = results.counts
        assert counts["submitted"] + counts["withheld"] == results.funnel["ok"] > 0
        assert counts["accepted"] + counts["rejected"] == counts["submitted"], "every row has its outcome"
        assert len(accepted) == counts["accepted"]
        assert merchant.app.evidence.verified().compared.rows > counts["submitted"]
        assert merchant.worker is not None
        merchant.worker.terminate()
        merchant.stop_worker()
        merchant.app.close()
