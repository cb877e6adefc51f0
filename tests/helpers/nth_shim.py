"""The machine under a worker: a disk without room or with a failing fsync, and a clock that jumps.

Made of `nth_shim.c`, which is preloaded; where there is no C compiler there is none.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

SOURCE: Final = Path(__file__).with_suffix(".c")
COMPILER: Final = shutil.which("cc") or shutil.which("gcc")
POSSIBLE: Final = COMPILER is not None and sys.platform.startswith("linux")
DAY: Final = 86_400
# what is told the library, from the Nth on
DISK_KINDS: Final[Mapping[str, Mapping[str, int]]] = {
    "disk_write": {"NTH_WRITES": 1},
    "disk_full": {"NTH_WRITES": 40},
    "fsync": {},
}
# at the Nth call: how far the clock jumps, and whether the sandbox's does as well
CLOCK_KINDS: Final = {
    "clock_ahead": (DAY, False),
    "clock_back": (-DAY, False),
    "days_ahead": (DAY, True),
    "days_back": (-DAY, True),
}
_COUNTS: Final = struct.Struct("3q")  # writes, fsyncs, seconds that the clock is ahead


def compiled(folder: Path) -> Path:
    assert COMPILER is not None
    library = folder / "nth_shim.so"
    command = [COMPILER, "-O2", "-Wall", "-Werror", "-shared", "-fPIC", str(SOURCE), "-o", str(library), "-ldl"]
    subprocess.run(command, check=True)
    return library


class Machine:
    """What the preloaded library counts and is told, in a file that every process of a round shares."""

    def __init__(self, folder: Path) -> None:
        self._file, self._fired = folder / "machine", folder / "machine-fired"
        self._file.write_bytes(bytes(_COUNTS.size))
        with self._file.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _COUNTS.size)

    def reset(self) -> None:
        self._memory[:] = bytes(_COUNTS.size)
        self._fired.unlink(missing_ok=True)

    @property
    def fired(self) -> bool:
        return self._fired.exists()

    @property
    def met(self) -> dict[str, int]:
        writes, syncs, _ = _COUNTS.unpack(self._memory)
        return {"disk_write": writes, "fsync": syncs}

    @property
    def ahead(self) -> int:
        return int(_COUNTS.unpack(self._memory)[2])

    def set_clock(self, ahead: int) -> None:
        writes, syncs, _ = _COUNTS.unpack(self._memory)
        self._memory[:] = _COUNTS.pack(writes, syncs, ahead)

    def environment(self, databases: Path, kind: str, nth: int) -> dict[str, str]:
        """For a worker on these databases; nothing fails twice."""
        at = "NTH_SYNC" if kind == "fsync" else "NTH_WRITE"
        what = {} if self.fired or kind not in DISK_KINDS else {at: nth, **DISK_KINDS[kind]}
        files = {"NTH_FOLDER": databases, "NTH_FIRED": self._fired, "NTH_COUNTS": self._file}
        unset = {"NTH_SYNC": 0, "NTH_WRITE": 0, "NTH_WRITES": 1}
        return {name: str(value) for name, value in {**unset, **files, **what}.items()}

    def close(self) -> None:
        self._memory.close()


def arm(environment: Mapping[str, str]) -> None:
    """In a process that was forked from one with the library: it is under that machine from now on."""
    os.environ.update(environment)
    ctypes.CDLL(None).nth_read()
