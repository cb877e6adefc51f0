"""Somebody who may not read what root may; on POSIX."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

NOBODY: Final = 65_534


@contextmanager
def unprivileged() -> Iterator[None]:
    """Root is nobody meanwhile; anybody else stays who they are."""
    before = os.geteuid()
    os.seteuid(before or NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)
