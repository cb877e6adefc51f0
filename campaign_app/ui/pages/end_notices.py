"""Notices of the system where work that took long ends while nobody looks at the window."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from campaign_app.ui.desk import Desk
from campaign_app.ui.viewmodels.ends import Ended, Ends
from campaign_app.ui.widgets.tray import Tray


class EndNotices(QObject):
    """A click on one calls `front` and goes to where the work can be seen."""

    def __init__(self, desk: Desk, tray: Tray, has_tray: Callable[[], bool], front: Callable[[], None]) -> None:
        super().__init__(desk.session)
        self._desk, self._tray, self._has_tray, self._front = desk, tray, has_tray, front
        self._ended: Ended | None = None
        self.ends = Ends(desk.app, desk.kit.tasks, desk.jobs, _active, time.monotonic, self)
        self.ends.told.connect(self.tell)
        tray.followed.connect(self._follow)

    def tell(self, ended: Ended) -> None:
        if not self._has_tray():
            return
        self._ended = ended
        work = self._desk.kit.words.term("job", ended.kind)
        about = self.tr("{}“{}”").format(work, ended.name) if ended.name else work
        said = self.tr("{}已结束。") if ended.done else self.tr("{}没有完成，打开允发查看原因。")
        self._tray.tell(said.format(about))

    def take_up(self) -> None:
        """An import that an earlier window began: its end is told in this one."""
        from campaign_app.ui.pages.customers import import_of

        import_of(self._desk).take_up()

    def looked(self) -> None:
        """The program got the keyboard, or lost it."""
        if _active():
            self._tray.calm()

    def _follow(self) -> None:
        ended = self._ended
        self._front()
        if ended is not None:
            self._desk.way.to(ended.page, ended.what)


def _active() -> bool:
    """A dialog of the window counts."""
    return QApplication.activeWindow() is not None
