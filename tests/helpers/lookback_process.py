"""A look-back in a process of its own, which kills itself in the middle of the step with that number."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from campaign_app.credentials import MemoryKeeper
from campaign_app.jobs import lookback
from campaign_app.storage.workspace import open_workspace
from campaign_app.working import worker_context
from tests.helpers.fresh import KEY
from tests.helpers.shop import NOW


class Dying:
    """The store of look-backs, until so many windows were kept; `when`: before or after the last of them is."""

    def __init__(self, store: Any, steps: int, when: str) -> None:
        self._store, self._left, self._when = store, steps, when

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def keep(self, *given: Any) -> bool:
        self._left -= 1
        if not self._left and self._when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        kept: bool = self._store.keep(*given)
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)
        return kept


def main(folder: str, run_id: str, steps: str, when: str) -> None:
    lookback.BATCHES = 1
    workspace = open_workspace(Path(folder), MemoryKeeper(KEY))
    context = worker_context(workspace, lambda: NOW)
    stores: Any = replace(context.stores, lookbacks=Dying(workspace.lookbacks, int(steps), when))
    dying = replace(context, stores=stores)
    while lookback.look_some(dying, int(run_id), 1, lookback.Walk())[0]:
        pass
    lookback.end(context, int(run_id))
    workspace.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
