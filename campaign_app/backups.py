"""Backups of a workspace for the window and the command line, and what is to be done with a workspace that is a copy.

Heavy libraries are imported when something is done, never when this module is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from campaign_app.domain.copies import LAST_BACKUP
from campaign_app.domain.errors import WorkspaceError

if TYPE_CHECKING:
    from campaign_app.app import App
    from campaign_app.credentials import PassphraseKeeper
    from campaign_app.storage.backup import Made
    from campaign_app.storage.backup_file import Head
    from campaign_app.storage.restoring import Report
    from campaign_app.storage.seen import Seen

SUFFIX: Final = ".yunfa-backup"
# what opens a backup
_ITS_OWN: Final = "passphrase"
_WORKSPACE: Final = "workspace"
Tick = Callable[[float], object]
Asked = Literal["passphrase", "workspace_passphrase", "keychain"]


@dataclass(frozen=True, slots=True)
class _OwnPassphrase:
    """A passphrase of the backup's own: it brings the workspace's key along."""

    keeper: PassphraseKeeper = field(repr=False)
    carried: bytes = field(repr=False)
    opens_by: str = _ITS_OWN
    key_lives: str = ""
    kept: Mapping[str, str | int] = field(default_factory=dict)

    def seal(self, stream_key: bytes, backup_id: str) -> Mapping[str, str | int]:
        return self.keeper.wrap(stream_key, backup_id)


@dataclass(frozen=True, slots=True)
class _WorkspaceKey:
    """The workspace's key opens it, from wherever that is kept."""

    key: bytes = field(repr=False)
    key_lives: str
    kept: Mapping[str, str | int]
    opens_by: str = _WORKSPACE
    carried: bytes = b""

    def seal(self, stream_key: bytes, backup_id: str) -> Mapping[str, str | int]:
        from campaign_app.storage.keys import Vault, derive

        return {"wrapped": Vault(derive(self.key, "backup")).seal(stream_key, backup_id.encode()).hex()}


def back_up(app: App, target: Path, *, passphrase: str | None, actor: str, tick: Tick) -> Made:
    """Everything as it is now, in one file. Without a passphrase of its own the workspace's key opens it.

    `tick` is told how far it is and may raise to cancel. Raises WorkspaceError, SettingsError for a weak passphrase;
    a backup that was there before is then untouched.
    """
    from campaign_app.credentials import PassphraseKeeper
    from campaign_app.storage import header
    from campaign_app.storage.backup import create_backup

    workspace = app.workspace
    if workspace.shared:
        raise WorkspaceError("backup_team", "A team's workspace is backed up where its server is")
    found = header.read_header(workspace.folder)
    key = app.keeper.key(found.workspace_id, found.kept)
    lock: _OwnPassphrase | _WorkspaceKey = _WorkspaceKey(key, found.key_lives, found.kept)
    if passphrase is not None:
        lock = _OwnPassphrase(PassphraseKeeper(passphrase), key)
    made = create_backup(workspace, key, lock, target, app.clock(), tick)
    workspace.accounts.set_setting(LAST_BACKUP, {"at": made.made_at.isoformat(), "file": str(target)})
    workspace.audit.record("workspace.backed_up", actor=actor, at=made.made_at, bytes=made.size)
    return made


def last_backup(app: App) -> tuple[datetime, str] | None:
    """When the last backup was made, and which file it is or was."""
    known = app.workspace.accounts.setting(LAST_BACKUP, None)
    return None if known is None else (datetime.fromisoformat(known["at"]), known["file"])


def asks_for(file: Path) -> Asked:
    """What opens a backup: its own passphrase, that of its workspace, or this computer's keychain."""
    from campaign_app.storage.restoring import head_of

    head = head_of(file)
    if head.opens_by == _ITS_OWN:
        return "passphrase"
    return "workspace_passphrase" if head.key_lives == "passphrase" else "keychain"


def check(file: Path, passphrase: str | None, tick: Tick) -> Report:
    """Reads all of it and looks whether what is inside is whole. Raises WorkspaceError."""
    from campaign_app.storage.restoring import check_backup

    return check_backup(file, _unlocking(passphrase), tick)


def restore(file: Path, folder: Path, passphrase: str | None, *, at: datetime, tick: Tick) -> Report:
    """A new workspace in an absent or empty folder; nothing of it is sent before a person says so.

    Its key is kept as before; that of a backup with a passphrase of its own by the keychain, or by this passphrase
    where there is none or it holds another key in that place. Raises WorkspaceError, and then nothing was made.
    """
    from campaign_app.storage.restoring import head_of, restore_backup

    head = head_of(file)

    def place(key: bytes, workspace_id: str) -> tuple[str, Mapping[str, str | int]]:
        if head.opens_by == _WORKSPACE:
            return head.key_lives, head.kept
        return _placed(key, workspace_id, passphrase)

    return restore_backup(file, _unlocking(passphrase), place, folder, at, tick)


