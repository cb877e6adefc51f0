"""Who works on a team's workspace, for the command line: roles, and the folder that a person opens it with.

Heavy libraries are imported when something is done, never when this module is.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_app.domain.errors import SettingsError, WorkspaceError
from campaign_app.domain.team import Permission, Person, Role

if TYPE_CHECKING:
    from campaign_app.app import App
    from campaign_app.credentials import KeyKeeper, PassphraseKeeper
    from campaign_app.domain.campaign import Campaign
    from campaign_app.storage.engine import Database


def set_up(app: App) -> None:
    """Makes the roles and lets each do what is its own; again, it renews that. Raises WorkspaceError."""
    from campaign_app.storage.roles.applying import introduce

    introduce(_server(app))


def statements(app: App) -> tuple[str, ...]:
    """What a database administrator has to run before `set_up`. Raises WorkspaceError."""
    from campaign_app.storage.roles.applying import by_administrator

    with _server(app).read() as connection:
        return tuple(by_administrator(connection))


def members(app: App) -> tuple[Person, ...]:
    """Every login with a role. Raises WorkspaceError `no_roles`."""
    from campaign_app.storage.roles.members import SqlMembers

    return SqlMembers(_server(app)).all()


def grant(app: App, login: str, role: Role, *, actor: str) -> None:
    """Raises NotPermitted, NotFound, WorkspaceError `no_roles`."""
    from campaign_app.storage.roles.members import SqlMembers

    app.person.require(Permission.ROLES)
    SqlMembers(_server(app)).grant(login, role, actor=actor, at=app.clock())


def revoke(app: App, login: str, role: Role, *, actor: str) -> None:
    """Raises as `grant` does."""
    from campaign_app.storage.roles.members import SqlMembers

    app.person.require(Permission.ROLES)
    SqlMembers(_server(app)).revoke(login, role, actor=actor, at=app.clock())


def approved_by(app: App, login: str) -> tuple[Campaign, ...]:
    """What this login approved and has yet to begin: it leaves, whatever role is taken from it."""
    from campaign_app.services.approvers import has_left

    return tuple(each for each in app.campaigns.all() if has_left(each, lambda who: who != login))


def log_in(folder: Path, keeper: KeyKeeper, login: str, password: str) -> None:
    """This folder opens the workspace as another login from now on, or with another password of the same.

    It is tried first: raises WorkspaceError, and then the folder is as it was.
    """
    from campaign_app.storage import header, team
    from campaign_app.storage.workspace import key_of

    key = key_of(folder, keeper)
    made = team.for_login(header.read_header(folder), key, login, password)
    team.connect(made, key).close()
    # read again: the passphrase may have been changed while the server was asked
    header.put(folder, replace(header.read_header(folder), server=made.server, password=made.password))


def invite(folder: Path, keeper: KeyKeeper, to: Path, own: PassphraseKeeper, login: str, password: str) -> None:
    """A folder for another person: the same workspace under their login, its key under a passphrase of their own.

    Raises WorkspaceError, and then nothing was made.
    """
    from campaign_app.storage import header, team
    from campaign_app.storage.folders import require_free
    from campaign_app.storage.workspace import key_of

    require_free(to)
    found, key = header.read_header(folder), key_of(folder, keeper)
    wrapped = replace(found, key_lives=own.kind, kept=own.wrap(key, found.workspace_id))
    made = team.for_login(wrapped, key, login, password)
    team.connect(made, key).close()
    try:
        to.mkdir(parents=True, mode=0o700, exist_ok=True)
        made.write(to)
    except OSError as error:
        raise WorkspaceError("cannot_create", "The folder cannot be made here", folder=str(to)) from error


def _server(app: App) -> Database:
    """Raises SettingsError `no_logins` for a workspace of one computer."""
    if not app.workspace.shared:
        raise SettingsError("no_logins", "Only a team's workspace has logins")
    return app.workspace.database
