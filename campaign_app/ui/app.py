"""The windowed program: paints first, opens the workspace after that, and leaves nothing behind."""

from __future__ import annotations

import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QEvent, QLibraryInfo, QObject, QSocketNotifier, Qt, QTimer, QTranslator
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from campaign_app import assets
from campaign_app.ui.crash import Crashes
from campaign_app.ui.desk import Desk, Way
from campaign_app.ui.kit import Kit
from campaign_app.ui.messages import Messages
from campaign_app.ui.pages.shell import Shell
from campaign_app.ui.prefs import Prefs, default_folder
from campaign_app.ui.tasks import Tasks
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.viewmodels.jobs import Jobs
from campaign_app.ui.viewmodels.session import Plan, Session, SessionState
from campaign_app.words import Words, load

FIRST_PAGE: Final = "overview"
# how long background work may keep the interpreter from the window's thread; Python's own 5 ms can be felt in typing
SWITCH_SECONDS: Final = 0.0005
_MINIMISED: Final = Qt.WindowState.WindowMinimized


class Application(QObject):
    """Everything of one window; `start` after construction, `shut` before the end."""

    def __init__(self, qt: QApplication, plan: Plan, prefs: Prefs, tasks: Tasks | None = None) -> None:
        super().__init__()
        self._qt = qt
        self._languages: list[QTranslator] = []
        self.tasks = tasks or Tasks(self)
        theme = Theme(qt, prefs.theme, self)
        self.kit = Kit(theme, self.tasks, Messages(self._words, self), prefs)
        self.session = Session(plan, self.tasks, self)
        self.desk: Desk | None = None
        self.crashes = Crashes(self)
        self._translate()
        self.shell = self._shell()
        self.tasks.failed.connect(self.kit.messages.error)
        self.tasks.crashed.connect(self.crashes.tell)
        self.crashes.happened.connect(self._show_crash)
        self.session.changed.connect(self._session_changed)
        prefs.language_changed.connect(self._rebuild)

    def start(self) -> None:
        """Shows the window; the workspace is opened once it is painted."""
        self.crashes.watch()
        self.shell.show()
        QTimer.singleShot(0, self.session.open)

    def bring_to_front(self) -> None:
        self.shell.setWindowState(self.shell.windowState() & ~_MINIMISED)
        self.shell.show()
        self.shell.raise_()
        self.shell.activateWindow()

    def shut(self) -> None:
        """In this order: what is seen, background work, the worker and whatever else was started."""
        self.shell.hide()
        if self.desk is not None:
            self.desk.jobs.stop()
        self.tasks.finish()
        self.session.close()
        self.kit.prefs.save()
        self.crashes.release()
        self.shell.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def _words(self) -> Words:
        return load(self.kit.prefs.language)

    def _shell(self) -> Shell:
        shell = Shell(self.kit, self.session)
        shell.closing.connect(self._closing)
        known = self.kit.prefs.bytes("geometry")
        if not known.isEmpty():
            shell.restoreGeometry(known)
        return shell

    def _session_changed(self, state: SessionState) -> None:
        if state.phase == "open" and self.desk is None and state.app is not None:
            self.desk = Desk(self.kit, state.app, Jobs(state.app, self.tasks, self), self.session, Way(self))
            self.shell.attach(self.desk)
            self.shell.go(FIRST_PAGE)

    def _rebuild(self) -> None:
        """Another language: the window is built anew where it stands."""
        self._translate()
        former, self.shell = self.shell, self._shell()
        self.shell.setGeometry(former.geometry())
        if self.desk is not None:
            self.shell.attach(self.desk)
            self.shell.go(former.current or FIRST_PAGE)
        self.shell.show()
        former.hide()
        former.deleteLater()

    def _translate(self) -> None:
        for known in self._languages:
            self._qt.removeTranslator(known)
        language = self.kit.prefs.language
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        self._languages = [QTranslator(self), QTranslator(self)]
        found = [self._languages[0].load(f"qtbase_{language}", folder)]
        # the words in the code are Chinese: only other languages have a file of ours
        found.append(language != "zh_CN" and self._languages[1].load(str(assets.path("i18n", f"{language}.qm"))))
        for translator, loaded in zip(self._languages, found, strict=True):
            if loaded:
                self._qt.installTranslator(translator)

    def _show_crash(self, report: str) -> None:
        from campaign_app.ui.pages.crash_dialog import CrashDialog

        CrashDialog(report, self.shell).open()

    def _closing(self) -> None:
        self._qt.exit(0)


def main(folder: Path | None, demo_customers: int | None) -> int:
    """Runs the window to its end; returns the exit status. A demo's workspace is thrown away after it."""
    if demo_customers is None:
        from campaign_app import bootstrap

        return _run(Plan(folder or bootstrap.default_folder()))
    with tempfile.TemporaryDirectory(prefix="campaign-app-demo-", ignore_cleanup_errors=True) as made:
        return _run(Plan(Path(made), demo_customers))


def _run(plan: Plan) -> int:
    sys.setswitchinterval(SWITCH_SECONDS)
    qt = QApplication(sys.argv[:1])
    qt.setApplicationName("campaign_app")
    qt.setApplicationDisplayName("允发 Yunfa")
    qt.setDesktopFileName("campaign-app")
    qt.setQuitOnLastWindowClosed(False)
    qt.setWindowIcon(QIcon(str(assets.path("icons", "app.svg"))))
    from campaign_app.ui.single import Single, raise_other

    if not plan.demo and raise_other(plan.folder):
        return 0
    application = Application(qt, plan, Prefs(default_folder()))
    single = Single(plan.folder, application)
    single.raised.connect(application.bring_to_front)
    with _signals(qt):
        application.start()
        status = qt.exec()
    single.close()
    application.shut()
    return status


@contextmanager
def _signals(qt: QApplication) -> Iterator[None]:
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
