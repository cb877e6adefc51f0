"""The main window: navigation, the notice bar, and the page that is shown."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QByteArray, QRect, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QShowEvent
from PySide6.QtWidgets import QLabel, QMainWindow, QProgressBar, QSizePolicy, QStackedWidget, QWidget

from campaign_app.ui import show
from campaign_app.ui.desk import Desk
from campaign_app.ui.kit import Kit
from campaign_app.ui.messages import translate
from campaign_app.ui.pages.building import builder
from campaign_app.ui.pages.gate import Gate
from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.viewmodels.session import Session, SessionState
from campaign_app.ui.widgets.actions import action
from campaign_app.ui.widgets.area import Area
from campaign_app.ui.widgets.basics import column, label, room, row, show_if
from campaign_app.ui.widgets.navigation import Navigation, Place
from campaign_app.ui.widgets.notice_bar import NoticeBar
from campaign_app.ui.widgets.page import Page
from campaign_app.ui.widgets.pill import Pill
from campaign_app.ui.widgets.reading import Enter, enter, step

if TYPE_CHECKING:
    from campaign_app.domain.ports import Job
    from campaign_app.domain.team import Role
    from campaign_app.ui.pages.command_palette import CommandPalette
    from campaign_app.ui.pages.help_window import HelpWindow

LEAST: Final = QSize(1024, 700)
LEAST_PAGE: Final = QSize(680, 400)  # of which on a smaller screen a part is seen
FIRST: Final = QSize(1280, 800)
AWAY: Final = "worker_elsewhere"
ROLES: Final = "roles"  # of what is told where this login has others by now
TITLE: Final = 40  # of the top, of which something must be on a screen
BY_THE_CLOCK: Final = frozenset({"poll", "tell", "changes"})  # all day long: no news to anybody


class _Pages(QStackedWidget):
    """Where pages are scrolled, one is as high as it needs to be: as high as it would like to be, it would be cut."""

    def heightForWidth(self, _width: int) -> int:  # noqa: N802
        page = self.currentWidget()
        return max(self.least(), 0 if page is None else page.minimumSizeHint().height())

    def least(self) -> int:
        """A page that scrolls by itself needs no second scroll bar beside it."""
        page = self.currentWidget()
        return 0 if isinstance(page, Page) and page.scrolls else LEAST_PAGE.height()


class Shell(QMainWindow):
    """Built anew when the language changes: what the user was doing is kept by the view models of the desk."""

    closing = Signal()

    def __init__(self, kit: Kit, session: Session) -> None:
        super().__init__()
        self.setObjectName("shell")
        # which Windows and X11 put behind every title that does not end with it
        program = QGuiApplication.applicationDisplayName()
        self.setWindowTitle(self.tr("演示 — {}").format(program) if session.plan.demo else program)
        Enter(self)
        self.setMinimumSize(LEAST)
        self.resize(FIRST)
        self._kit, self._session = kit, session
        self._desk: Desk | None = None
        self._pages: dict[str, Page] = {}
        self._missed: frozenset[str] = frozenset()  # of what was done while nobody saw the window
        self.palette_of_commands: CommandPalette | None = None
        self.current = ""
        self.help: HelpWindow | None = None
        self._revived, self._roles = session.state.revived, session.state.roles
        self.navigation = Navigation(kit.theme, self.tr("允发"), self._places())
        self.navigation.chosen.connect(self.go)
        self.navigation.help.clicked.connect(lambda _=False: self.show_help())
        self.notices = NoticeBar(kit)
        self.stack = _Pages()
        self.scrolled: Area | None = None
        self.gate = Gate(kit, session)
        self.stack.addWidget(self.gate)
        self.navigation.keyed.connect(self._enter)
        body = QWidget()
        parts = [self._demo_bar()] if session.plan.demo else []
        # below the page: what comes and goes by itself moves no row from under the mouse
        self._body = column(*parts, self.stack, self.notices, space=0, stretch=len(parts))
        body.setLayout(self._body)
        centre = QWidget()
        centre.setLayout(row(self.navigation, body, space=0, stretch=1))
        self.setCentralWidget(centre)
        self._palette_action = action(self, "window.palette", self.find_command)
        self._help_action = action(self, "window.help", self.show_help)
        self._sheet_action = action(self, "window.shortcuts", self.show_shortcuts)
        self._status()
        session.changed.connect(self._session_changed)
        self._session_changed(session.state)
        kit.theme.dress(self)

    def attach(self, desk: Desk) -> None:
        """The workspace is open: from here on pages can be built."""
        self._desk = desk
        self.navigation.open_up(on=True)
        desk.jobs.changed.connect(self._jobs_changed)
        desk.jobs.back.connect(self._back)
        desk.jobs.news.connect(self._renew)
        desk.way.went.connect(self._went)

    def go(self, key: str) -> None:
        """Shows a page; it is built the first time it is wanted."""
        if self._desk is None:
            return
        page = self._pages.get(key)
        if page is None:
            page = self._pages[key] = builder(key)(self._desk)
            self.stack.addWidget(page)
        self.current = key
        if self.palette_of_commands is not None:
            self.palette_of_commands.view.close_palette()
        self.navigation.choose(key)
        self.stack.setCurrentWidget(page)
        page.shown()

    def _renew(self, kinds: frozenset[str]) -> None:
        """The others look when somebody comes to them; this one, while the window is in the tray, once it is back."""
        page = self._pages.get(self.current)
        if page is not None and page.isVisible():
            page.renew(kinds)
        elif not self.isVisible():
            self._missed |= kinds

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        missed, self._missed = self._missed, frozenset()
        if missed:
            self._renew(missed)

    def _enter(self) -> None:
        """Whoever chose a page by its keys goes on there."""
        shown = self.stack.currentWidget()
        enter(shown, shown.begins() if isinstance(shown, Page) else None)

    def find_command(self) -> None:
        """Opens the command palette, or closes it; there is nothing to go to before a workspace is open."""
        if self._desk is not None:
            self.prepare_palette().toggle()

    def prepare_palette(self) -> CommandPalette:
        """Built before it is wanted, so that it opens within a frame."""
        if self.palette_of_commands is None:
            from campaign_app.ui.pages.command_palette import CommandPalette

            assert self._desk is not None
            self.palette_of_commands = CommandPalette(
                self._desk,
                self,
                self._places(),
                lambda: self._pages.get(self.current),
                (self._help_action, self._sheet_action),
            )
        return self.palette_of_commands

    def show_help(self, place: str = "") -> None:
        """Opens the manual at a place (`ui.help_places`), or where it speaks of what is shown."""
        if self.help is None:
            from campaign_app.ui.pages.help_window import HelpWindow

            self.help = HelpWindow(self._kit)
        self.help.show_place(place or self._place())

    def take_help(self, former: Shell) -> None:
        """The manual stays open where it was, in the language of now."""
        if former.help is not None and former.help.isVisible():
            from campaign_app.ui.pages.help_window import HelpWindow

            self.help = HelpWindow(self._kit)
            self.help.setGeometry(former.help.geometry())
            self.help.show_chapter(former.help.shown[0])
            self.help.show()
        former.close_help()

    def close_help(self) -> None:
        if self.help is not None:
            self.help.close()
            self.help.deleteLater()
            self.help = None

    def _place(self) -> str:
        page = self._pages.get(self.current)
        return "gate" if page is None or self.stack.currentWidget() is self.gate else page.place() or self.current

    def show_shortcuts(self) -> None:
        from campaign_app.ui.pages.shortcut_sheet import ShortcutSheet

        sheet = ShortcutSheet(self)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.open()

    def page(self, key: str) -> Page:
        self.go(key)
        return self._pages[key]

    def place(self, known: QByteArray) -> None:
        """Where the window was the last time, unless no screen is there any more; never larger than its screen."""
        self.setMinimumSize(LEAST.boundedTo(room(self)))
        if self.minimumSize() != LEAST and self.scrolled is None:
            self._scroll_pages()
        if known.isEmpty() or not self.restoreGeometry(known):
            self._begin()
            return
        title = QRect(self.geometry().topLeft(), QSize(self.width(), TITLE))
        if not any(screen.availableGeometry().intersects(title) for screen in QGuiApplication.screens()):
            self._begin()
            self.move(QGuiApplication.primaryScreen().availableGeometry().topLeft())

    def _scroll_pages(self) -> None:
        """The screen is too small for a page: its parts would lie upon each other."""
        area = self.scrolled = Area()
        area.setWidgetResizable(True)
        area.setFrameShape(Area.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._body.replaceWidget(self.stack, area)
        self.stack.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.stack.setMinimumWidth(LEAST_PAGE.width())
        self._show_top()
        area.setWidget(self.stack)
        self.stack.currentChanged.connect(lambda _: self._show_top())

    def _show_top(self) -> None:
        if self.scrolled is not None:
            self.stack.setMinimumHeight(self.stack.least())
            self.scrolled.verticalScrollBar().setValue(0)

    def _begin(self) -> None:
        """A screen on which it would not be whole is filled."""
        self.resize(FIRST.boundedTo(room(self)))
        if self.size() != FIRST:
            self.setWindowState(Qt.WindowState.WindowMaximized)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """The application decides: something may still be on its way."""
        event.ignore()
        self.closing.emit()

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802, FBT001 as Qt has it
        return step(self, forward=forward)

    def flush(self) -> None:
        """Every page hands over what it has not saved yet."""
        for page in self._pages.values():
            page.flush()

    def unkept(self) -> bool:
        return any(page.unkept() for page in self._pages.values())

    def unsaved(self) -> list[Page]:
        return [page for page in self._pages.values() if page.unsaved()]

    def _went(self, key: str, what: object) -> None:
        page = self.page(key)
        if what is not None:
            page.open(what)

    def _places(self) -> tuple[Place, ...]:
        return (
            Place("overview", "overview", self.tr("概览")),
            Place("customers", "customers", self.tr("客户")),
            Place("campaigns", "campaigns", self.tr("活动")),
            Place("signatures", "signatures", self.tr("签名与模板")),
            Place("inbox", "inbox", self.tr("退订与投诉")),
            Place("compliance", "compliance", self.tr("合规")),
            Place("records", "records", self.tr("记录")),
            Place("settings", "settings", self.tr("设置")),
        )

    def _demo_bar(self) -> QLabel:
        made = label(
            self.tr("演示：客户和平台都是模拟的，不会发出任何短信；关闭窗口后全部删除。"), "small", name="demo_bar"
        )
        made.setContentsMargins(SPACE[5], 6, SPACE[5], 6)
        return made

    def _status(self) -> None:
        self.worker = Pill(self._kit.theme)
        self.who = label("", "small", name="status_who")
        self.zone = label(self.tr("所有时间都是北京时间"), "small", name="status_zone")
        show_if(self.zone, show.elsewhere())
        self.work = label("", "small", name="status_work")
        self.work.setContentsMargins(16, 0, 0, 0)
        self.progress = QProgressBar()
        self.progress.setFixedWidth(140)
        self.progress.setAccessibleName(self.tr("后台任务进度"))
        self.progress.hide()
        edge = QWidget()
        edge.setFixedWidth(SPACE[2])
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.addWidget(self.work, 1)
        bar.addPermanentWidget(self.progress)
        bar.addPermanentWidget(self.zone)
        bar.addPermanentWidget(self.who)
        bar.addPermanentWidget(self.worker)
        bar.addPermanentWidget(edge)

    def _session_changed(self, state: SessionState) -> None:
        words = {
            "": ("", "muted"),
            "starting": (self.tr("后台进程启动中"), "muted"),
            "running": (self.tr("后台进程运行中"), "ok"),
            "ended": (self.tr("后台进程已停止"), "block"),
            "away": (self.tr("没有后台进程在工作"), "warn"),
        }
        self.who.setText("" if state.app is None else show.who(self._kit.words, state.app.person))
        self.who.setVisible(bool(self.who.text()))
        self.worker.show_state(*words[state.worker])
        self.worker.setVisible(bool(state.worker))
        if state.worker == "ended" and state.error is not None:
            self._kit.messages.error(
                state.error, label=lambda: translate("Shell", "重新启动"), action=self._session.restart_worker
            )
        self._tell_of_worker(state)
        if state.roles != self._roles:
            self.notices.withdraw(ROLES)
            if state.roles is not None:
                self._kit.messages.warn(partial(_roles_changed, self._kit, state.roles), code=ROLES)
        self._roles = state.roles
        if state.revived > self._revived:
            self._revived = state.revived
            self._kit.messages.warn(
                lambda: translate("Shell", "后台进程意外停止，已自动重新启动；没做完的任务接着做，已发出的不会重发。")
            )
        if state.phase != "open":
            self.navigation.open_up(on=False)
            self.stack.setCurrentWidget(self.gate)

    def _back(self, troubles: frozenset[str]) -> None:
        """Whoever did something in vain meanwhile has to know it, also where they look only now: it stays."""
        for trouble in troubles:
            self.notices.withdraw(trouble)
        self._kit.messages.warn(
            lambda: translate("Shell", "刚才用不了工作区，现在已恢复。其间没有保存成功的操作，请再做一次。")
        )
        page = self._pages.get(self.current)
        if page is not None and page.isVisible():
            page.shown()  # what it could not read meanwhile

    def _tell_of_worker(self, state: SessionState) -> None:
        """That nobody is at work, for as long as it is so."""
        if state.worker != "away":
            self.notices.withdraw(AWAY)
        elif state.error is not None:
            error = state.error
            self._kit.messages.warn(lambda: self._kit.words.error(error), code=AWAY)

    def _jobs_changed(self, jobs: tuple[Job, ...]) -> None:
        shown = [job for job in jobs if job.kind not in BY_THE_CLOCK]
        self.progress.setVisible(bool(shown))
        if not shown:
            self.work.setText("")
            return
        job = shown[0]
        more = self.tr("，另有 %Ln 项", "", len(shown) - 1) if len(shown) > 1 else ""
        self.work.setText(f"{self._kit.words.term('job', job.kind)}{more}")
        self.progress.setRange(0, job.total)
        self.progress.setValue(job.progress)


def _roles_changed(kit: Kit, roles: frozenset[Role]) -> str:
    if not roles:
        return translate("Shell", "您在这个工作区已没有任何角色，不能再改动什么。请联系负责人。")
    said = translate("Shell", "您的角色已改为{}，页面还按原来的显示。请做完手上的事，关闭窗口再打开。")
    return said.format(kit.words.roles(sorted(roles)))
