"""The one connection of an account: bound when it is first needed, bound again when it broke, on a thread of its own.

Everything else runs inside that thread's event loop; `call` is the door into it.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from campaign_app.domain.errors import OutcomeUnknown, RemoteError, RemoteRefused, RemoteUnavailable
from campaign_app.gateways.backlog import LONGEST, QUIET, Backlog
from campaign_app.gateways.smpp.arrivals import UNREADABLE, arrival_of
from campaign_app.gateways.smpp.keeping import Keep, Keeper
from campaign_app.transport.smpp.pdu import Command, Pdu
from campaign_app.transport.smpp.session import Arrived, LinkLost, Session, Unsent

_log: Final = logging.getLogger(__name__)
# told to a centre: send it again later; never again
_NOT_NOW, _NEVER = 0x64, 0x65
Open = Callable[[Arrived], Awaitable[Session]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. A connection that nobody used for `idle` is given up; `refused`: after a wrong password.

    `backlog`, `quiet`, `longest_backlog`: of `gateways.backlog`.
    """

    silent: float = 30.0
    idle: float = 300.0
    tick: float = 1.0
    first_pause: float = 1.0
    longest_pause: float = 30.0
    refused: float = 300.0
    backlog: float = 3.0
    quiet: float = QUIET
    longest_backlog: float = LONGEST


class Binding:
    """The connection, inside the event loop."""

    def __init__(self, opened: Open, keeper: Keeper, timing: Timing) -> None:
        self._open = opened
        self._keeper = keeper
        self._timing = timing
        self._lock, self._asking = asyncio.Lock(), asyncio.Lock()
        self._session: Session | None = None
        self._trouble: tuple[float, RemoteError] | None = None
        self._pause = timing.first_pause
        self._used = self._now()
        self._backlog = Backlog(timing.backlog, self._now, quiet=timing.quiet, longest=timing.longest_backlog)

    async def session(self) -> Session:
        """A bound one. Raises RemoteUnavailable, RemoteRefused; not oftener than now and then is anybody asked."""
        self._used = self._now()
        return await self._bound()

    async def caught_up(self) -> None:
        """Bound for so long that what waited at the centre, refusals among it, has come in. Raises as `session`."""
        while (left := await self._left()) > 0:
            await asyncio.sleep(left)

    async def _left(self) -> float:
        """Seconds until then. What broke while the machine slept looks whole until it is used: one asks, all wait."""
        async with self._asking:
            session = await self.session()
            if self._backlog.away():
                await _still_there(session)
                self._backlog.begin()
                await self.session()
            return self._backlog.left()

    async def _bound(self) -> Session:
        async with self._lock:
            if self._session is not None and self._session.alive:
                return self._session
            if self._trouble is not None and self._now() < self._trouble[0]:
                raise self._trouble[1].with_traceback(None)
            try:
                self._session = await self._open(self._arrived)
            except RemoteError as trouble:
                self._trouble = self._now() + self._pause_after(trouble), trouble
                raise
            self._trouble, self._pause = None, self._timing.first_pause
            self._backlog.begin()
            return self._session

    def _pause_after(self, trouble: RemoteError) -> float:
        if isinstance(trouble, RemoteRefused):
            return self._timing.refused
        pause, self._pause = self._pause, min(self._pause * 2, self._timing.longest_pause)
        return pause

    async def upkeep(self) -> None:
        """Asks a silent centre whether it is there, binds again what broke, and gives up what nobody uses."""
        while True:
            await asyncio.sleep(self._timing.tick)
            session = self._session
            if session is None:
                continue
            if self._now() - self._used > self._timing.idle:
                self._session = None
                await session.unbind()
            elif not session.alive:
                await self._again()
            elif session.silent_for > self._timing.silent:
                await _still_there(session)

    async def _again(self) -> None:
        try:
            await self._bound()
        except RemoteError as trouble:
            _log.info("the SMS centre cannot be bound again yet: %s", trouble.code)

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.unbind()

    def _arrived(self, session: Session, pdus: Sequence[Pdu]) -> None:
        self._backlog.heard()
        for pdu in pdus:
            self._take(session, pdu)

    def _take(self, session: Session, pdu: Pdu) -> None:
        item = arrival_of(pdu)
        if item is None:
            session.answer(pdu)
            return
        taken = _NEVER if item is UNREADABLE else 0
        self._keeper.put(item, lambda kept: session.answer(pdu, taken if kept else _NOT_NOW))

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


async def _still_there(session: Session) -> None:
    try:
        await session.ask(Command.ENQUIRE_LINK)
    except (LinkLost, Unsent):
        _log.info("the SMS centre is silent: its connection is given up")


TIMING: Final = Timing()


class Line:
    """The thread. `call` may be used by any number of threads; `close` ends it for good."""

    def __init__(self, opened: Open, keep: Keep, timing: Timing) -> None:
        self._opened = opened
        self._keep = keep
        self._timing = timing
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._binding: Binding | None = None
        self._keeper: Keeper | None = None
        self._joined: Callable[[], object] = bool
        self._stop: asyncio.Event | None = None
        self._ended = False

    def call(self, work: Callable[[Binding, Keeper], Coroutine[Any, Any, T]]) -> T:
        """Runs it in the loop and waits for its end. Raises OutcomeUnknown if the line is closed meanwhile."""
        with self._lock:
            loop = self._running()
        assert self._binding is not None
        assert self._keeper is not None
        try:
            return asyncio.run_coroutine_threadsafe(work(self._binding, self._keeper), loop).result()
        except CancelledError:  # the line was closed meanwhile, at the end of the process
            raise OutcomeUnknown("connection_cut", "The connection to the SMS centre was closed") from None

    def close(self) -> None:
        with self._lock:
            self._ended = True
            loop, stop = self._loop, self._stop
        if loop is not None and stop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(stop.set)
        self._joined()

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._ended:
            raise RemoteUnavailable("unreachable", "The connection to the SMS centre was closed")
        if self._loop is None or self._loop.is_closed():
            up = threading.Event()
            # an event loop lives as long as the account is connected: no task ends it
            thread = threading.Thread(  # noqa: TID251
                target=lambda: asyncio.run(self._main(up)), name="smpp", daemon=True
            )
            thread.start()
            self._joined = thread.join
            up.wait()
        assert self._loop is not None
        return self._loop

    async def _main(self, up: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._keeper = Keeper(self._keep)
        self._binding = Binding(self._opened, self._keeper, self._timing)
        up.set()
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(self._keeper.run()), tasks.create_task(self._binding.upkeep())]
            await self._stop.wait()
            await self._binding.close()
            for task in running:
                task.cancel()
