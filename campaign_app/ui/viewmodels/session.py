"""The open workspace of a window: opening it after the first paint, its worker, and closing everything in order."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from campaign_app.domain.errors import AppError, WorkspaceError

if TYPE_CHECKING:
    from campaign_app.bootstrap import App, WorkerHandle
    from campaign_app.credentials import KeyKeeper
    from campaign_app.demo import Sandbox
    from campaign_app.domain.team import Role
    from campaign_app.ui.tasks import Tasks

Phase = Literal["opening", "missing", "passphrase", "failed", "open"]
# "away": none is at work, and this login may start none
WorkerState = Literal["", "starting", "running", "ended", "away"]
LOOK_MS: Final = 1_000
RESTARTS: Final = 3  # a worker that dies again and again is a person's business
LOOKS_FOR_ANOTHER: Final = 10  # between two looks whether a team's worker is at work by now
STEADY_LOOKS: Final = 60  # after so many seconds at work earlier ends count no more
ASK_EVERY: Final = 3  # looks at a worker that is not ours, each a question to the workspace
# what became of a team's workspace while it was open: its person has to close the window
_PAST: Final = ("other_version", "workspace_moved")


@dataclass(frozen=True, slots=True)
class Plan:
    """Which workspace the window is for; a demo's is made anew in `folder` and thrown away. A `known` one was there."""

    folder: Path
    demo_customers: int | None = None
    chosen: bool = False  # by the user in the window, to be remembered
    known: bool = False

    @property
    def demo(self) -> bool:
        return self.demo_customers is not None


@dataclass(frozen=True, slots=True)
class SessionState:
    """`error` says why it is not open: what to do about it hangs on its code.

    `missing` is the welcome; with an error, or `creating`, it is a new workspace that was not made. `revived` counts
    how often a worker that ended by itself is at work again. `roles` are what this login has by now, where they are
    others than those it was opened with, by which its pages go.
    """

    phase: Phase = "opening"
    error: AppError | None = None
    app: App | None = None
    worker: WorkerState = ""
    creating: bool = False
    own_worker: bool = True
    revived: int = 0
    roles: frozenset[Role] | None = None


