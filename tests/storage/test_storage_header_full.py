"""The folder of a team's workspace holds one small file; a disk without room for it is told, and the old one holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from campaign_app import membership
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.errors import WorkspaceError
from campaign_app.storage.header import FILE, MOVING_FORMAT, read_header
from campaign_app.storage.server import Server
from campaign_app.storage.workspace import open_workspace
from tests.helpers.moved import full, move
from tests.helpers.pg import PASSWORD
from tests.helpers.small_disk import POSSIBLE, SmallDisk, small_disk
from tools.make_workspace_vectors import KEY

DIALECTS = ("postgresql",)

pytestmark = pytest.mark.skipif(not POSSIBLE, reason="needs a file system of its own")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk") as made:
        if made is None:
            pytest.skip("no file system can be mounted here")
        yield made


@pytest.fixture
def moved(disk: SmallDisk, empty: Server, tmp_path: Path) -> Path:
    """The folder, on the small disk, of a workspace that was moved to a server."""
    move(full(tmp_path / "a"), disk.folder / "b", empty)
    return disk.folder / "b"


def told(act: Callable[[], object]) -> str:
    with pytest.raises(WorkspaceError) as caught:
        act()
    return caught.value.code


def test_a_full_disk_where_a_move_is_finished_is_told_and_the_next_opening_finishes(
    disk: SmallDisk, moved: Path, tmp_path: Path
) -> None:
    """As after a kill between the server's commit and the folder's file."""
    arrived = read_header(moved)
    replace(arrived, move_id="f00", moved_from=str(tmp_path / "a"), format=MOVING_FORMAT).write(moved)
    before = (moved / FILE).read_bytes()
    disk.fill()
    assert told(lambda: open_workspace(moved, MemoryKeeper(KEY))) == "disk_full"
    assert (moved / FILE).read_bytes() == before
    disk.free()
    open_workspace(moved, MemoryKeeper(KEY)).close()
    assert read_header(moved) == arrived
    disk.protect()  # nothing is held open


def test_a_login_that_cannot_be_written_leaves_the_old_one(disk: SmallDisk, moved: Path) -> None:
    before = (moved / FILE).read_bytes()
    disk.fill()
    assert told(lambda: membership.log_in(moved, MemoryKeeper(KEY), "", PASSWORD)) == "disk_full"
    assert (moved / FILE).read_bytes() == before
    disk.free()
    disk.protect()
    assert told(lambda: membership.log_in(moved, MemoryKeeper(KEY), "", PASSWORD)) == "read_only"
    open_workspace(moved, MemoryKeeper(KEY)).close()
