"""Whatever comes in is kept in the workspace before anybody is told that it was: many at once, one transaction each."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final

from campaign_app.domain.errors import WorkspaceError
from campaign_app.jobs.pushed import Handed, PushedReceipt, PushedReply

_log: Final = logging.getLogger(__name__)
Item = Handed | PushedReceipt | PushedReply
Keep = Callable[[Sequence[Item]], None]


class Keeper:
    """`put` from inside the event loop; `run` is its one task."""

    def __init__(self, keep: Keep) -> None:
        self._keep = keep
        self._waiting: list[tuple[Item, Callable[[bool], object]]] = []
        self._some = asyncio.Event()

    def put(self, item: Item, told: Callable[[bool], object]) -> None:
        """`told` hears whether it was kept; if not, whoever sent it must send it again."""
        self._waiting.append((item, told))
        self._some.set()

    async def kept(self, item: Item) -> bool:
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def told(kept: bool) -> None:  # noqa: FBT001 - as `put` tells it
            if not future.done():
                future.set_result(kept)

        self.put(item, told)
        return await future

    async def run(self) -> None:
        while True:
            await self._some.wait()
            self._some.clear()
            batch, self._waiting = self._waiting, []
            kept = await asyncio.to_thread(self._tried, [item for item, _ in batch])
            for _, told in batch:
                told(kept)

    def _tried(self, items: Sequence[Item]) -> bool:
        try:
            self._keep(items)
        except WorkspaceError as trouble:
            _log.warning("what the SMS centre sent cannot be kept: %s", trouble.code)
            return False
        return True
