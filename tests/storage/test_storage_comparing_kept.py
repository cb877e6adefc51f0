"""A workspace that is moved to a server and back, or restored, agrees with its audit as it did before."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from storage_samples import KEY, NOW, Campaigning
from test_storage_backup import backed_up, restored

from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.ports_evidence import Compared
from campaign_app.storage.comparing import compare
from campaign_app.storage.server import Server
from campaign_app.storage.workspace import Workspace, open_workspace
from tests.helpers.moved import move, opened

DIALECTS = ("sqlite",)


def filled(workspace: Workspace) -> Compared:
    """By a page of facts, a batch and an opt-out; nothing is under way."""
    sending = Campaigning(workspace, 3)
    sending.claim(0, 1)
    workspace.opt_outs.add(sending.ids["c2"], NOW, "by_hand", "来电", "李")
    campaign = workspace.campaigns.campaign(sending.campaign_id)
    workspace.campaigns.update(replace(campaign, state=CampaignState.PAUSED), expected=CampaignState.SENDING)
    return compare(workspace.database)


def test_a_workspace_moves_to_a_server_and_back(workspace: Workspace, empty: Server, tmp_path: Path) -> None:
    before = filled(workspace)
    workspace.close()
    move(tmp_path / "workspace", tmp_path / "b", empty, key=KEY)
    with opened(tmp_path / "b", KEY) as there:
        assert compare(there.database) == replace(before, entries=before.entries + 2)
    move(tmp_path / "b", tmp_path / "c", key=KEY)
    with opened(tmp_path / "c", KEY) as back:
        assert compare(back.database) == replace(before, entries=before.entries + 4)


def test_a_backup_is_restored(workspace: Workspace, tmp_path: Path) -> None:
    before = filled(workspace)
    file = backed_up(workspace, tmp_path / "a.yunfa-backup").file
    restored(file, tmp_path / "new")
    with closing(open_workspace(tmp_path / "new", MemoryKeeper(KEY))) as again:
        assert (compare(again.database).roots, compare(again.database).rows) == (before.roots, before.rows)
