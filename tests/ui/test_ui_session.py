"""Opening a workspace: one attempt at a time, nothing left open, and a worker that is watched."""

from __future__ import annotations

import shutil
import threading
from contextlib import ExitStack
from pathlib import Path

import keyring
import pytest
from pytestqt.qtbot import QtBot

from campaign_app import bootstrap
from campaign_app.credentials import KeychainKeeper, PassphraseKeeper
from campaign_app.domain.errors import AppError, WorkspaceError
from tests.helpers.window import MS, PHRASE, Start


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

        def close(self, slow: object) -> None:
            Dead.closed += 1

    def start_dead(_: bootstrap.App) -> bootstrap.WorkerHandle:
        starts.append(Dead())
        return starts[-1]

    session.starter = start_dead
    session.open(PHRASE)
    qtbot.waitUntil(lambda: session.state.worker == "ended", timeout=MS)
    assert len(starts) == Dead.closed == 4
    assert session.state.error is not None
    assert session.state.error.code == "no_worker"
    session.starter = lambda _: bootstrap.WorkerHandle(ExitStack(), None)
    session.restart_worker()
    qtbot.waitUntil(lambda: session.state.worker == "running")
    assert session.state.error is None


def test_once_anothers_worker_has_ended_the_window_starts_its_own(start: Start, qtbot: QtBot) -> None:
    session = start().application.session
    session._watch.setInterval(5)
    answers: list[bool | AppError] = [True, WorkspaceError("server_unreachable", "away"), True, False]
    asked: list[threading.Thread] = []

    class Another:
        own, closed = False, 0

        def alive(self) -> bool:
            return True

        def there(self) -> bool:
            asked.append(threading.current_thread())
            answer = answers.pop(0)
            if isinstance(answer, AppError):
                raise answer
            return answer

        def close(self, slow: object) -> None:
            Another.closed += 1

    class Own(Another):
        own = True

    workers = [Another(), Own()]
    session.starter = lambda _: workers.pop(0)
    session.open(PHRASE)
    qtbot.waitUntil(lambda: session.state.worker == "running" and not workers, timeout=MS)
    assert session.state.own_worker
    assert (answers, len(asked), Another.closed) == ([], 4, 1)
    assert threading.main_thread() not in asked, "nothing is asked of a server on the window's thread"
    assert session.state.revived == 0, "nobody was interrupted"


def test_an_update_or_a_move_under_an_open_window_is_told(start: Start, qtbot: QtBot) -> None:
    """Else it would go on writing into tables that are not as it knows them, or show for days what is past."""
    session, told = start().application.session, [WorkspaceError("other_version", "updated")]

    def others() -> bool:
        raise told[-1]

    session._watch.setInterval(5)
    session.starter = lambda _: bootstrap.WorkerHandle(ExitStack(), None, others)
    session.open(PHRASE)
    qtbot.waitUntil(lambda: session.state.error is told[0], timeout=MS)
    told.append(WorkspaceError("workspace_moved", "by a colleague"))
    session.restart_worker()
    qtbot.waitUntil(lambda: session.state.error is told[1], timeout=MS)
    assert (session.state.worker, session.state.phase) == ("ended", "open"), "what was typed can be copied"


def test_so_are_they_where_the_window_waits_for_workers_until_then(start: Start, qtbot: QtBot) -> None:
    """In an update the former ones end first, and an operator's window starts none of its own."""
    session, told = start().application.session, ["worker_elsewhere", "worker_elsewhere", "other_version"]

    def starter(_: bootstrap.App) -> bootstrap.WorkerHandle:
        raise WorkspaceError(told.pop(0), "as of now")

    session._watch.setInterval(5)
    session.starter = starter
    session.open(PHRASE)
    qtbot.waitUntil(lambda: session.state.worker == "ended", timeout=MS)
    assert session.state.error is not None
    assert (session.state.error.code, told) == ("other_version", [])


def test_beside_anothers_worker_the_window_starts_its_own_where_a_person_asks(
    start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, asked = start().application.session, list[bool]()

    def start_for(_: bootstrap.App, *, beside: bool = False) -> bootstrap.WorkerHandle:
        asked.append(beside)
        return bootstrap.WorkerHandle(ExitStack(), None)

    monkeypatch.setattr(bootstrap, "start_worker_for", start_for)
    session.starter = None
    session.open(PHRASE)
    qtbot.waitUntil(lambda: session.state.worker == "running", timeout=MS)
    session.start_beside()
    qtbot.waitUntil(lambda: session.state.worker == "running" and len(asked) == 2, timeout=MS)
    assert asked == [False, True]


def test_a_worker_that_does_not_start_is_told(start: Start, qtbot: QtBot) -> None:
    session = start().application.session

    def refuse(_: bootstrap.App) -> bootstrap.WorkerHandle:
        raise AppError("child_failed", "status 1")

    session.starter = refuse
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
