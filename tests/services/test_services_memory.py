"""What was freed goes back to the system."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

# blocks below the size for which the C library asks the system each time; the last one keeps the rest from shrinking
HOLD_AND_FREE = """
import ctypes
import os
from pathlib import Path
from campaign_app.services.memory import give_back

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

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


def trims() -> bool:
    return sys.platform == "linux" and hasattr(ctypes.CDLL(None), "malloc_trim")


@pytest.mark.skipif(not trims(), reason="this C library keeps nothing, or cannot be told to give it back")
def test_what_was_freed_goes_back_to_the_system() -> None:
    run = subprocess.run([sys.executable, "-c", HOLD_AND_FREE], capture_output=True, text=True, check=True)
    before, after = map(int, run.stdout.split())
    assert before < 4_000_000 < after, "bytes: some 30 million were freed"
