"""Waits for what other processes do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

SECONDS: Final = 120.0
STEP: Final = 0.02  # a campaign of a few dozen people is in the midst of its sending for not much longer


def until(done: Callable[[], bool], seconds: float = SECONDS) -> None:
    """Goes on once `done()` is true. Raises AssertionError where that takes longer than `seconds`."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, f"not done within {seconds:.0f} s"
        time.sleep(STEP)
