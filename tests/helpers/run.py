"""What belongs to a whole run of the tests, and not to one of its processes: the folder of its database server."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Final

# who owns the run, and its folder; inherited by the processes that run tests
_RUN: Final = "CAMPAIGN_APP_TEST_RUN"
PATIENCE: Final = 30.0


def begin_run() -> None:
    """Called by every process of a run; the first one owns it."""
    os.environ.setdefault(_RUN, f"{os.getpid()}:{tempfile.gettempdir()}/campaign-app-run-{os.getpid()}")


def owner_of_run() -> int:
    return int(os.environ[_RUN].partition(":")[0])


def home_of_run() -> Path:
    """Made by whoever first needs it."""
    return Path(os.environ[_RUN].partition(":")[2])


def end_run() -> None:
    """Ends the server, if this is the process that began the run."""
    home = home_of_run()
    if owner_of_run() != os.getpid() or not home.exists():
        return
    (home / "stop").touch()
    until = time.monotonic() + PATIENCE
    while (home / "running").exists() and time.monotonic() < until:
        time.sleep(0.05)
    shutil.rmtree(home, ignore_errors=True)
