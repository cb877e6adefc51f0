"""Processes that cost milliseconds: forks of one that has loaded everything and has no threads."""

from __future__ import annotations

import ctypes
import os
import select
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final

_DIE_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG


def fork(work: Callable[[], int], errors: Path) -> int:
    """The id of a child that ends with the status that `work` returns; what it raises, and prints, goes to `errors`."""
    assert threading.active_count() == 1, "a fork of a process with threads may wait for a lock for ever"
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    status = 70
    try:
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        with errors.open("a") as out:
            os.dup2(out.fileno(), 1)
            os.dup2(out.fileno(), 2)
        status = work()
    except BaseException:  # noqa: BLE001 - the last thing that this process does
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def ended(child: int, seconds: float) -> int | None:
    """Its exit status, negative for a signal; None, and it is killed, where it takes longer."""
    handle = os.pidfd_open(child)
    try:
        in_time = bool(select.select([handle], [], [], seconds)[0])
    finally:
        os.close(handle)
    if not in_time:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) if in_time else None


def kill(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
