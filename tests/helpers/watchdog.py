"""Watches the window's thread: who asks the store or the network there, and how long it works without a breath."""

from __future__ import annotations

import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractEventDispatcher

from campaign_app.storage.engine import Database

LIMIT_MS = 50.0


@dataclass
class Watched:
    """`asked` are stacks of forbidden calls; `passes` the milliseconds of own work of each pass of the event loop."""

    asked: list[str] = field(default_factory=list)
    passes: list[float] = field(default_factory=list)
    notes: list[tuple[float, str]] = field(default_factory=list)
    doing: str = ""

    @property
    def worst(self) -> float:
        return max(self.passes, default=0.0)


@contextmanager
def watchdog() -> Iterator[Watched]:
    """Time is the thread's own processor time: a busy machine does not make the window slow."""
    watched = Watched()
    main = threading.get_ident()
    with (
        _forbidden(watched, main, Database, ("read", "write", "write_much")),
        _forbidden(watched, main, socket.socket, ("connect",)),
    ):
        dispatcher = QAbstractEventDispatcher.instance()
        assert dispatcher is not None
        began: list[float] = []

        def awake() -> None:
            began[:] = [time.thread_time()]

        def asleep() -> None:
            if began:
                spent = (time.thread_time() - began.pop()) * 1000
                watched.passes.append(spent)
                if spent > LIMIT_MS:
                    watched.notes.append((spent, watched.doing))

        dispatcher.awake.connect(awake)
        dispatcher.aboutToBlock.connect(asleep)
        try:
            yield watched
        finally:
            dispatcher.awake.disconnect(awake)
            dispatcher.aboutToBlock.disconnect(asleep)


@contextmanager
def _forbidden(watched: Watched, main: int, owner: type, names: tuple[str, ...]) -> Iterator[None]:
    real = {name: getattr(owner, name) for name in names}

    def guarded(call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(self: Any, *args: Any, **kwargs: Any) -> Any:
            if threading.get_ident() == main:
                watched.asked.append("".join(traceback.format_stack(limit=8)[:-1]))
            return call(self, *args, **kwargs)

        return wrapper

    for name, call in real.items():
        setattr(owner, name, guarded(call))
    try:
        yield
    finally:
        for name, call in real.items():
            setattr(owner, name, call)
