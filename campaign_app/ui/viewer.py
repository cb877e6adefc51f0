"""One file of evidence in a window of its own, as a double click opens it: it is verified without any workspace."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt

from campaign_app import logs
from campaign_app.ui.crash import Crashes, no_display_told
from campaign_app.ui.kit import Kit
from campaign_app.ui.languages import Languages
from campaign_app.ui.messages import Messages
from campaign_app.ui.pages.crash_dialog import CrashReports
from campaign_app.ui.pages.records_dialogs import CheckDialog
from campaign_app.ui.prefs import Prefs, default_folder
from campaign_app.ui.program import Program
from campaign_app.ui.signals import ended_by_signals
from campaign_app.ui.tasks import Tasks
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.viewmodels.records import CheckModel
from campaign_app.words import load


class Viewer(QObject):
    """`dialog` shows the verdict once there is one; its end is the program's."""

    def __init__(self, qt: Program, prefs: Prefs, file: Path) -> None:
        super().__init__()
        self._languages = Languages(qt, self)
        self._languages.use(prefs.language)
        self._tasks = Tasks(self)
        theme = Theme(qt, prefs.theme, self)
        kit = Kit(theme, self._tasks, Messages(lambda: load(prefs.language), self), prefs)
        self.dialog = CheckDialog(kit, CheckModel(self._tasks, self), file)
        self._crashes, self._reports = Crashes(self), CrashReports(kit.messages, lambda: self.dialog, self)
        self._tasks.crashed.connect(self._crashes.tell)
        self._crashes.happened.connect(self._reports.tell, Qt.ConnectionType.QueuedConnection)
        self._crashes.watch()
        theme.dress(self.dialog)
        self.dialog.finished.connect(lambda _: qt.quit())
        self.dialog.show()

    def shut(self) -> None:
        self._tasks.finish()
        self._languages.clear()
        self._crashes.release()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def main(file: Path) -> int:
    """Runs the window to its end; returns the exit status."""
    logs.configure(logging.INFO)
    with no_display_told():
        qt = Program()
    viewer = Viewer(qt, Prefs(default_folder()), file.absolute())
    with ended_by_signals(qt):
        status = qt.exec()
    viewer.shut()
    return status
