"""Whether a folder lies on this computer.

On a network drive SQLite's log (WAL) does not work: its processes share memory, which no two computers do
(sqlite.org/wal.html), and a line that is cut may leave the database damaged.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

_REMOTE: Final = frozenset(
    {"afpfs", "afs", "ceph", "cifs", "davfs", "fuse.glusterfs", "fuse.gvfsd-fuse", "fuse.rclone", "fuse.sshfs",
     "fuse.vmhgfs-fuse", "lustre", "ncpfs", "nfs", "nfs4", "smb3", "smbfs", "vboxsf", "vmhgfs", "webdav"}
)  # fmt: skip
_MOUNTS: Final = Path("/proc/self/mountinfo")
_DRIVE_REMOTE: Final = 4  # GetDriveTypeW
_SECONDS: Final = 5
_ESCAPE: Final = re.compile(r"\\([0-7]{3})")  # of spaces and the like


def is_remote(folder: Path) -> bool:
    """Of a folder that need not be there yet. What the system does not tell is taken for this computer's."""
    place = Path(os.path.realpath(folder))  # links in a circle lead nowhere, and are no error here
    if sys.platform == "win32":
        import ctypes

        return bool(ctypes.windll.kernel32.GetDriveTypeW(place.anchor) == _DRIVE_REMOTE)
    with suppress(OSError):
        mounts = _of_mac() if sys.platform == "darwin" else mounts_in(os.fsdecode(_MOUNTS.read_bytes()))
        return kind_of(place, mounts) in _REMOTE
    return False


def kind_of(place: Path, mounts: Iterable[tuple[Path, str]]) -> str:
    """The file system of whatever is mounted last and deepest above a place; "" where nothing is."""
    found = Path(), ""
    for at, kind in mounts:
        if place.is_relative_to(at) and len(at.parts) >= len(found[0].parts):
            found = at, kind
    return found[1]


def mounts_in(table: str) -> Iterator[tuple[Path, str]]:
    """Linux's list (proc_pid_mountinfo(5)): where something is mounted, and the kind of its file system."""
    for line in table.splitlines():
        before, _, behind = line.partition(" - ")
        at = _ESCAPE.sub(lambda escape: chr(int(escape[1], 8)), before.split()[4])
        yield Path(at), behind.split()[0]


def _of_mac() -> Iterator[tuple[Path, str]]:
    """`//user@host/share on /Volumes/share (smbfs, nodev)` (mount(8)); not tried on a Mac."""
    import subprocess

    said = b""
    with suppress(subprocess.SubprocessError):  # a drive that is away may hold it up
        said = subprocess.run(["/sbin/mount"], capture_output=True, timeout=_SECONDS, check=False).stdout
    for line in os.fsdecode(said).splitlines():
        at, _, kind = line.partition(" on ")[2].rpartition(" (")
        yield Path(at), kind.split(",")[0].rstrip(")")
