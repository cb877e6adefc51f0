"""Who has which role: given to a login that the server knows, and taken from it; each with its entry in the audit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.errors import NotFound, NotPermitted, WorkspaceError
from campaign_app.domain.team import Person, Role
from campaign_app.storage.audit import append_entry
from campaign_app.storage.engine import Database
from campaign_app.storage.roles.applying import GIVEN_BY_OWNERS, quoted, run
from campaign_app.storage.roles.standing import have_roles, is_owner, lacks_roles, prefix_of, roles_of
from campaign_app.storage.times import to_ms

_MEMBERS: Final = sa.text(
    "SELECT l.rolname::text, roles_of(l.rolname) AS roles FROM pg_roles l"
    " WHERE l.rolcanlogin AND NOT l.rolsuper AND cardinality(roles_of(l.rolname)) > 0 ORDER BY l.rolname"
)
# a role is taken from somebody as often as it was given, by whoever gave it
_GIVERS: Final = sa.text(
    "SELECT g.rolname::text FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid"
    " JOIN pg_roles l ON l.oid = m.member JOIN pg_roles g ON g.oid = m.grantor"
    " WHERE r.rolname = :role AND l.rolname = :login"
)
_LOGIN: Final = sa.text("SELECT rolcanlogin FROM pg_roles WHERE rolname = :login")


@dataclass(frozen=True, slots=True)
class SqlMembers:
    """On a server with roles only; anything else raises WorkspaceError `no_roles`."""

    database: Database

    def all(self) -> tuple[Person, ...]:
        with self.database.read() as connection:
            _require_roles(connection)
            return tuple(Person(name, frozenset(map(Role, roles))) for name, roles in connection.execute(_MEMBERS))

    def grant(self, login: str, role: Role, *, actor: str, at: datetime) -> None:
        """Raises NotFound for a login that the server does not have, NotPermitted.

        Whoever made the workspace gives as owners do, so that every owner can take it again.
        """
        with self.database.write() as connection:
            _require_roles(connection)
            if not connection.execute(_LOGIN, {"login": login}).scalar():
                raise _no_login(connection, login)
            with _others_alone(connection):
                by = f" GRANTED BY {_named(connection, Role.OWNER)}" if role in GIVEN_BY_OWNERS else ""
                run(connection, f"GRANT {_named(connection, role)} TO {quoted(login)} WITH INHERIT TRUE{by}")
            append_entry(connection, "role.granted", actor, to_ms(at), {"login": login, "role": role.value})

    def revoke(self, login: str, role: Role, *, actor: str, at: datetime) -> None:
        """From the next statement on. Raises NotFound, NotPermitted, also where somebody above this login gave it;

        WorkspaceError `role_stays` where the login has it by another role of the server's.
        """
        with self.database.write() as connection:
            _require_roles(connection)
            if connection.execute(_LOGIN, {"login": login}).scalar() is None:
                raise _no_login(connection, login)
            named = f"{prefix_of(connection)}{role}"
            for giver in connection.execute(_GIVERS, {"role": named, "login": login}).scalars().all():
                with _others_alone(connection):
                    run(connection, f"REVOKE {quoted(named)} FROM {quoted(login)} GRANTED BY {quoted(giver)}")
            if role in roles_of(connection, login):
                raise WorkspaceError(
                    "role_stays", "The login has the role in another way", login=login, role=role.value
                )
            append_entry(connection, "role.revoked", actor, to_ms(at), {"login": login, "role": role.value})


def _no_login(connection: sa.Connection, login: str) -> NotFound:
    """The server writes small what stood without quotes in CREATE ROLE: who looks for Anna has made anna."""
    if connection.execute(_LOGIN, {"login": login.lower()}).scalar():
        return NotFound("login_small", "The server has this login in small letters", login=login, there=login.lower())
    return NotFound("login", "The server has no such login", login=login)


@contextmanager
def _others_alone(connection: sa.Connection) -> Iterator[None]:
    """Whoever comes so far may give some roles: what the server refuses them is for who made the workspace.

    What it refuses that one, an administrator gave.
    """
    above = "administrator" if is_owner(connection) else "maker"
    try:
        yield
    except NotPermitted as refused:
        raise NotPermitted(refused.code, str(refused), roles=above) from refused


def _named(connection: sa.Connection, role: Role) -> str:
    return quoted(f"{prefix_of(connection)}{role}")


def _require_roles(connection: sa.Connection) -> None:
    if not have_roles(connection) or lacks_roles(connection):
        raise WorkspaceError("no_roles", "The workspace has no roles")
