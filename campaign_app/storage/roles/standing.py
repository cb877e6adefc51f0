"""Who is at a team's database, and in which roles: asked of the server, which knows."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from campaign_app.domain.errors import WorkspaceError
from campaign_app.domain.team import EVERY_ROLE, Person, Role
from campaign_app.storage.postgres import SCHEMA

_CLOSED: Final = sa.text(
    "SELECT CASE WHEN to_regnamespace(:name) IS NULL THEN false"
    " ELSE NOT has_schema_privilege(to_regnamespace(:name), 'USAGE') END"
)
_PREFIX: Final = sa.text("SELECT to_regprocedure(:name) IS NOT NULL")
_THERE: Final = sa.text("SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = :name)")
_MINE: Final = sa.text("SELECT session_user::text, roles_of(session_user)")
_OF: Final = sa.text("SELECT roles_of(CAST(:login AS name))")
_OWNS: Final = sa.text("SELECT pg_has_role(session_user, nspowner, 'USAGE') FROM pg_namespace WHERE nspname = :name")


def require_open(connection: sa.Connection) -> None:
    """Raises WorkspaceError `no_role` for a login that may not even look at the tables."""
    if connection.execute(_CLOSED, {"name": SCHEMA}).scalar_one():
        login = connection.engine.url.username or ""
        raise WorkspaceError("no_role", "This login has no role in the workspace", login=login)


def have_roles(connection: sa.Connection) -> bool:
    """Whether the workspace has roles at all; one without them is its owner's alone.

    Raises WorkspaceError `no_role` for a login that lost its last one, and sees none of them.
    """
    there = bool(connection.execute(_PREFIX, {"name": "role_prefix()"}).scalar_one())
    if not there:
        require_open(connection)
    return there


def prefix_of(connection: sa.Connection) -> str:
    return str(connection.exec_driver_sql("SELECT role_prefix()").scalar_one())


def lacks_roles(connection: sa.Connection) -> bool:
    """Whether this server does not know them: roles are its own, and come with no dump of a database."""
    if not have_roles(connection):
        return False
    return not connection.execute(_THERE, {"name": f"{prefix_of(connection)}{Role.WORKER}"}).scalar_one()


def is_owner(connection: sa.Connection) -> bool:
    """Whether the tables are this login's: whoever made the workspace, or administers the server."""
    return bool(connection.execute(_OWNS, {"name": SCHEMA}).scalar_one())


def require_owner(connection: sa.Connection) -> None:
    """Raises WorkspaceError `not_schema_owner`."""
    if not is_owner(connection):
        raise WorkspaceError("not_schema_owner", "Only whoever owns the tables may do that")


def person_at(connection: sa.Connection) -> Person:
    """Raises WorkspaceError `no_role`."""
    if not have_roles(connection):
        return Person(connection.engine.url.username or "", EVERY_ROLE)
    login, names = connection.execute(_MINE).one()
    if not names:
        raise WorkspaceError("no_role", "This login has no role in the workspace", login=login)
    return Person(login, frozenset(map(Role, names)))


def roles_of(connection: sa.Connection, login: str) -> frozenset[Role]:
    """Nobody's, of a login that is not there any more; everybody has all in a workspace without roles."""
    if not have_roles(connection):
        return EVERY_ROLE
    return frozenset(map(Role, connection.execute(_OF, {"login": login}).scalar_one()))
