"""Until when a platform forbade to be asked: the longest counts, and no clock makes anybody wait for ever."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaign_app.credentials import MemoryKeeper
from campaign_app.storage.workspace import Workspace, create_workspace, open_workspace

NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
KEY = bytes(range(32))
MINUTE = timedelta(minutes=1)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with closing(create_workspace(tmp_path / "ws", MemoryKeeper(KEY))) as made:
        yield made


def test_a_ban_lasts_until_its_end_for_whoever_opens_the_workspace(workspace: Workspace) -> None:
    assert workspace.bans.until("top.a", NOW) is None
    workspace.bans.forbid("top.a", NOW, NOW + MINUTE)
    with closing(open_workspace(workspace.folder, MemoryKeeper(KEY))) as other:
        assert other.bans.until("top.a", NOW) == NOW + MINUTE
        assert other.bans.until("top.b", NOW) is None
        assert other.bans.until("top.a", NOW + MINUTE) is None


def test_a_shorter_ban_does_not_end_a_longer_one(workspace: Workspace) -> None:
    workspace.bans.forbid("top.a", NOW, NOW + 5 * MINUTE)
    workspace.bans.forbid("top.a", NOW + MINUTE, NOW + 2 * MINUTE)
    assert workspace.bans.until("top.a", NOW + MINUTE) == NOW + 5 * MINUTE
    workspace.bans.forbid("top.a", NOW + MINUTE, NOW + 9 * MINUTE)
    assert workspace.bans.until("top.a", NOW + MINUTE) == NOW + 9 * MINUTE


def test_a_clock_that_was_set_back_makes_nobody_wait(workspace: Workspace) -> None:
    workspace.bans.forbid("top.a", NOW, NOW + MINUTE)
    before = NOW - timedelta(days=300)
    assert workspace.bans.until("top.a", before) is None
    workspace.bans.forbid("top.a", before, before + MINUTE)
    assert workspace.bans.until("top.a", before) == before + MINUTE
