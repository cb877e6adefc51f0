"""Bugs: caught wherever they appear, logged, and shown with a report in which nothing personal can be read."""

from __future__ import annotations

import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler, qVersion

from campaign_app import logs
from campaign_app.processes import NO_WINDOW

NAME: Final = "campaign-app"
_LEVELS: Final = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_NOISE: Final = ("This plugin does not support ",)  # a platform without windows, such as offscreen
qt_log = logging.getLogger("campaign_app.qt")


class Crashes(QObject):
    """Takes over the hooks for uncaught exceptions and Qt's messages between `watch` and `release`.

    `happened` carries a masked report; it may come from any thread and from the midst of a painting, so listen to it
    by a queued connection.
    """

    happened = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._former: tuple[Callable[..., Any], Callable[..., Any], Any] | None = None

    def watch(self) -> None:
        if self._former is None:
            messages = qInstallMessageHandler(log_qt_message)
            self._former = (sys.excepthook, threading.excepthook, messages)
            sys.excepthook, threading.excepthook = self._hook, self._thread_hook

    def release(self) -> None:
        if self._former is not None:
            sys.excepthook, threading.excepthook, messages = self._former
            qInstallMessageHandler(messages)
            self._former = None

    def tell(self, error: BaseException) -> None:
        """A bug that was caught elsewhere, such as in background work."""
        self.happened.emit(report(error))

    def _hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if self._former is not None:
            self._former[0](kind, error, trace)
        if not issubclass(kind, KeyboardInterrupt):
            self.happened.emit(report(error))

    def _thread_hook(self, args: threading.ExceptHookArgs) -> None:
        if self._former is not None:
            self._former[1](args)
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            self.happened.emit(report(args.exc_value))


@contextmanager
def no_display_told() -> Iterator[None]:
    """While the application is made, which Qt ends with words of its own where no window can be shown: ours instead."""
    messages = qInstallMessageHandler(_tell_fatal)
    try:
        yield
    finally:
        qInstallMessageHandler(messages)


def _tell_fatal(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    if kind is QtMsgType.QtFatalMsg:
        if sys.stderr is not None:
            sys.stderr.write(NO_WINDOW)
            sys.stderr.flush()
        os._exit(2)  # Qt would abort as this returns
    log_qt_message(kind, context, text)


def log_qt_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Qt's own words go to the log, masked like everything there."""
    level = logging.DEBUG if text.startswith(_NOISE) else _LEVELS.get(kind, logging.WARNING)
    qt_log.log(level, "%s", text)


def report(error: BaseException) -> str:
    """Versions and traceback, masked: numbers, tokens and keys cannot be read in it."""
    import platform

    head = [f"{NAME} {_version()}", f"Python {platform.python_version()}", f"Qt {qVersion()}", platform.platform()]
    return logs.mask("\n".join([*head, "", "".join(traceback.format_exception(error))]))


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(NAME)
    except PackageNotFoundError:  # a frozen build carries no metadata
        return "?"
