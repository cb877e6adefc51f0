"""A disk of a few megabytes that really gets full; only root can make one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MOUNT = "/bin/mount"
UMOUNT = "/bin/umount"
POSSIBLE = sys.platform.startswith("linux") and os.geteuid() == 0 and Path(MOUNT).exists()


class SmallDisk:
    """`fill` leaves no free byte but `room`, `free` gives them back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self, room: int = 0) -> None:
        with self._filler.open("wb", buffering=0) as out:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while out.write(bytes(size)) == size:
                        pass
                except OSError:
                    continue
            out.truncate(out.tell() - room)

    def free(self) -> None:
        self._filler.unlink()

    def protect(self) -> None:
        """Nothing of it can be written any more."""
        subprocess.run([MOUNT, "-o", "remount,ro", str(self.folder)], check=True, capture_output=True)


@contextmanager
def small_disk(folder: Path, megabytes: int = 32) -> Iterator[SmallDisk | None]:
    """None where the system does not allow it, such as in a container without that right."""
    folder.mkdir()
    size = f"size={megabytes}m"
    done = subprocess.run([MOUNT, "-t", "tmpfs", "-o", size, "tmpfs", str(folder)], check=False, capture_output=True)
    if done.returncode:
        yield None
        return
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run([UMOUNT, "-l", str(folder)], check=True)
