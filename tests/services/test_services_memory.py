"""What was freed goes back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

# blocks below the size for which the C library asks the system each time; the last one keeps the rest from shrinking
HOLD_AND_FREE = """
import ctypes
from pathlib import Path
from campaign_app.services.memory import give_back

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1])

libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
blocks = [libc.malloc(60_000) for _ in range(500)]
for block in blocks:
    ctypes.memset(block, 1, 60_000)
full = resident()
for block in blocks[:-1]:
    libc.free(block)
freed = resident()
give_back()
print(full - freed, freed - resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only the C library of Linux keeps what was freed")
def test_what_was_freed_goes_back_to_the_system() -> None:
    run = subprocess.run([sys.executable, "-c", HOLD_AND_FREE], capture_output=True, text=True, check=True)
    before, after = map(int, run.stdout.split())
    assert before < 1_000 < after, "pages of 4 KiB: some 7,300 were freed"
