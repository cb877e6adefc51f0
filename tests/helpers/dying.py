"""One poll of the replies of an account in a process of its own, which is killed before or after it stored a page."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from campaign_app.clocks import system_clock
from campaign_app.credentials import MemoryKeeper
from campaign_app.jobs import poll
from campaign_app.storage.workspace import open_workspace
from campaign_app.working import worker_context
from tests.helpers.aliyun_shop import KEY


class DyingInbox:
    """The inbox, until the first page with a reply in it."""

    def __init__(self, inbox: Any, when: str) -> None:
        self._inbox, self._when = inbox, when

    def store_inbound(self, account_id: int, page: Any, *rest: Any, **more: Any) -> int:
        if page.items and self._when == "received":
            os.kill(os.getpid(), signal.SIGKILL)
        new: int = self._inbox.store_inbound(account_id, page, *rest, **more)
        if page.items and self._when == "stored":
            os.kill(os.getpid(), signal.SIGKILL)
        return new


def main(folder: str, account_id: str, when: str) -> None:
    workspace = open_workspace(Path(folder), MemoryKeeper(KEY))
    context = worker_context(workspace, system_clock)
    stores: Any = replace(context.stores, inbox=DyingInbox(context.stores.inbox, when))
    poll.poll_inbound(replace(context, stores=stores), int(account_id))


if __name__ == "__main__":
    main(*sys.argv[1:])
