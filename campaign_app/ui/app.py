"""The windowed program: paints first, opens the workspace after that, and leaves nothing behind."""

from __future__ import annotations

import logging
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from platformdirs import user_log_path
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QTableView, QWidget

from campaign_app import assets, keeping, logs
from campaign_app.domain.errors import AppError, SettingsError
from campaign_app.ui.ahead import Ahead, everything, loads
from campaign_app.ui.crash import Crashes, no_display_told
from campaign_app.ui.desk import Desk, Way
from campaign_app.ui.garbage import Garbage
from campaign_app.ui.kit import Kit
from campaign_app.ui.languages import Languages
from campaign_app.ui.messages import Messages
from campaign_app.ui.pages.crash_dialog import CrashReports
from campaign_app.ui.pages.ending_note import EndingNote
from campaign_app.ui.pages.shell import Shell
from campaign_app.ui.prefs import Prefs, default_folder
from campaign_app.ui.program import Program
from campaign_app.ui.signals import ended_by_signals
from campaign_app.ui.single import Single, claim, mark_of
from campaign_app.ui.tasks import Tasks
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.viewmodels.session import Plan, Session, SessionState
from campaign_app.ui.widgets.ask import confirm
from campaign_app.ui.widgets.caret import carry_caret
from campaign_app.ui.widgets.tray import Tray
from campaign_app.words import Words, load, read_ahead

if TYPE_CHECKING:
    from subprocess import Popen

    from campaign_app.ui.pages.closing_dialog import ClosingDialog
    from campaign_app.ui.pages.end_notices import EndNotices
    from campaign_app.ui.viewmodels.closing import Leaving

_log = logging.getLogger(__name__)
FIRST_PAGE: Final = "overview"
# how long background work may keep the interpreter from the window's thread; Python's own 5 ms can be felt in typing
SWITCH_SECONDS: Final = 0.0005
_MINIMISED: Final = Qt.WindowState.WindowMinimized


