"""What a terminal or the system sends to end the program, while Python sleeps inside Qt."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from PySide6.QtCore import QCoreApplication, QSocketNotifier


@contextmanager
def ended_by_signals(qt: QCoreApplication) -> Iterator[None]:
    """A terminal's Ctrl+C and a system's SIGTERM end the window in order, though Python sleeps inside Qt."""
    reader, writer = socket.socketpair()
    for end in (reader, writer):
        end.setblocking(False)
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read)

    def woken(*_: Any) -> None:
        with suppress(BlockingIOError):
            reader.recv(64)

    notifier.activated.connect(woken)
    former = {number: signal.signal(number, lambda *_: qt.exit(0)) for number in (signal.SIGINT, signal.SIGTERM)}
    known = signal.set_wakeup_fd(writer.fileno())
    try:
        yield
    finally:
        signal.set_wakeup_fd(known)
        for number, handler in former.items():
            signal.signal(number, handler)
        notifier.setEnabled(False)
        reader.close()
        writer.close()
