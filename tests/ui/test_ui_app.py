"""The application around the pages: geometry, languages, closing, the tray, and edits that are not lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import keyring
import pytest
import shiboken6
from PySide6.QtCore import QByteArray, QPoint, QSettings, Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.credentials import KeychainKeeper, PassphraseKeeper, Scrypt
from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign, CampaignState
from campaign_app.domain.customer import Entity
from campaign_app.domain.errors import AppError, WorkspaceError
from campaign_app.ui.app import Application, Plan, _plan
from campaign_app.ui.pages.shell import FIRST, Shell
from campaign_app.ui.prefs import Prefs
from campaign_app.ui.tasks import Task
from campaign_app.ui.viewmodels.closing import OnItsWay, on_their_way

PHRASE = "一句只有我知道的话"
ENTITY = "91330100MA0MN00023"
MS = 30_000


@pytest.fixture(scope="module")
def phrased(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("phrased") / "workspace"
    with bootstrap.create_app(folder, PassphraseKeeper(PHRASE, Scrypt(n=2**10))) as app:
        app.workspace.accounts.add_entity(Entity(ENTITY, "安宁百货有限公司"))
    return folder


class Started:
    """An application on a workspace of its own, whose worker is no process."""

    def __init__(self, folder: Path, prefs: Prefs, qapp: QApplication, bot: QtBot, *, tray: bool) -> None:
        self.bot, self.exits = bot, list[int]()
        self.application = Application(qapp, Plan(folder), prefs, has_tray=lambda: tray)
        self.application.session._starter = lambda _: bootstrap.WorkerHandle(ExitStack(), None)
        self.application.closing._leave = lambda: self.exits.append(0)  # type: ignore[method-assign]

    def open(self) -> bootstrap.App:
        self.application.start()
        session = self.application.session
        self.bot.waitUntil(lambda: session.state.phase == "passphrase", timeout=MS)
        session.open(PHRASE)
        self.bot.waitUntil(lambda: session.state.worker == "running", timeout=MS)
        assert session.state.app is not None
        return session.state.app


Start = Callable[..., Started]


@pytest.fixture
def start(phrased: Path, tmp_path: Path, prefs: Prefs, qapp: QApplication, qtbot: QtBot) -> Iterator[Start]:
    made: list[Started] = []
    folder = Path(shutil.copytree(phrased, tmp_path / "own"))

    def begin(*, tray: bool = False) -> Started:
        made.append(Started(folder, prefs, qapp, qtbot, tray=tray))
        return made[-1]

    yield begin
    for each in made:
        if shiboken6.isValid(each.application.shell):
            each.application.shut()
    qapp.setStyleSheet("")


def add(app: bootstrap.App, name: str, state: CampaignState, hours: int) -> None:
    later = app.clock() + timedelta(hours=hours)
    made = app.workspace.campaigns.create(
        Campaign(0, name, ENTITY, "retail", Filter(), "安宁百货", "您好，拒收请回复R")
    )
    moved = replace(made, state=state, send_at=later, window_end=later + timedelta(hours=2))
    app.workspace.campaigns.update(moved, expected=CampaignState.DRAFT)


# --- closing ---------------------------------------------------------------------------------------------------------


def test_with_nothing_on_its_way_it_closes(start: Start, qtbot: QtBot) -> None:
    started = start()
    add(started.open(), "草稿", CampaignState.PAUSED, 1)
    started.application.shell.close()
    qtbot.waitUntil(lambda: started.exits == [0])
    assert started.application.closing.dialog is None


def test_a_window_whose_workspace_is_not_open_closes_at_once(start: Start) -> None:
    started = start()
    started.application.start()
    started.application.shell.close()
    assert started.exits == [0]


def asked(started: Started) -> QPushButton:
    """Closes the window; the question it asks, as its button for staying."""
    started.application.shell.close()
    closing = started.application.closing
    started.bot.waitUntil(lambda: closing.dialog is not None and closing.dialog.isVisible())
    assert closing.dialog is not None
    return closing.dialog.stay


def test_what_is_on_its_way_is_named_those_that_are_being_sent_first(start: Start) -> None:
    app = start().open()
    add(app, "晚些", CampaignState.SCHEDULED, 9)
    add(app, "早些", CampaignState.SCHEDULED, 3)
    add(app, "已停", CampaignState.PAUSED, 1)
    add(app, "正在", CampaignState.SENDING, 1)
    names = [(each.name, each.send_at is None) for each in on_their_way(app)]
    assert names == [("正在", True), ("早些", False), ("晚些", False)]
    assert isinstance(on_their_way(app)[0], OnItsWay)


def test_going_back_leaves_everything_as_it_is_and_asks_again(start: Start, qtbot: QtBot) -> None:
    started = start()
    add(started.open(), "双十一", CampaignState.SCHEDULED, 3)
    for _ in range(2):
        asked(started)
        dialog = started.application.closing.dialog
        assert dialog is not None
        assert "双十一" in " ".join(label.text() for label in dialog.findChildren(type(dialog.what)))
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        assert started.application.shell.isVisible()
    assert started.exits == []


@pytest.mark.expects_logs("campaign_app.qt")  # this platform has no tray to draw in
def test_in_the_tray_the_window_is_hidden_and_comes_back(start: Start, qtbot: QtBot) -> None:
    started = start(tray=True)
    add(started.open(), "双十一", CampaignState.SENDING, 3)
    stay = asked(started)
    assert "托盘" in stay.text()
    qtbot.mouseClick(stay, Qt.MouseButton.LeftButton)
    closing, shell = started.application.closing, started.application.shell
    assert not shell.isVisible()
    assert closing.tray.shown
    assert [action.text() for action in closing.tray.menu.actions()] == ["打开允发", "退出"]
    closing.tray.open_action.trigger()
    assert shell.isVisible()
    assert not closing.tray.shown
    qtbot.mouseClick(asked(started), Qt.MouseButton.LeftButton)
    closing.tray.leave_action.trigger()
    qtbot.waitUntil(lambda: closing.dialog is not None and closing.dialog.isVisible())
    assert shell.isVisible(), "leaving from the tray asks too, where it can be seen"
    assert closing.dialog is not None
    qtbot.mouseClick(closing.dialog.leave, Qt.MouseButton.LeftButton)
    assert started.exits == [0]


def test_without_a_tray_the_window_can_be_made_small(start: Start, qtbot: QtBot) -> None:
    started = start(tray=False)
    add(started.open(), "双十一", CampaignState.SENDING, 3)
    stay = asked(started)
    assert "托盘" not in stay.text()
    qtbot.mouseClick(stay, Qt.MouseButton.LeftButton)
    assert started.application.shell.isMinimized()
    started.application.bring_to_front()
    assert not started.application.shell.isMinimized()


def test_a_worker_that_is_not_the_windows_goes_on_and_it_says_so(start: Start) -> None:
    started = start()
    add(started.open(), "双十一", CampaignState.SENDING, 3)
    asked(started)  # its handle has no process: the worker is somebody else's
    dialog = started.application.closing.dialog
    assert dialog is not None
    assert "不影响发送" in dialog.what.text()


def test_edits_that_are_not_saved_are_saved_at_the_end(start: Start) -> None:
    started = start()
    app = started.open()
    page = started.application.shell.page("overview")
    saved: list[str] = []

    def flush() -> None:
        def save(task: Task) -> None:
            task.tick(0)
            app.policies.save({"batch_size": "77"}, actor="test")
            saved.append("saved")

        started.application.tasks.write(save, lambda _: None)

    page.flush = flush  # type: ignore[method-assign]
    started.application.shut()
    assert saved == ["saved"]


# --- geometry and languages ------------------------------------------------------------------------------------------


def test_the_geometry_is_written_at_the_end_and_not_while_the_window_is_resized(
    start: Start, prefs: Prefs, qtbot: QtBot
) -> None:
    started = start()
    started.open()
    for width in range(1100, 1200, 10):
        # the offscreen platform's screen is 800 pixels high and wide
        started.application.shell.resize(width, 740)
        QApplication.processEvents()
    assert prefs.bytes("geometry").isEmpty()
    started.application.shut()
    again = start()
    again.application.start()
    assert again.application.shell.height() == 740 != FIRST.height()


def test_a_geometry_that_is_on_no_screen_or_no_geometry_is_ignored(
    start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = start().application.shell
    shell.place(QByteArray(b"nonsense"))
    assert shell.size() == FIRST
    known = shell.saveGeometry()

    def far_away(self: Shell, _: QByteArray) -> bool:
        """A system that does not correct it by itself."""
        self.move(QPoint(90_000, 90_000))
        return True

    monkeypatch.setattr(Shell, "restoreGeometry", far_away)
    shell.place(known)
    assert any(screen.geometry().contains(shell.pos()) for screen in QApplication.screens())


def test_another_language_builds_the_window_anew_where_it_was(start: Start, prefs: Prefs, qtbot: QtBot) -> None:
    started = start()
    started.open()
    former = started.application.shell
    former.go("settings")
    prefs.language = "en"
    assert started.application.shell is not former
    assert started.application.shell.current == "settings"
    assert started.application.shell.isVisible()
    assert not former.isVisible()
    prefs.language = "zh_CN"
    assert started.application.shell.isVisible()


# --- what is remembered ----------------------------------------------------------------------------------------------


def test_what_is_remembered_is_there_again(tmp_path: Path, qapp: QApplication) -> None:
    first = Prefs(tmp_path)
    first.language, first.theme, first.workspace = "en", "dark", tmp_path / "我的工作区"
    first.put_bytes("geometry", QByteArray(b"abc"))
    first.save()
    again = Prefs(tmp_path)
    assert (again.language, again.theme, again.workspace) == ("en", "dark", tmp_path / "我的工作区")
    assert again.bytes("geometry").data() == b"abc"
    again.workspace = None
    assert again.workspace is None


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00garbage", b"[General]\nlanguage=klingon\ntheme=pink\nworkspace="]
)
def test_a_file_that_cannot_be_understood_is_the_defaults_again(
    tmp_path: Path, qapp: QApplication, content: bytes
) -> None:
    (tmp_path / "window.ini").write_bytes(content)
    prefs = Prefs(tmp_path)
    assert (prefs.language, prefs.theme, prefs.workspace) == ("zh_CN", "system", None)
    assert prefs.bytes("geometry").isEmpty()


def test_a_folder_that_cannot_be_written_does_no_harm(tmp_path: Path, qapp: QApplication) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    prefs = Prefs(tmp_path / "file" / "below")
    prefs.theme = "dark"
    prefs.save()
    assert prefs._stored.status() is not QSettings.Status.NoError


def test_the_workspace_of_the_last_time_is_opened_unless_it_is_gone_or_another_is_asked_for(
    prefs: Prefs, phrased: Path, tmp_path: Path
) -> None:
    usual = bootstrap.default_folder().absolute()
    assert _plan(None, prefs).folder == usual
    prefs.workspace = phrased
    assert _plan(None, prefs).folder == phrased
    assert _plan(tmp_path, prefs).folder == tmp_path
    prefs.workspace = tmp_path / "gone"
    assert _plan(None, prefs).folder == usual


# --- the session -----------------------------------------------------------------------------------------------------


def test_one_attempt_at_a_time(start: Start, qtbot: QtBot) -> None:
    """What an overtaken attempt opened nobody would close: its lock would stay."""
    started = start()
    session = started.application.session
    session.open(PHRASE)
    session.open(PHRASE)
    session.open_at(Path("/nowhere"))
    session.welcome()
    session.create(None)
    qtbot.waitUntil(lambda: session.state.worker == "running", timeout=MS)
    session.open(PHRASE)
    assert session.state.phase == "open"


def test_a_window_that_ends_while_it_opens_leaves_no_lock(start: Start, phrased: Path) -> None:
    started = start()
    started.application.session.open(PHRASE)
    folder = started.application.session.plan.folder
    started.application.shut()
    with ExitStack() as stack:
        bootstrap.open_for_window(stack, folder, PassphraseKeeper(PHRASE)).accounts.all()


@pytest.mark.expects_logs("campaign_app.ui.tasks")
def test_a_bug_while_opening_does_not_leave_the_window_waiting(
    start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = start().application.session

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(bootstrap, "open_for_window", broken)
    session.open(PHRASE)
    qtbot.waitUntil(lambda: session.state.phase == "failed", timeout=MS)
    assert session.state.error is not None
    assert session.state.error.code == "bug"


def test_a_worker_that_dies_is_started_again_but_not_for_ever(start: Start, qtbot: QtBot) -> None:
    session = start().application.session
    session._watch.setInterval(5)
    starts: list[bootstrap.WorkerHandle] = []

    class Dead:
        own = True
        closed = 0

        def alive(self) -> bool:
            return False

        def close(self) -> None:
            Dead.closed += 1

    def start_dead(_: bootstrap.App) -> bootstrap.WorkerHandle:
        starts.append(Dead())  # type: ignore[arg-type]
        return starts[-1]

    session._starter = start_dead
    session.open(PHRASE)
    qtbot.waitUntil(lambda: session.state.worker == "ended", timeout=MS)
    assert len(starts) == Dead.closed == 4
    assert session.state.error is not None
    assert session.state.error.code == "no_worker"
    session._starter = lambda _: bootstrap.WorkerHandle(ExitStack(), None)
    session.restart_worker()
    qtbot.waitUntil(lambda: session.state.worker == "running")
    assert session.state.error is None


def test_a_worker_that_does_not_start_is_told(start: Start, qtbot: QtBot) -> None:
    session = start().application.session

    def refuse(_: bootstrap.App) -> bootstrap.WorkerHandle:
        raise AppError("child_failed", "status 1")

    session._starter = refuse
    session.open(PHRASE)
    qtbot.waitUntil(lambda: session.state.worker == "ended", timeout=MS)
    assert session.state.error is not None
    assert session.state.error.code == "child_failed"


def test_a_changed_passphrase_does_not_keep_the_worker_from_starting(phrased: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(phrased, tmp_path / "own"))
    with ExitStack() as stack:
        app = bootstrap.open_for_window(stack, folder, PassphraseKeeper(PHRASE))
        bootstrap.change_passphrase(app, old=PHRASE, new=f"{PHRASE}，改过了")
        worker = bootstrap.start_worker_for(app)
        stack.callback(worker.close)
        assert worker.own
        assert worker.alive()


def test_a_keychain_that_is_not_there_is_asked_once_and_makes_nothing(tmp_path: Path) -> None:
    assert type(keyring.get_keyring()).__module__ == "keyring.backends.fail"
    with pytest.raises(WorkspaceError) as caught:
        bootstrap.create_app(tmp_path / "new", KeychainKeeper())
    assert caught.value.code == "no_keychain"
    assert list(tmp_path.iterdir()) == []