class Application(QObject):
    """Everything of one window; `start` after construction, `shut` before the end. `looked`: at it, or away."""

    looked = Signal()

    def __init__(
        self,
        qt: QApplication,
        plan: Plan,
        prefs: Prefs,
        tasks: Tasks | None = None,
        has_tray: Callable[[], bool] = Tray.available,
    ) -> None:
        super().__init__()
        self._qt, self.has_tray = qt, has_tray
        self._languages = Languages(qt, self)
        self.tasks = tasks or Tasks(self)
        theme = Theme(qt, prefs.theme, self)
        self.kit = Kit(theme, self.tasks, Messages(self._words, self), prefs)
        self.session = Session(plan, self.tasks, self)
        self.desk: Desk | None = None
        self.notices: EndNotices | None = None
        self.single: Single | None = None
        self.crashes = Crashes(self)
        self.garbage = Garbage(self)
        self.ahead = Ahead(self)
        self._languages.use(prefs.language)
        qt.applicationStateChanged.connect(self.looked)
        self.closing = Closing(self)
        self.shell = self._shell()
        theme.dress(self.closing.tray.menu)
        self.reports = CrashReports(self.kit.messages, lambda: self.shell, self)
        self.tasks.failed.connect(self.kit.messages.error)
        self.tasks.crashed.connect(self.crashes.tell)
        # never in the midst of a painting, and always on this thread
        self.crashes.happened.connect(self.reports.tell, Qt.ConnectionType.QueuedConnection)
        self.session.changed.connect(self._session_changed)
        prefs.language_changed.connect(self._rebuild)

    def start(self) -> None:
        """Shows the window; the workspace is opened once it is painted."""
        self.shell.place(self.kit.prefs.bytes("geometry"))
        self.crashes.watch()
        self.garbage.start()
        self.shell.show()
        QTimer.singleShot(0, self.session.open)
        # not before the first paint, and not on this thread: it takes longer than a turn may
        QTimer.singleShot(0, lambda: self.tasks.run(lambda _: read_ahead(), lambda _: None))

    def listen(self, single: Single) -> None:
        """Later starts for the same workspace bring this window to the front."""
        self.single = single
        single.raised.connect(self.bring_to_front)

    def bring_to_front(self) -> None:
        self.closing.tray.hide()
        self.shell.setWindowState(self.shell.windowState() & ~_MINIMISED)
        self.shell.show()
        self.shell.raise_()
        self.shell.activateWindow()

    def shut(self) -> None:
        """In this order: unsaved edits, what is seen, background work, the worker and whatever else was started."""
        self.ahead.stop()
        self.shell.flush()
        self.kit.prefs.put_bytes("geometry", self.shell.saveGeometry())
        self.closing.tray.release()
        self.shell.hide()
        if self.single is not None:
            self.single.close()
        if self.desk is not None:
            self.desk.jobs.stop()
        self.session.stop()
        ending = EndingNote()  # in the language that is removed now
        self._languages.clear()
        self.tasks.finish()
        self.session.close(ending.say)
        ending.close()
        self.closing.hand_over()
        self.kit.prefs.save()
        self.crashes.release()
        self.garbage.stop()
        self.shell.close_help()
        self.shell.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def _words(self) -> Words:
        return load(self.kit.prefs.language)

    def _shell(self) -> Shell:
        shell = Shell(self.kit, self.session)
        shell.closing.connect(self.closing.ask)
        return shell

    def _session_changed(self, state: SessionState) -> None:
        if state.phase == "open" and self.desk is None and state.app is not None:
            from campaign_app.ui.pages.end_notices import EndNotices
            from campaign_app.ui.viewmodels.jobs import Jobs

            self.desk = Desk(self.kit, state.app, Jobs(state.app, self.tasks, self), self.session, Way(self))
            self.shell.attach(self.desk)
            self.notices = EndNotices(self.desk, self.closing.tray, self.has_tray, self.bring_to_front)
            self.looked.connect(self.notices.looked)
            self._remember()
            first = loads(f"viewmodels.{FIRST_PAGE}", f"pages.{FIRST_PAGE}")
            steps = [*first, self._show_first, _warm, *loads(*everything()), self._prepare]
            self.ahead.begin([*steps, self.notices.take_up, self.garbage.settle])

    def _show_first(self) -> None:
        """Unless the user was quicker."""
        if not self.shell.current:
            self.shell.go(FIRST_PAGE)
            self.shell.navigation.buttons[FIRST_PAGE].setFocus()  # else the keyboard would be at the help

    def _prepare(self) -> None:
        self.shell.prepare_palette()

    def _remember(self) -> None:
        """Which workspace this window is for, now that it is open: for later starts and for the next one."""
        plan = self.session.plan
        if plan.demo:
            return
        if self.single is not None and self.single.folder != plan.folder:
            self.single.move(plan.folder)
        if plan.chosen:
            self.kit.prefs.workspace = plan.folder

    def _rebuild(self) -> None:
        """Another language: the window is built anew where it stands."""
        self._languages.use(self.kit.prefs.language)
        former, self.shell = self.shell, self._shell()
        self.shell.place(former.saveGeometry())
        self.shell.notices.take(former.notices)
        self.shell.take_help(former)
        if self.desk is not None:
            self.shell.attach(self.desk)
            self.shell.go(former.current or FIRST_PAGE)
        self.shell.show()
        self._refocus(former)
        former.hide()
        former.deleteLater()

    def _refocus(self, former: Shell) -> None:
        """The keyboard stays where it was, not at the first page of the navigation."""
        focused = former.focusWidget()
        name = focused.objectName() if focused is not None else ""
        same = self.shell.findChildren(QWidget, name) if name else []
        found = next((each for each in same if each.isVisible()), None)
        if focused is not None and found is not None:
            found.setFocus()
            carry_caret(focused, found)

    def verify(self, file: str) -> None:
        """A file of evidence that the system hands to the running program."""
        from campaign_app.ui.pages.records_dialogs import CheckDialog
        from campaign_app.ui.viewmodels.records import CheckModel

        CheckDialog(self.kit, CheckModel(self.tasks, self), Path(file), self.shell).open()