class Session(QObject):
    changed = Signal(object)  # SessionState
    staged = Signal()  # a demo's shops are synced and its draft is there

    def __init__(
        self,
        plan: Plan,
        tasks: Tasks,
        parent: QObject | None = None,
        *,
        start_worker: Callable[[App], WorkerHandle] | None = None,
    ) -> None:
        """`start_worker` stands for `bootstrap.start_worker_for`, which starts a process."""
        super().__init__(parent)
        self.plan = plan
        self.starter = start_worker
        self.state = SessionState()
        self.staging = plan.demo  # until a demo's shops are connected and synced
        self._tasks = tasks
        self._stack = ExitStack()
        self._worker: WorkerHandle | None = None
        self._restarts = self._steady = self._looks = 0
        self._asking = False
        self._closed = False
        self._trying = False
        self._watch = QTimer(self)
        self._watch.setInterval(LOOK_MS)
        self._watch.timeout.connect(self._look)
        tasks.crashed.connect(self._crashed)

    def open(self, passphrase: str | None = None) -> None:
        """Opens the workspace in the background; asks for a passphrase by the phase of that name."""
        self._try(lambda: self._opened(passphrase), self._refused)

    def open_at(self, folder: Path) -> None:
        """Another workspace, which must be there."""
        if self._free:
            self.plan = replace(self.plan, folder=folder, chosen=True)
            self._try(lambda: self._opened(None, must_be=True), self._refused)

    def create(self, passphrase: str | None, folder: Path | None = None) -> None:
        """A new workspace whose key lies in the keychain, or under a passphrase where one is given."""
        if self._free:
            self.plan = replace(self.plan, folder=folder or self.plan.folder, chosen=True)
            self._try(lambda: self._created(passphrase), self._not_created, creating=True)

    def welcome(self) -> None:
        """Back to the first choice, such as after a workspace that cannot be opened."""
        if self._free:
            self._become(SessionState("missing"))

    def stop(self) -> None:
        """The window ends: what is still being opened is closed again as soon as it is there."""
        self._closed = True
        self._watch.stop()

    def close(self, slow: Callable[[], object] = bool) -> None:
        """Stops the worker and closes the workspace; blocks until both are done. No background work may be left.

        `slow` is called where the worker takes longer than a moment.
        """
        self.stop()
        self._stop_worker(slow)  # before a demo's platform, which it would miss
        self._stack.close()
        self.state = replace(self.state, phase="opening", app=None, worker="")

    def restart_worker(self) -> None:
        self._restarts = 0
        self._start_worker()

    def start_beside(self) -> None:
        """A worker of our own beside those of other computers, for what none of them takes."""
        if self._worker is None or not self._worker.own:
            self._start_worker(beside=True)

    @property
    def _free(self) -> bool:
        """One workspace a window, and one attempt at a time: what an overtaken one opened nobody would close."""
        return self.state.app is None and not self._trying

    def _try(
        self, attempt: Callable[[], _Held | None], refused: Callable[[AppError], None], *, creating: bool = False
    ) -> None:
        if self._free:
            self._trying = True
            self._become(SessionState("opening", creating=creating))
            self._tasks.run(lambda _: attempt(), self._begin, failed=refused, owner=self)

    def _opened(self, passphrase: str | None, *, must_be: bool = False) -> _Held | None:
        from campaign_app import bootstrap

        if self.plan.demo:
            return _demo(self.plan)
        if not must_be and bootstrap.is_free(self.plan.folder):
            if self.plan.known:
                raise WorkspaceError("workspace_away", "It is not where it was", folder=str(self.plan.folder))
            return None
        keeper = _keeper(self.plan.folder, passphrase)
        return _hold(lambda stack: bootstrap.open_for_window(stack, self.plan.folder, keeper))

    def _created(self, passphrase: str | None) -> _Held:
        from campaign_app import bootstrap

        bootstrap.create_app(self.plan.folder, bootstrap.new_keeper(passphrase)).close()
        keeper = _keeper(self.plan.folder, passphrase)
        return _hold(lambda stack: bootstrap.open_for_window(stack, self.plan.folder, keeper))

    def _begin(self, opened: _Held | None) -> None:
        self._trying = False
        if opened is None:
            self._become(SessionState("missing"))
            return
        if self._closed:
            opened.stack.close()
            return
        self._stack = opened.stack
        self._become(SessionState("open", app=opened.app, worker="starting"))
        self._start_worker()
        if opened.sandbox is not None:
            self._stage(opened.app, opened.sandbox)
        self._watch.start()

    def _crashed(self, error: object) -> None:
        """A bug while it was being opened is told elsewhere; the window must not wait for ever."""
        if self._trying:
            self._refused(AppError("bug", str(type(error).__name__)))

    def _not_created(self, error: AppError) -> None:
        from campaign_app import bootstrap

        if bootstrap.is_workspace(self.plan.folder):  # it was made, and then not opened
            self._refused(error)
            return
        self._trying = False
        self._become(SessionState("missing", error=error, creating=True))

    def _refused(self, error: AppError) -> None:
        self._trying = False
        asks = error.code in ("passphrase_needed", "wrong_passphrase")
        self._become(SessionState("passphrase" if asks else "failed", error=error))

    def _start_worker(self, *, beside: bool = False) -> None:
        from campaign_app import bootstrap

        app, start = self.state.app, self.starter or partial(bootstrap.start_worker_for, beside=beside)
        if app is None:
            return
        self._become(replace(self.state, worker="starting"))
        self._tasks.run(lambda _: start(app), self._worker_started, failed=self._worker_failed, owner=self)

    def _worker_started(self, worker: WorkerHandle) -> None:
        if self._closed:
            worker.close()
            return
        self._worker, self._steady = worker, 0
        revived = self.state.revived + (1 if self._restarts else 0)
        self._become(replace(self.state, worker="running", error=None, own_worker=worker.own, revived=revived))

    def _stage(self, app: App, ready: Callable[[], Sandbox]) -> None:
        """Beside the start of the worker, which takes the jobs as soon as it works."""
        from campaign_app import demo

        self._tasks.run(
            lambda task: demo.stage(app, ready, self.plan.folder, stopped=lambda: task.stopped),
            lambda _: self._set(),
            failed=self._not_set,
            owner=self,
        )

    def _set(self) -> None:
        self.staging = False
        self.staged.emit()

    def _not_set(self, error: AppError) -> None:
        self.staging = False
        self._tasks.failed.emit(error)
        self._become(self.state)

    def _worker_failed(self, error: AppError) -> None:
        self._worker = None
        # once said is enough, and a server that cannot be asked is asked again
        if self.state.worker == "away" and error.code not in _PAST:
            return
        away = error.code == "worker_elsewhere"
        self._become(replace(self.state, worker="away" if away else "ended", error=error))

    def _look(self) -> None:
        """A worker that ended by itself is started again; what it did goes on where it was."""
        self._ask()
        if self._worker is None:
            self._look_for_another()
            return
        if self._worker.alive():
            self._steady += 1
            if self._steady >= STEADY_LOOKS:
                self._restarts = 0
            return
        self._stop_worker()
        self._restarts += 1
        if self._restarts <= RESTARTS:
            self._start_worker()
        else:
            self._become(replace(self.state, worker="ended", error=AppError("no_worker", "The worker has ended")))

    def _ask(self) -> None:
        """Whether somebody else's is at work still: once its lease is over one of our own takes its place.

        And which roles this login has by now, whoever's worker is at work, or nobody's.
        """
        app, worker = self.state.app, self._worker
        others = None if worker is None or worker.own else worker
        if app is None or (others is None and not app.workspace.shared):
            return
        self._looks += 1
        if not self._asking and self._looks % ASK_EVERY == 0:
            self._asking = True
            self._tasks.run(
                lambda _: (others is None or others.there(), _roles_of(app)),
                lambda found: self._answered(others, found),
                failed=lambda error: self._not_told(others, error),
                owner=self,
            )

    def _answered(self, worker: WorkerHandle | None, found: tuple[bool, frozenset[Role] | None]) -> None:
        there, roles = found
        if roles != self.state.roles:
            self._become(replace(self.state, roles=roles))
        self._told(worker, there=there)

    def _not_told(self, worker: WorkerHandle | None, error: AppError) -> None:
        """A server that cannot be asked is asked again."""
        self._told(worker, there=True)
        if error.code in _PAST and worker is not None and worker is self._worker:
            self._stop_worker()
            self._worker_failed(error)

    def _told(self, worker: WorkerHandle | None, *, there: bool) -> None:
        self._asking = False
        if not there and worker is self._worker:
            self._stop_worker()
            self._start_worker()

    def _look_for_another(self) -> None:
        """A team's worker may have been started on its own host; it is taken without a word."""
        from campaign_app import bootstrap

        app, start = self.state.app, self.starter or bootstrap.start_worker_for
        if self.state.worker == "away" and app is not None:
            self._steady += 1
            if self._steady % LOOKS_FOR_ANOTHER == 0:
                self._tasks.run(lambda _: start(app), self._worker_started, failed=self._worker_failed, owner=self)

    def _stop_worker(self, slow: Callable[[], object] = bool) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.close(slow)

    def _become(self, state: SessionState) -> None:
        self.state = state
        self.changed.emit(state)


