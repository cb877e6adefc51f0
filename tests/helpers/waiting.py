"""Waits for what other processes do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

SECONDS: Final = 120.0
STEP: Final = 0.02


def until(done: Callable[[], bool], seconds: float = SECONDS) -> None:
    """Looks for a quarter of the time at most: whoever is waited for needs the processor."""
    end = time.monotonic() + seconds
    while True:
        looked = time.monotonic()
        if done():
            return
        now = time.monotonic()
        assert now < end, f"not done within {seconds:.0f} s"
        time.sleep(max(STEP, 3 * (now - looked)))