class Closing(QObject):
    """Closing the window: asks where something is on its way; a second try while it looks closes at once."""

    def __init__(self, application: Application) -> None:
        super().__init__(application)
        self._application = application
        self._looking = False
        self._heir: Path | None = None  # the workspace whose worker is to go on after this window's
        self.heir: Popen[bytes] | None = None  # a worker that runs on where no system begins one
        self.dialog: ClosingDialog | None = None
        self.tray = Tray(QIcon(str(assets.path("icons", "app.svg"))), self)
        self.tray.opened.connect(application.bring_to_front)
        self.tray.left.connect(self.ask)

    def ask(self) -> None:
        """What pages have not saved yet is saved first; then campaigns are looked at, in the background."""
        from campaign_app.ui.viewmodels.closing import leaving

        known = self._application
        app = known.session.state.app
        if app is None or self._looking:
            self._leave()
            return
        self._looking = True
        known.shell.flush()
        known.tasks.write(lambda _: leaving(app), self._found, failed=lambda _: self._leave(), owner=self)

    def _found(self, found: Leaving) -> None:
        from campaign_app.ui.pages.closing_dialog import ClosingDialog

        self._looking = False
        if self._application.shell.unkept() and not self._lose():
            return
        for page in self._application.shell.unsaved():
            self._application.bring_to_front()
            if not page.drops():
                return
        if not found.campaigns:
            self._leave()
            return
        known = self._application
        known.bring_to_front()
        self.dialog = ClosingDialog(
            found.campaigns,
            tray=known.has_tray(),
            demo=known.session.plan.demo,
            own_worker=known.session.state.own_worker,
            login=found.login,
            why_not=known.kit.words.error,
            parent=known.shell,
        )
        self.dialog.finished.connect(self._chosen)
        self.dialog.finished.connect(self.dialog.deleteLater)
        self.dialog.open()

    def _lose(self) -> bool:
        """Saving was tried a moment ago, and failed."""
        self._application.bring_to_front()
        return confirm(
            self._application.shell,
            self.tr("有改动没有存下来"),
            self.tr("现在关闭会丢掉它们。返回后请先排除原因，例如清理磁盘，再点“重试”。"),
            yes=self.tr("放弃并关闭"),
            no=self.tr("返回"),
            danger=True,
        )

    def _chosen(self, choice: int) -> None:
        from campaign_app.ui.pages.closing_dialog import Choice

        self.dialog = None
        if choice == Choice.LEAVE:
            self._leave()
        elif choice == Choice.WORKER:
            self._bequeath()
        elif choice == Choice.STAY_HIDDEN and self._application.has_tray():
            self.tray.show()
            self._application.shell.hide()
        elif choice == Choice.STAY_HIDDEN:
            self._application.shell.showMinimized()

    def _bequeath(self) -> None:
        """What fails leaves the window as it is; only a worker that ends with it needs an heir at once."""
        from campaign_app import logins

        known, app = self._application, self._application.session.state.app
        if app is None:
            return

        def done(_: None) -> None:
            self._heir = app.workspace.folder if known.session.state.own_worker else None
            self._leave()

        known.tasks.write(
            lambda _: logins.turn_on(app, actor="window"), done, failed=known.kit.messages.error, owner=self
        )

    def hand_over(self) -> None:
        """Once this window's own worker has ended: there is never more than one of a workspace on a computer."""
        from campaign_app import logins

        folder, self._heir = self._heir, None
        if folder is not None:
            try:
                self.heir = logins.begin(folder)
            except AppError as error:  # nobody looks any more; it starts at the next login
                _log.error("the worker was not begun: %s", error)

    def _leave(self) -> None:
        QCoreApplication.exit(0)


def main(folder: Path | None, demo_customers: int | None) -> int:
    """Runs the window to its end; returns the exit status. A demo's workspace is thrown away after it."""
    if demo_customers is None:
        return _run(lambda prefs: _plan(folder, prefs))
    with tempfile.TemporaryDirectory(prefix="campaign-app-demo-", ignore_cleanup_errors=True) as made:
        try:
            return _run(lambda _: Plan(Path(made), demo_customers))
        finally:
            logs.configure(logging.INFO)  # Windows deletes no file that is open, and the log lies there


def _warm() -> None:
    """PySide completes its classes when they are first used: the first table takes longer than a page of widgets."""
    view = QTableView()
    view.viewport()
    view.deleteLater()


def _plan(folder: Path | None, prefs: Prefs) -> Plan:
    """The workspace that was asked for, or the one of the last time, or the usual one.

    Where that of the last time is gone no other takes its place: it would know nothing of who opted out there.
    """
    if folder is None and prefs.workspace is not None:
        return Plan(prefs.workspace.absolute(), known=True)
    return Plan((folder or keeping.default_folder()).absolute())


def _run(planned: Callable[[Prefs], Plan]) -> int:
    sys.setswitchinterval(SWITCH_SECONDS)
    with no_display_told():
        qt = Program()
    qt.setQuitOnLastWindowClosed(False)
    prefs = Prefs(default_folder())
    plan = planned(prefs)
    single = claim(plan.folder)
    if single is None:
        return 0
    told = _log_to_file(plan)
    application = Application(qt, plan, prefs)
    application.listen(single)
    qt.opened.connect(application.verify)
    with ended_by_signals(qt):
        application.start()
        if told is not None:
            application.kit.messages.error(told)
        status = qt.exec()
    application.shut()
    return status


def _log_to_file(plan: Plan) -> AppError | None:
    """Each workspace's window has a log of its own; a demo's goes with its folder. Without one the window opens too."""
    folder = plan.folder if plan.demo else user_log_path("campaign_app", appauthor=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        logs.configure(logging.INFO, folder / f"window-{mark_of(plan.folder)}.log")
    except OSError as error:
        logs.configure(logging.INFO)
        return SettingsError("log_file", str(error.strerror))
    except SettingsError as error:
        logs.configure(logging.INFO)
        return error
    return None