def _roles_of(app: App) -> frozenset[Role] | None:
    """Those of now, None where the window was opened with them."""
    now = app.workspace.roles_of(app.person.login)
    return None if now == app.person.roles else now


@dataclass(frozen=True, slots=True)
class _Held:
    stack: ExitStack
    app: App
    sandbox: Callable[[], Sandbox] | None = None  # of a demo: waits until it is ready


def _demo(plan: Plan) -> _Held:
    """A new workspace, while the sandbox gets ready."""
    from campaign_app import demo

    assert plan.demo_customers is not None
    with ExitStack() as stack:
        ready = stack.enter_context(demo.begin_sandbox(customers=plan.demo_customers, seed=1, faults="none"))
        app = demo.open_demo(stack, plan.folder / "workspace", secrets.token_bytes(32))
        return _Held(stack.pop_all(), app, ready)


def _hold(enter: Callable[[ExitStack], App]) -> _Held:
    """What was opened, with all that has to be closed again; nothing stays open if it fails halfway."""
    with ExitStack() as stack:
        app = enter(stack)
        return _Held(stack.pop_all(), app)


def _keeper(folder: Path, passphrase: str | None) -> KeyKeeper:
    from campaign_app import bootstrap

    def asked() -> str:
        if passphrase is None:
            raise WorkspaceError("passphrase_needed", "The workspace asks for its passphrase")
        return passphrase

    return bootstrap.keeper_of(folder, asked)
