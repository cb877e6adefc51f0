"""What tests of the window share: a real workspace, the window's parts on it, and Qt left as it was.

`desk` does its background work on threads, `inline_desk` at once on the test's own; both are on the same `app`.
"""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QLocale
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap, words
from campaign_app.credentials import MemoryKeeper, PassphraseKeeper, Scrypt
from campaign_app.domain.customer import Entity
from campaign_app.ui.desk import Desk, Way
from campaign_app.ui.kit import Kit
from campaign_app.ui.messages import Messages
from campaign_app.ui.prefs import Prefs
from campaign_app.ui.tasks import Tasks
from campaign_app.ui.theme.sheet import palette
from campaign_app.ui.theme.theme import Theme
from campaign_app.ui.viewmodels.jobs import Jobs
from campaign_app.ui.viewmodels.session import Plan, Session, SessionState
from tests.helpers.answering import unasked
from tests.helpers.compiling import load_rules_once
from tests.helpers.inline_tasks import InlineTasks
from tests.helpers.window import ENTITY, PHRASE, Start, Started
from tests.helpers.windowed import Windowed, windowed

load_rules_once()
QLocale.setDefault(QLocale.c())  # for systems that have theirs from elsewhere than the environment
KEY = bytes(range(32))
PATIENCE_MS = 60_000  # a slow machine is no failure
DELETE = QEvent.Type.DeferredDelete


class PatientBot(QtBot):
    """Waits as long as a test may take, unless a test says how long; what never comes still fails."""

    def waitUntil(self, callback: Any, *, timeout: int = PATIENCE_MS) -> None:  # noqa: N802
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **more: Any) -> Any:  # noqa: N802
        return super().waitSignal(signal, timeout=timeout, **more)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


def crash_fails(tasks: Tasks) -> list[object]:
    """Bugs of background work, which would otherwise only be told to a crash dialog that is not there."""
    bugs: list[object] = []
    tasks.crashed.connect(bugs.append)
    return bugs


@pytest.fixture(autouse=True)
def _collected_here() -> Iterator[None]:
    """As in the program: what a test leaves is never deleted on a thread of a later test."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def _every_answer_was_asked_for() -> Iterator[None]:
    yield
    never = unasked()
    assert not never, f"no question was asked that {never} would have answered"


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    if "qapp" in getattr(item, "fixturenames", ()):
        gc.collect()


@pytest.fixture(scope="session")
def made_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ui") / "workspace"
    bootstrap.create_app(folder, MemoryKeeper(KEY)).close()
    return folder


@pytest.fixture
def app(made_workspace: Path, tmp_path: Path) -> Iterator[bootstrap.App]:
    """The services of a real, empty, encrypted workspace of this test's own."""
    folder = Path(shutil.copytree(made_workspace, tmp_path / "workspace"))
    with bootstrap.open_app(folder, MemoryKeeper(KEY)) as opened:
        yield opened


@pytest.fixture
def tasks(qapp: QApplication, app: bootstrap.App) -> Iterator[Tasks]:
    made = Tasks()
    bugs = crash_fails(made)
    yield made
    assert made.finish(), "background work did not end"
    QCoreApplication.processEvents()
    assert not bugs, bugs


@pytest.fixture
def inline(qapp: QApplication) -> Iterator[InlineTasks]:
    made = InlineTasks()
    bugs = crash_fails(made)
    yield made
    assert not bugs, bugs


@pytest.fixture
def prefs(tmp_path: Path, qapp: QApplication) -> Prefs:
    return Prefs(tmp_path / "prefs")


@pytest.fixture(scope="session")
def light(qapp: QApplication) -> Theme:
    """One for all: to dress everything that is there anew takes longer than most tests do."""
    return Theme(qapp, "light")


@pytest.fixture(autouse=True)
def _bare(request: pytest.FixtureRequest) -> None:
    """Whoever brings no kit has an application without a look, as the program has it, whatever was before."""
    application = QApplication.instance()
    if isinstance(application, QApplication) and not {"kit", "inline_kit"} & {*request.fixturenames}:
        _dress(application, "")


@pytest.fixture
def kit(qapp: QApplication, light: Theme, tasks: Tasks, prefs: Prefs) -> Kit:
    return _kit(qapp, light, tasks, prefs)


@pytest.fixture
def inline_kit(qapp: QApplication, light: Theme, inline: InlineTasks, prefs: Prefs) -> Kit:
    return _kit(qapp, light, inline, prefs)


@pytest.fixture
def desk(kit: Kit, app: bootstrap.App) -> Iterator[Desk]:
    yield from _desk(kit, app)


@pytest.fixture
def inline_desk(inline_kit: Kit, app: bootstrap.App) -> Iterator[Desk]:
    yield from _desk(inline_kit, app)


def _dress(application: QApplication, sheet: str) -> None:
    """Everything that is there is polished anew, which takes a second where it is a whole window."""
    if application.styleSheet() != sheet:
        application.setStyleSheet(sheet)


def _kit(qapp: QApplication, light: Theme, tasks: Tasks, prefs: Prefs) -> Kit:
    """Parts of a window are looked at without one: their look comes from the application."""
    light.use("light")
    if qapp.palette() != (wanted := palette(light.tokens)):  # another theme was in force
        qapp.setPalette(wanted)
    _dress(qapp, light.sheet)
    return Kit(light, tasks, Messages(lambda: words.load(prefs.language)), prefs)


def _desk(kit: Kit, app: bootstrap.App) -> Iterator[Desk]:
    """Without a worker: a test that needs one starts it by `bootstrap.start_worker_for`."""
    session = Session(Plan(app.workspace.folder), kit.tasks)
    session.state = SessionState("open", app=app, worker="running")
    jobs = Jobs(app, kit.tasks)
    yield Desk(kit, app, jobs, session, Way())
    jobs.stop()
    QCoreApplication.sendPostedEvents(None, DELETE)


@pytest.fixture(scope="session")
def phrased(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("phrased") / "workspace"
    with bootstrap.create_app(folder, PassphraseKeeper(PHRASE, Scrypt(n=2**10))) as app:
        app.workspace.accounts.add_entity(Entity(ENTITY, "安宁百货有限公司"))
    return folder


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


@pytest.fixture(scope="module")
def window(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Windowed]:
    """The whole window on a staged workspace, once for a module: a test leaves language and look as it found them."""
    with windowed(qapp, tmp_path_factory.mktemp("window")) as made:
        yield made
