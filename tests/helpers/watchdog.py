"""Watches the window's thread: who asks store, network or processes there, and how long it works without a breath.

Time is the thread's own processor time: waiting for a busy machine does not make the window slow. Where others crowd
the same core the same work takes more of it: a slow turn is measured against a fixed piece of work, done right after it
and compared with the fastest that this was in the run. A turn is all that is done between two looks of the event loop
for events, by whatever is called there: slots, paints, timers, the collection of garbage, and the driving of the test.
"""

from __future__ import annotations

import gc
import signal
import socket
import subprocess
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, Final

from PySide6.QtCore import QAbstractEventDispatcher

from campaign_app.storage.engine import Database

# 50 is the aim; one machine took from 37 to 100 for one page, of which the fixed piece of work told nothing
LIMIT_MS: Final = 200.0
SAMPLE_SECONDS: Final = 0.005
KEPT: Final = 20  # of the longest turns


@dataclass(frozen=True)
class Turn:
    """`stacks` are what the thread was seen at, most often first, each with the share of times it was.

    `known` is what the fixed piece of work took then, in seconds.
    """

    spent_ms: float
    known: float
    doing: str
    stacks: tuple[str, ...]


@dataclass
class Watched:
    """`asked` are stacks of forbidden calls; `turns` how many turns there were, `longest` the longest of them.

    `fastest` is the least that the fixed piece of work took. It counts for turns before it, too: a run may begin on a
    slow core.
    """

    asked: list[str] = field(default_factory=list)
    fastest: float = float("inf")
    turns: int = 0
    longest: list[Turn] = field(default_factory=list)
    doing: str = ""

    @property
    def slow(self) -> list[Turn]:
        return [turn for turn in self.longest if turn.spent_ms / self._crowded(turn) > LIMIT_MS]

    def told(self, turn: Turn) -> str:
        head = f"{turn.spent_ms:.0f} ms on a core {self._crowded(turn):.1f} times as slow as at best, {turn.doing}"
        return "\n    ".join((head, *turn.stacks))

    def _crowded(self, turn: Turn) -> float:
        """By how much slower than at its fastest the thread was then."""
        return turn.known / self.fastest

    def add(self, turn: Turn) -> None:
        self.longest = sorted([*self.longest, turn], key=lambda each: -each.spent_ms)[:KEPT]


@contextmanager
def watchdog(watched: Watched | None = None) -> Iterator[Watched]:
    watched = watched or Watched()
    main = threading.get_ident()
    gc.collect()
    gc.freeze()  # what other tests left behind is nothing that a window would have to look through
    with (
        _forbidden(watched, main, Database, ("read", "write", "write_much")),
        _forbidden(watched, main, socket.socket, ("connect",)),
        _forbidden(watched, main, subprocess.Popen, ("__init__", "wait", "communicate")),
        _timed(watched),
    ):
        yield watched


@contextmanager
def _timed(watched: Watched) -> Iterator[None]:
    """A dispatcher tells when it is about to wait and when it wakes; which of them ends the work differs among them.

    Waiting costs no processor time, so that what lies between any two of these signals is work.
    """
    dispatcher = QAbstractEventDispatcher.instance()
    assert dispatcher is not None
    seen: Counter[str] = Counter()
    watched.fastest = min(_known_work() for _ in range(20))
    began = time.thread_time()

    def turned() -> None:
        nonlocal began
        spent = (time.thread_time() - began) * 1000
        watched.turns += spent > 0
        if len(watched.longest) < KEPT or spent > watched.longest[-1].spent_ms:
            works = sorted(_known_work() for _ in range(5))
            watched.fastest = min(watched.fastest, works[0])
            watched.add(Turn(spent, works[2], watched.doing, _told(seen)))
        seen.clear()
        began = time.thread_time()

    dispatcher.awake.connect(turned)
    dispatcher.aboutToBlock.connect(turned)
    try:
        with _sampled(seen):
            yield
    finally:
        turned()
        dispatcher.awake.disconnect(turned)
        dispatcher.aboutToBlock.disconnect(turned)


def _known_work() -> float:
    began = time.thread_time()
    sum(number * number for number in range(5_000))
    return time.thread_time() - began


@contextmanager
def _sampled(seen: Counter[str]) -> Iterator[None]:
    """Notes every few milliseconds of work where this thread is.

    By a signal, which Python handles on this thread: looking at it from another one would have its objects die there.
    """

    def look(_number: int, frame: FrameType | None) -> None:
        seen[_path(frame)] += 1

    signal.signal(signal.SIGPROF, look)
    signal.siginterrupt(signal.SIGPROF, False)
    signal.setitimer(signal.ITIMER_PROF, SAMPLE_SECONDS, SAMPLE_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, signal.SIG_IGN)  # one may still be on its way, and would end the program


def _path(frame: FrameType | None) -> str:
    """The calls within the program, innermost first."""
    calls: list[str] = []
    while frame is not None and len(calls) < 6:
        _, own, place = frame.f_code.co_filename.rpartition("campaign_app/")
        if own:
            calls.append(f"{place}:{frame.f_lineno} {frame.f_code.co_name}")
        frame = frame.f_back
    return " < ".join(calls) or "not in the program"


def _told(seen: Counter[str]) -> tuple[str, ...]:
    now = Counter(dict(seen))  # a signal may come while this is written
    return tuple(f"{count * 100 // now.total()}% {path}" for path, count in now.most_common(5))


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
