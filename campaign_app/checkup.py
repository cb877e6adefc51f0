"""What this computer and a workspace are asked by `campaign-app doctor`: each check by itself, none stops the others.

Nothing is changed but by opening a workspace, which brings its tables to this version as every command does; by an
entry in the keychain that is taken out again; and by what a test of an account keeps.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from campaign_app import backups, bootstrap
from campaign_app.domain.errors import AppError, NotPermitted, SettingsError, WorkspaceError
from campaign_app.services.matters import of_certificate

if TYPE_CHECKING:
    from campaign_app.app import App

MIB: Final = 1024 * 1024
LITTLE_ROOM: Final = 1024 * MIB
NO_ROOM: Final = 100 * MIB
SKEW: Final = timedelta(seconds=60)  # request signatures are refused from 300 s on
OLD_BACKUP: Final = timedelta(days=7)
Opener = Callable[[Path], "App"]
Facts = dict[str, str | int | float | bool | None]


class State(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Checked:
    """One check: what was seen, and the error that says what to do where it is not `ok`."""

    check: str
    state: State
    facts: Facts = field(default_factory=dict)
    trouble: AppError | None = None


def check_up(folder: Path, opener: Opener, *, offline: bool, quick: bool) -> Iterator[Checked]:
    """Every check, as it is done. `quick` leaves out what reads the whole workspace, `offline` what asks a server."""
    yield _program()
    lives = _key_lives(folder)
    yield _keychain(needed=lives == "keychain")
    yield _fonts()
    yield _room(folder)
    if not bootstrap.is_workspace(folder):
        missing = WorkspaceError("no_workspace", "There is no workspace in this folder", folder=str(folder))
        yield Checked("workspace", State.SKIPPED, {"folder": str(folder)}, missing)
        return
    with ExitStack() as stack:
        try:
            app = stack.enter_context(opener(folder))
        except AppError as error:
            yield Checked("workspace", State.FAIL, {"folder": str(folder), "key": lives}, error)
            return
        yield Checked(
            "workspace", State.OK, {"folder": str(folder), "key": lives, "worker": app.workspace.has_worker()}
        )
        yield _clock(app)
        if app.workspace.shared and not offline:
            yield _certificate(app)
        yield Checked("database", State.SKIPPED) if quick else _database(app)
        yield _copy(app)
        yield _backup(app)
        yield from _accounts(app, offline=offline)


def _program() -> Checked:
    from campaign_app.storage.program import RELEASE

    facts: Facts = {
        "version": RELEASE,
        "python": platform.python_version(),
        "system": platform.platform(),
        "frozen": bool(getattr(sys, "frozen", False)),
    }
    return Checked("program", State.OK, facts)


def _key_lives(folder: Path) -> str:
    try:
        return bootstrap.key_lives(folder) if bootstrap.is_workspace(folder) else ""
    except AppError:
        return ""  # opening the workspace says what is wrong with its folder


def _keychain(*, needed: bool) -> Checked:
    """Without one a workspace is kept by a passphrase: a fault only where this one's key lies in it."""
    from campaign_app.credentials import KeychainKeeper

    try:
        return Checked("keychain", State.OK, {"kept_by": KeychainKeeper().tried()})
    except WorkspaceError as error:
        return Checked("keychain", State.FAIL if needed else State.WARN, {"needed": needed}, error)


def _fonts() -> Checked:
    from campaign_app.printing.fonts import chinese_families

    families = chinese_families()
    if not families:
        return Checked("fonts", State.FAIL, {}, SettingsError("no_chinese_font", "No font has Chinese characters"))
    return Checked("fonts", State.OK, {"families": len(families), "first": families[0]})


