"""A database with a log is kept on a disk of this computer: on a network drive it would be damaged sooner or later."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaign_app import checkup
from campaign_app.bootstrap import App
from campaign_app.checkup import State
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.errors import WorkspaceError
from campaign_app.storage import drives
from campaign_app.storage.drives import is_remote, kind_of, mounts_in
from campaign_app.storage.workspace import create_workspace

TABLE = """\
22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
41 22 0:35 / /mnt/nas rw,relatime shared:20 - cifs //nas/share rw,vers=3.1.1
42 22 0:36 / /mnt/nas/disk rw,relatime - ext4 /dev/vdb rw
43 22 0:37 / /mnt/店铺\\040共享 rw - nfs4 nas:/export rw
44 22 0:38 / /media rw - nfs nas:/export rw
45 22 0:39 / /media rw - tmpfs none rw
"""


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("/srv/shop/workspace", "ext4"),
        ("/mnt/nas/workspace", "cifs"),
        ("/mnt/nas", "cifs"),
        ("/mnt/nas2/workspace", "ext4"),
        ("/mnt/nas/disk/workspace", "ext4"),
        ("/mnt/店铺 共享/workspace", "nfs4"),
        ("/media/workspace", "tmpfs"),
    ],
)
def test_a_place_is_where_it_was_mounted_last_and_deepest(place: str, kind: str) -> None:
    assert kind_of(Path(place), mounts_in(TABLE)) == kind


def test_what_is_not_told_is_of_this_computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drives, "_MOUNTS", tmp_path / "none")
    assert not is_remote(tmp_path)
    assert kind_of(Path("/srv"), iter(())) == ""


@pytest.fixture
def on_a_network_drive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Everything below this folder, as the system tells it."""
    folder = tmp_path / "nas"
    folder.mkdir()
    (tmp_path / "mounts").write_text(f"{TABLE}46 22 0:40 / {folder} rw - cifs //nas/share rw\n", encoding="utf-8")
    monkeypatch.setattr(drives, "_MOUNTS", tmp_path / "mounts")
    return folder


def test_no_workspace_is_made_there_and_nothing_is_left(on_a_network_drive: Path) -> None:
    with pytest.raises(WorkspaceError) as refused:
        create_workspace(on_a_network_drive / "workspace", MemoryKeeper(b"k" * 32))
    assert refused.value.code == "network_folder"
    assert list(on_a_network_drive.iterdir()) == []


def test_a_link_to_a_network_drive_is_one(on_a_network_drive: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(on_a_network_drive)
    with pytest.raises(WorkspaceError, match="network drive"):
        create_workspace(tmp_path / "link" / "workspace", MemoryKeeper(b"k" * 32))


def test_links_in_a_circle_are_told_as_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "link")
    with pytest.raises(WorkspaceError) as refused:
        create_workspace(tmp_path / "link" / "workspace", MemoryKeeper(b"k" * 32))
    assert refused.value.code in {"cannot_create", "folder_in_use"}


def test_the_doctor_tells_of_a_full_disk_first(on_a_network_drive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "NO_ROOM", 1 << 62)
    monkeypatch.setattr(checkup, "LITTLE_ROOM", 1 << 62)
    told = {each.check: each for each in checkup.check_up(on_a_network_drive, unopened, offline=True, quick=True)}
    assert told["room"].state is State.FAIL


def test_the_doctor_tells_of_one_that_was_put_there(on_a_network_drive: Path, tmp_path: Path) -> None:
    create_workspace(tmp_path / "workspace", MemoryKeeper(b"k" * 32)).close()
    moved = (tmp_path / "workspace").rename(on_a_network_drive / "workspace")
    told = {each.check: each for each in checkup.check_up(moved, unopened, offline=True, quick=True)}
    assert told["room"].state is State.WARN
    assert told["room"].trouble is not None
    assert told["room"].trouble.code == "network_folder"
    (moved / "workspace.db").unlink()  # as a team's, whose database is elsewhere
    told = {each.check: each for each in checkup.check_up(moved, unopened, offline=True, quick=True)}
    assert told["room"].state is State.OK


def unopened(folder: Path) -> App:
    raise WorkspaceError("in_use", "Not of interest here", lock="worker", pid=0)
