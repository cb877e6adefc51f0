"""Opens a workspace for the window or the command line, and keeps a worker beside it.

Heavy libraries are imported when a workspace is opened, never when this module is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from subprocess import TimeoutExpired
from typing import TYPE_CHECKING, Final

from campaign_app import keeping
from campaign_app.app import App
from campaign_app.processes import STOP_SECONDS, TEAM_STOP_SECONDS, ask_to_end, start_worker

if TYPE_CHECKING:
    from datetime import datetime
    from subprocess import Popen

    from campaign_app.credentials import KeyKeeper
    from campaign_app.storage.stood_in import Awaited
    from campaign_app.storage.waiting import Waiting

__all__ = ["App"]  # what everybody who opens a workspace gets

DEMO: Final = "demo"
SLOW_SECONDS: Final = 0.5  # after which a person wants to know what is going on
PATIENT_SECONDS: Final = 3.0  # of a command, which takes a moment to end in any case
default_folder, is_workspace, is_free = keeping.default_folder, keeping.is_workspace, keeping.is_free
is_misplaced = keeping.is_misplaced
key_lives, keeper_of, new_keeper = keeping.key_lives, keeping.keeper_of, keeping.new_keeper
handed_keeper, passphrase_in = keeping.handed_keeper, keeping.passphrase_in


def open_app(folder: Path, keeper: KeyKeeper, *, offset: timedelta = timedelta(0)) -> App:
    """Raises WorkspaceError, and then nothing was made or changed. Only a demo's clock is shifted by `offset`."""
    from campaign_app.storage.workspace import open_workspace
    from campaign_app.wiring import wire

    return wire(open_workspace(folder, keeper), keeper, offset)


def open_for_window(stack: ExitStack, folder: Path, keeper: KeyKeeper) -> App:
    """The app of a workspace's only window; closes with `stack`. Raises WorkspaceError `in_use` if there is another.

    Keychain or passphrase are asked once: the worker that is started later gets the key from here, even if the
    passphrase was changed in between.
    """
    from campaign_app.credentials import HandedKeeper
    from campaign_app.storage import header, locks

    found = header.read_header(folder)
    key = keeper.key(found.workspace_id, found.kept)
    stack.enter_context(locks.lock(folder, "window"))
    return stack.enter_context(open_app(folder, HandedKeeper(key, found.key_lives)))


@dataclass(frozen=True, slots=True)
class About:
    """What is to be known of a workspace from outside: its folder, bytes on the disk, and what keeps its key.

    `server`: host, port and database of a team's, "" of one of this computer.
    """

    folder: Path
    size: int
    key_lives: str
    server: str = ""


def about(app: App) -> About:
    """Raises WorkspaceError `workspace_gone` if the folder was moved away or removed."""
    folder = _there(app)
    return About(
        folder, app.workspace.home.size(), key_lives(folder), _server_of(folder) if app.workspace.shared else ""
    )


def _server_of(folder: Path) -> str:
    from campaign_app.storage import header
    from campaign_app.storage.server import Server

    there = Server.parse(header.read_header(folder).server)
    return f"{there.host}:{there.port}/{there.database}"


def change_passphrase(app: App, *, old: str, new: str) -> None:
    """The same key under another passphrase; the old one holds until the new one is on the disk and in the audit.

    Raises WorkspaceError `wrong_passphrase`, SettingsError for a new one that is short or weak.
    """
    from campaign_app.credentials import PassphraseKeeper
    from campaign_app.storage.workspace import rewrap

    noted = app.workspace.audit.recording("workspace.passphrase_changed", actor="window", at=app.clock())
    rewrap(app.workspace.folder, PassphraseKeeper(old), PassphraseKeeper(new), noted)


def create_app(folder: Path, keeper: KeyKeeper, *, offset: timedelta = timedelta(0)) -> App:
    """A new workspace in an absent or empty folder. Only a demo's clock is shifted by `offset`."""
    from campaign_app.storage.workspace import create_workspace
    from campaign_app.wiring import wire

    return wire(create_workspace(folder, keeper), keeper, offset)


def create_team(folder: Path, keeper: KeyKeeper, address: str, password: str) -> App:
    """A new workspace on a team's server; its folder knows the server, its key and the sealed password."""
    from campaign_app.storage.server import Server
    from campaign_app.storage.workspace import create_team_workspace
    from campaign_app.wiring import wire

    return wire(create_team_workspace(folder, keeper, Server.parse(address), password), keeper, timedelta(0))


def create_demo(folder: Path, keeper: KeyKeeper) -> None:
    """A new workspace whose clock may be shifted, on the disk before any service is loaded."""
    from campaign_app.storage.workspace import create_workspace

    with closing(create_workspace(folder, keeper)) as workspace:
        workspace.accounts.set_setting(DEMO, value=True)


