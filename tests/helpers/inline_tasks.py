"""The window's background work without threads."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QThreadPool

from campaign_app.ui.tasks import Tasks


class InlineTasks(Tasks):
    """Runs everything at once on the caller's thread."""

    def _start(self, pool: QThreadPool, job: Callable[[], None]) -> None:
        job()