def _room(folder: Path) -> Checked:
    # a folder into which one may not look is passed over
    there = next(each for each in (folder, *folder.absolute().parents) if os.access(each, os.F_OK))
    free = shutil.disk_usage(there).free
    facts: Facts = {"folder": str(there), "free_mb": free // MIB}
    if free < LITTLE_ROOM:
        trouble = WorkspaceError("little_room", "Little room is left on the disk", free_mb=free // MIB)
        return Checked("room", State.FAIL if free < NO_ROOM else State.WARN, facts, trouble)
    if bootstrap.is_misplaced(folder):
        trouble = WorkspaceError("network_folder", "The workspace lies on a network drive", folder=str(folder))
        return Checked("room", State.WARN, facts, trouble)
    return Checked("room", State.OK, facts)


def _clock(app: App) -> Checked:
    """Against the newest entry of the audit: a clock that was set back makes what was seen lie in the future."""
    now, newest = app.clock(), app.workspace.audit.entries(limit=1)
    facts: Facts = {"now": now.isoformat(timespec="seconds")}
    if newest and newest[0].at - now > SKEW:
        seconds = round((newest[0].at - now).total_seconds())
        return Checked(
            "clock", State.FAIL, facts, WorkspaceError("clock_behind", "The clock is behind", seconds=seconds)
        )
    return Checked("clock", State.OK, facts)


def _certificate(app: App) -> Checked:
    """Of a team's server: once it has ended nobody connects any more, workers included."""
    until = bootstrap.certified_until(app)
    if until is None:
        return Checked("certificate", State.SKIPPED)
    facts: Facts = {"until": until.isoformat(timespec="seconds")}
    if not of_certificate(until, app.clock()):
        return Checked("certificate", State.OK, facts)
    day = until.date().isoformat()
    return Checked(
        "certificate", State.WARN, facts, WorkspaceError("server_cert_ends", "The server's certificate ends", day=day)
    )


def _database(app: App) -> Checked:
    from campaign_app.storage.integrity import check_integrity

    try:
        return Checked("database", State.OK, {"audit_entries": check_integrity(app.workspace)})
    except AppError as error:
        return Checked("database", State.FAIL, {}, error)


def _copy(app: App) -> Checked:
    try:
        why = backups.standing(app).why
    except AppError as error:
        return Checked("copy", State.FAIL, {}, error)
    if not why:
        return Checked("copy", State.OK)
    return Checked("copy", State.FAIL, {"why": why}, WorkspaceError("is_a_copy", "The workspace is a copy", why=why))


def _backup(app: App) -> Checked:
    if app.workspace.shared:
        return Checked("backup", State.SKIPPED, {}, WorkspaceError("backup_team", "The server's own backups count"))
    last = backups.last_backup(app)
    facts: Facts = {"last": None if last is None else last[0].isoformat(timespec="seconds")}
    if last is not None and app.clock() - last[0] <= OLD_BACKUP:
        return Checked("backup", State.OK, facts)
    return Checked("backup", State.WARN, facts, WorkspaceError("no_fresh_backup", "No backup of the last seven days"))


def _accounts(app: App, *, offline: bool) -> Iterator[Checked]:
    for account in app.accounts.all():
        if account.state != "connected":
            continue
        facts: Facts = {"account": account.id, "label": account.label, "address": account.base_url}
        yield Checked("account", State.SKIPPED, facts) if offline else _account(app, account.id, facts)


def _account(app: App, account_id: int, facts: Facts) -> Checked:
    try:
        report = app.accounts.test(account_id)
    except NotPermitted as error:
        return Checked("account", State.SKIPPED, facts, error)
    except AppError as error:
        return Checked("account", State.FAIL, facts, error)
    skew = round(abs(report.clock_skew_seconds))
    told = facts | {"version": report.api_version, "skew_seconds": skew}
    if not report.ok:
        code = report.problem or "not_connected"
        return Checked("account", State.FAIL, told, AppError(code, "The answer forbids it", skew_seconds=skew))
    if skew > SKEW.total_seconds():
        return Checked("account", State.WARN, told, AppError("clock_skew", "The clocks differ", skew_seconds=skew))
    return Checked("account", State.OK, told)