def _placed(key: bytes, workspace_id: str, passphrase: str | None) -> tuple[str, Mapping[str, str | int]]:
    from campaign_app.credentials import KeychainKeeper, PassphraseKeeper

    try:
        KeychainKeeper().keep(key, workspace_id)
    except WorkspaceError as error:
        # an entry that is another is never overwritten: of the two it may be the one that somebody needs
        if error.code not in ("no_keychain", "wrong_key"):
            raise
        assert passphrase is not None, "it opened the backup"
        return "passphrase", PassphraseKeeper(passphrase).wrap(key, workspace_id)
    return "keychain", {}


def _unlocking(passphrase: str | None) -> Callable[[Head], tuple[bytes, bytes]]:
    from campaign_app.credentials import KeychainKeeper, PassphraseKeeper
    from campaign_app.storage.keys import Vault, derive

    def keeper() -> PassphraseKeeper:
        if passphrase is None:
            raise WorkspaceError("passphrase_needed", "The backup asks for a passphrase")
        return PassphraseKeeper(passphrase)

    def unlock(head: Head) -> tuple[bytes, bytes]:
        if head.opens_by == _ITS_OWN:
            return keeper().key(head.backup_id, head.sealed), b""
        by_passphrase = head.key_lives == "passphrase"
        key = (keeper() if by_passphrase else KeychainKeeper()).key(head.workspace_id, head.kept)
        vault = Vault(derive(key, "backup"))
        try:
            return vault.open(bytes.fromhex(str(head.sealed["wrapped"])), head.backup_id.encode()), key
        except WorkspaceError:  # the head is as it was written: it is the key
            raise WorkspaceError("wrong_key", "The key does not fit this backup") from None

    return unlock


@dataclass(frozen=True, slots=True)
class Standing:
    """Why this workspace is taken for a copy (`restored`, `older_copy`, `other_machine`), "" for none; and of when."""

    why: str = ""
    made_at: datetime | None = None


def standing(app: App) -> Standing:
    """Whether the workspace is older than what this computer has seen of it, or comes from another one.

    Of a team's, what is there by now counts as seen here: no worker of this computer may ever look.
    """
    from campaign_app.storage import copies

    seen = _seen(app)
    why = "" if seen is None else _look(app, seen)
    if not why:
        return Standing()
    with app.workspace.database.read() as connection:
        noticed = copies.noticed(copies.meta_of(connection)).get("made_at")
        known = copies.last_known(connection) if noticed is None else datetime.fromisoformat(noticed)
    return Standing(why, known)


def _look(app: App, seen: Seen) -> str:
    from campaign_app.domain.team import Permission

    if not app.workspace.shared:
        return seen.verdict()
    return seen.notice() if app.person.may(Permission.WORK) else seen.alarm()


def accept(app: App, *, actor: str) -> None:
    """A person goes on with this copy on this computer; each campaign still waits to be resumed by a person.

    Raises NotPermitted: of a team's that is up to the worker's login, or whoever made it.
    """
    from campaign_app.domain.team import Permission
    from campaign_app.storage import copies

    app.person.require(Permission.WORK)
    seen = _seen(app)
    if seen is None or not seen.guard():
        return
    with app.workspace.database.write() as connection:
        copies.accept(connection, seen.host, actor, app.clock())
    seen.guard()


def put_back(app: App, *, actor: str) -> str:
    """A person knows that the database was put back from a backup, also where no computer has seen more of it.

    Everything stops, as after a restore, and waits for a person as after `accept`; what was seen of the former one says
    nothing of this. Why it stopped. Raises NotPermitted.
    """
    from campaign_app.domain.copies import RESTORED
    from campaign_app.domain.team import Permission
    from campaign_app.storage import copies

    app.person.require(Permission.WORK)
    seen, now = _seen(app), app.clock()
    with app.workspace.database.write() as connection:
        copies.put_aside(connection, RESTORED, copies.last_worked(connection, now), now, accepted=False)
        copies.accept(connection, "" if seen is None else seen.host, actor, now)
    if seen is not None:
        seen.guard()
    return RESTORED


def _seen(app: App) -> Seen | None:
    from campaign_app.storage.seen import seen_of

    # of a folder that was moved away something else is told
    return None if app.workspace.gone() else seen_of(app.workspace, app.clock)
