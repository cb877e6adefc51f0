"""The worker of a workspace at the login of its user: on, off, and begun at once where a window hands over to it.

Only where the worker opens the workspace without a person, which means by the system's keychain.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_app import autostart
from campaign_app.autostart import Entry
from campaign_app.domain.errors import AppError, SettingsError
from campaign_app.domain.team import Permission
from campaign_app.keeping import key_lives
from campaign_app.processes import own_command
from campaign_app.storage import header

if TYPE_CHECKING:
    from subprocess import Popen

    from campaign_app.app import App


@dataclass(frozen=True, slots=True)
class AtLogin:
    """Whether the worker starts at login, and why it cannot be made to."""

    on: bool = False
    refused: AppError | None = None


def at_login(folder: Path) -> AtLogin:
    """Asks the system: never on the window's thread. Raises WorkspaceError where there is no workspace."""
    return AtLogin(is_on(folder), _refusal(folder))


def is_on(folder: Path) -> bool:
    entry = entry_of(folder)
    return any(place.has(entry) for place in autostart.places())


def turn_on(app: App, *, actor: str) -> None:
    """Raises SettingsError `login_passphrase`, `login_demo`, `login_path`, `login_failed`; NotPermitted."""
    app.person.require(Permission.WORK)
    folder = app.workspace.folder
    if (why := _refusal(folder)) is not None:
        raise why
    _put(folder)
    app.workspace.audit.record("workspace.at_login_on", actor=actor, at=app.clock())


def turn_off(folder: Path) -> None:
    """A worker that is at work goes on. Raises SettingsError `login_failed`."""
    entry = entry_of(folder)
    for each in autostart.places():
        each.take(entry)


def turn_off_in(app: App, *, actor: str) -> None:
    app.person.require(Permission.WORK)
    turn_off(app.workspace.folder)
    app.workspace.audit.record("workspace.at_login_off", actor=actor, at=app.clock())


def carry(before: Path, folder: Path) -> bool:
    """Of a workspace that was moved: what started for its former place starts for its new one; whether anything did.

    Raises SettingsError, and then it is as it was: for the former place it is refused at each login.
    """
    if entry_of(before) == entry_of(folder) or not is_on(before):
        return False
    if (why := _refusal(folder)) is not None:
        raise why
    _put(folder)
    turn_off(before)
    return True


def begin(folder: Path) -> Popen[bytes] | None:
    """The worker now, for a workspace that is on and has none: by the system, else as a process apart."""
    entry = entry_of(folder)
    if any(place.has(entry) and place.begin(entry) for place in autostart.places()):
        return None
    return autostart.start_apart(entry)


def entry_of(folder: Path) -> Entry:
    """By its absolute place: the same workspace has the same entry, however it is named."""
    place = folder.resolve()
    mark = hashlib.sha256(str(place).encode("utf-8", "surrogateescape")).hexdigest()[:12]
    program, *arguments = own_command("worker", "--workspace", str(place))
    return Entry(f"yunfa-worker-{mark}", (_windowless(program), *arguments), place / header.FILE)


def _put(folder: Path) -> None:
    entry, places = entry_of(folder), autostart.places()
    used = next(each for each in places if each.answers())
    used.put(entry)
    for each in places:  # one entry a workspace
        if each is not used:
            each.take(entry)


def _windowless(program: str) -> str:
    """On Windows a program with streams would keep a black window open as long as it works."""
    if sys.platform == "win32":
        known = Path(program)
        quiet = known.with_stem("pythonw" if known.stem == "python" else f"{known.stem}-gui")
        return str(quiet) if quiet.is_file() else program
    return program


def _refusal(folder: Path) -> SettingsError | None:
    lives = key_lives(folder)
    if lives == "keychain":
        return None
    if lives == "passphrase":
        return SettingsError("login_passphrase", "At login nobody types the passphrase of this workspace")
    return SettingsError("login_demo", "A demo's workspace does not outlive its window")
