"""How fast TOP may be asked, and from when on again: limits are the app's, so that they outlive every client of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Event, Lock
from types import TracebackType
from typing import Final

from campaign_app.domain.errors import RemoteUnavailable
from campaign_app.domain.ports import Clock
from campaign_app.transport.kept import Bans, MadeOf
from campaign_app.transport.throttle import Slots

PATH: Final = "/router/rest"
_NONE_LEFT: Final = timedelta(0)


class TopLimits:
    """What TOP forbade for a time is not asked before that time is over: threads may share it.

    `bans` tells the workspace's other processes, by `name`.
    """

    def __init__(self, rate: float, *, bans: Bans | None = None, name: str = "") -> None:
        self.slots: Final = Slots(rate, monotonic=time.monotonic, wait=Event().wait)
        self._lock = Lock()
        self._not_before: datetime | None = None
        self._bans, self._name = bans, name

    def forbid(self, seconds: float, now: datetime) -> None:
        until = now + timedelta(seconds=seconds)
        with self._lock:
            self._not_before = until if self._not_before is None else max(until, self._not_before)
        if self._bans is not None:
            self._bans.forbid(self._name, now, until)

    def require_allowed(self, method: str, now: datetime) -> None:
        """Raises RemoteUnavailable("throttled")."""
        told = None if self._bans is None else self._bans.until(self._name, now)
        with self._lock:
            ends = [until for until in (self._not_before, told) if until is not None]
        left = max(ends) - now if ends else _NONE_LEFT
        if left > _NONE_LEFT:
            words = f"{method}: the platform asked not to be asked yet"
            raise RemoteUnavailable("throttled", words, retry_after=left.total_seconds(), what=method)


class Turn:
    """Implements `transport.throttle.Pace`: within the rate, and never while TOP forbids it, whoever was told so."""

    def __init__(self, limits: TopLimits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock

    def __enter__(self) -> None:
        """Raises RemoteUnavailable("throttled"). A ban may have come while somebody waited for their turn."""
        with ExitStack() as undo:
            undo.enter_context(self._limits.slots)
            self._limits.require_allowed(PATH, self._clock())
            undo.pop_all()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._limits.slots.__exit__(kind, error, traceback)


def limits_of(parts: MadeOf, base: str, app_key: str, rate: float) -> TopLimits:
    """Those of the app at this address, whoever asked before."""
    made: Callable[[object, TopLimits], TopLimits] = parts.shared.paces.setdefault
    name = "top." + sha256(f"{base} {app_key}".encode()).hexdigest()[:16]
    return made(("top", base, app_key, rate), TopLimits(rate, bans=parts.shared.bans, name=name))
