"""Bugs: caught wherever they appear, logged, and shown with a report in which nothing personal can be read."""

from __future__ import annotations

import sys
import traceback
from types import TracebackType
from typing import Final

from PySide6.QtCore import QObject, Signal, qVersion

from campaign_app import logs

NAME: Final = "campaign-app"


class Crashes(QObject):
    """Takes over `sys.excepthook` between `watch` and `release`; `happened` carries a masked report."""

    happened = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._former = sys.excepthook

    def watch(self) -> None:
        self._former = sys.excepthook
        sys.excepthook = self._hook

    def release(self) -> None:
        sys.excepthook = self._former

    def tell(self, error: BaseException) -> None:
        """A bug that was caught elsewhere, such as in background work."""
        self.happened.emit(report(error))

    def _hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self._former(kind, error, trace)
        if not issubclass(kind, KeyboardInterrupt):
            self.happened.emit(report(error))


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
