"""Whatever comes in is kept before anybody is told that it was."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future

from campaign_app.domain.errors import WorkspaceError
from campaign_app.gateways.kannel.pushes import Arrived


class Together:
    """What comes in while something is being kept is kept next, in one transaction; any number of threads may call."""

    def __init__(self, keep: Callable[[Arrived], None]) -> None:
        self._keep = keep
        self._one = threading.Lock()
        self._waiting = deque[tuple[Arrived, Future[None]]]()

    def kept(self, item: Arrived) -> None:
        """Returns when it is kept. Raises WorkspaceError when it is not."""
        mine = Future[None]()
        self._waiting.append((item, mine))
        with self._one:
            if not mine.done():
                self._keep_all()
        mine.result()

    def _keep_all(self) -> None:
        taken = [self._waiting.popleft() for _ in range(len(self._waiting))]
        try:
            self._keep(sum((item for item, _ in taken), Arrived()))
        except WorkspaceError as trouble:
            for _, each in taken:
                each.set_exception(trouble)
        else:
            for _, each in taken:
                each.set_result(None)
