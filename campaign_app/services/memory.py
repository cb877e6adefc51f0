"""Memory that was freed and that the process still holds."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from typing import Final


def _trim() -> Callable[[int], int] | None:
    return getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None


_TRIM: Final = _trim()


def give_back() -> None:
    """Hands what is free to the system where the C library keeps it (glibc's does); elsewhere there is nothing to do.

    After work that leaves little of what it took: what comes next takes its memory beside what was kept.
    """
    if _TRIM is not None:
        _TRIM(0)