@contextmanager
def with_worker(app: App, *, files: bool = False, slow: Callable[[], object] = bool) -> Iterator[App]:
    """The app with a worker: its own, unless this workspace has one already, which sees our `files` if need be.

    `slow` is called where its end takes longer than some seconds.
    """
    with app:
        worker = start_worker_for(app, files=files)
        try:
            yield app
        finally:
            worker.close(slow, PATIENT_SECONDS)


def waiting_work(app: App) -> tuple[Waiting, ...]:
    """What of a team's workspace waits because no worker takes it."""
    from campaign_app.storage.host import place_id
    from campaign_app.storage.waiting import waiting

    takers = app.workspace.home.takers()
    if takers is None:
        return ()
    return waiting(app.jobs.open_jobs(), takers, app.clock(), place_id())


def certified_until(app: App) -> datetime | None:
    """Of a team's server, which is asked by itself and may take its time; None where it has no certificate to end."""
    if not app.workspace.shared:
        return None
    from campaign_app.storage.certified import certified_until
    from campaign_app.storage.header import read_header
    from campaign_app.storage.server import Server

    return certified_until(Server.parse(read_header(app.workspace.folder).server))


def awaited_hosts(app: App) -> Awaited | None:
    """Behind a team's server that took over from another one: until then nothing leaves."""
    from campaign_app.storage import stood_in

    if not app.workspace.shared:
        return None
    with app.workspace.database.look() as connection:
        return stood_in.awaited(connection)


def _is_served(app: App, *, files: bool = False) -> bool:
    """Whether the workers at work are enough for this computer. Imports need one that sees its files.

    Raises WorkspaceError: `other_version`, they were brought to a newer one while this window was open;
    `workspace_moved`, a colleague has moved it away meanwhile.
    """
    from campaign_app.domain.team import Permission
    from campaign_app.storage.host import place_id
    from campaign_app.storage.moved import require_live
    from campaign_app.storage.program import VERSION
    from campaign_app.storage.waiting import waits_here

    takers = app.workspace.home.takers()
    if takers is not None:
        takers.require(VERSION)
        with app.workspace.database.look() as connection:
            require_live(connection)
    # whoever may start none here is not told that none is at work where others are
    if takers is not None and app.person.may(Permission.WORK):
        if files and not takers.see(place_id()):
            return False
        if waits_here(app.jobs.open_jobs(), takers, place_id()):
            return False
    return app.workspace.has_worker()


@dataclass(frozen=True, slots=True)
class WorkerHandle:
    """A worker that runs beside the window; no process where this workspace already had one of its own.

    `others` asks the workspace whether it has one.
    """

    _stack: ExitStack
    _process: Popen[str] | None
    _others: Callable[[], bool] = lambda: True

    @property
    def own(self) -> bool:
        """Whether it ends with this window."""
        return self._process is not None

    def alive(self) -> bool:
        """Of another's nothing is known here: see `there`."""
        return self._process is None or self._process.poll() is None

    def there(self) -> bool:
        """Whether anybody is at work, asked of the workspace: never on the window's thread. Raises WorkspaceError."""
        return self.alive() if self.own else self._others()

    def close(self, slow: Callable[[], object] = bool, after: float = SLOW_SECONDS) -> None:
        """Stops the worker if it is ours; what it was doing goes on at the next start.

        `slow` is called `after` so many seconds: the batch at hand comes to its end first.
        """
        if self._process is not None:
            ask_to_end(self._process)
            try:
                self._process.wait(after)
            except TimeoutExpired:
                slow()
        self._stack.close()


def _there(app: App) -> Path:
    from campaign_app.domain.errors import WorkspaceError

    folder = app.workspace.folder
    if not is_workspace(folder):
        raise WorkspaceError("workspace_gone", "The workspace's folder is not there any more", folder=str(folder))
    return folder


def start_worker_for(app: App, *, beside: bool = False, files: bool = False) -> WorkerHandle:
    """Starts the workspace's worker unless it has one; for a team's also `beside` those of others, or where none of

    them sees this computer's `files`.

    Raises AppError: `child_failed`, `worker_elsewhere` where this login may start none; WorkspaceError `workspace_gone`
    if its folder was moved away or removed, `other_version`, `workspace_moved`.
    """
    from campaign_app.domain.errors import AppError
    from campaign_app.domain.team import Permission
    from campaign_app.storage import header

    folder = _there(app)
    with ExitStack() as stack:
        if not beside and _is_served(app, files=files):
            return WorkerHandle(stack.pop_all(), None, partial(_is_served, app))
        if not app.person.may(Permission.WORK):
            raise AppError("worker_elsewhere", "No worker is at work, and this login is no worker's")
        found = header.read_header(folder)
        key = app.keeper.key(found.workspace_id, found.kept)
        patience = TEAM_STOP_SECONDS if app.workspace.shared else STOP_SECONDS
        process = stack.enter_context(start_worker(folder, key, app.offset, patience))
        return WorkerHandle(stack.pop_all(), process)
