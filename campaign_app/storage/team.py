"""A team's workspace: made on a PostgreSQL server, and found there again by its id and its key."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from typing import Final

import sqlalchemy as sa
from sqlalchemy import Engine

from campaign_app.domain.errors import AppError, SettingsError, WorkspaceError
from campaign_app.domain.team import Person, Role
from campaign_app.storage import schema
from campaign_app.storage.header import TEAM_FORMAT, Header
from campaign_app.storage.keys import Vault, derive
from campaign_app.storage.leases import end_former, require_version
from campaign_app.storage.migrate import HEAD, KNOWN, migrate, upgrade, version_of
from campaign_app.storage.moved import require_live
from campaign_app.storage.postgres import SCHEMA, ServerDatabase, open_beats, open_server, open_server_flows
from campaign_app.storage.program import VERSION
from campaign_app.storage.roles.applying import renew
from campaign_app.storage.roles.standing import have_roles, is_owner, person_at, prefix_of, require_open
from campaign_app.storage.server import Server

_HAS_TABLES: Final = sa.text("SELECT to_regclass('meta') IS NOT NULL")
_HAS_WORKERS: Final = sa.text("SELECT to_regclass('worker') IS NOT NULL")
_HAS_SCHEMA: Final = sa.text("SELECT to_regnamespace(:name) IS NOT NULL")
_FIT: Final = sa.text(
    "SELECT current_setting('server_encoding'), has_database_privilege(current_database(), 'CREATE'), current_user"
)
_META: Final = sa.select(schema.meta.c.name, schema.meta.c.value)


@dataclass(frozen=True, slots=True)
class Opened:
    database: ServerDatabase
    flows: Engine
    beats: Engine
    person: Person

    def close(self) -> None:
        for engine in (self.database.engine, self.flows, self.beats):
            engine.dispose()


def with_server(made: Header, key: bytes, server: Server, password: str) -> Header:
    """The header of a workspace on this server, with its user's password under the workspace's key."""
    named = replace(made, format=TEAM_FORMAT, server=server.address)
    if not password:
        return named
    return replace(named, password=_vault(key).seal(password.encode(), _context(named)).hex())


def for_login(found: Header, key: bytes, login: str, password: str) -> Header:
    """The same for another user of the database, or the same one's new password; "" for `login` keeps the user.

    Raises SettingsError `no_logins` for a workspace that is no team's.
    """
    if not found.server:
        raise SettingsError("no_logins", "Only a team's workspace has logins")
    server = Server.parse(found.server)
    return with_server(replace(found, password=""), key, replace(server, user=login or server.user), password)


def begin(server: Server, password: str) -> ServerDatabase:
    """A database in which a workspace may be made; raises WorkspaceError where there is one, or none can be."""
    database = ServerDatabase(open_server(server, password))
    try:
        with database.read() as connection:
            _require_none(connection)  # before what the user may do: its tables are wanted no more
            require_fit(connection)
    except AppError:
        database.engine.dispose()
        raise
    return database


def _require_none(connection: sa.Connection) -> None:
    if connection.execute(_HAS_SCHEMA, {"name": SCHEMA}).scalar_one():
        raise WorkspaceError("server_in_use", "The database has a workspace already")


def require_fit(connection: sa.Connection) -> None:
    """Raises WorkspaceError unless the tables of a workspace can be made in the database, by this user."""
    encoding, may_make, user = connection.execute(_FIT).one()
    if encoding != "UTF8":
        raise WorkspaceError("server_encoding", "The database does not keep UTF-8")
    if not may_make:
        raise WorkspaceError("server_no_create", "The user may make no tables in the database", login=user)


def fill(connection: sa.Connection, made: Header) -> None:
    """Every table, and whose they are; there with the transaction or not at all.

    Raises WorkspaceError `server_in_use` where somebody else made a workspace since `begin`.
    """
    _require_none(connection)
    connection.execute(sa.schema.CreateSchema(SCHEMA))
    upgrade(connection)
    marks = {"workspace_id": made.workspace_id, "key_check": made.key_check}
    connection.execute(sa.insert(schema.meta), [{"name": name, "value": value} for name, value in marks.items()])


def connect(found: Header, key: bytes) -> Opened:
    """Raises WorkspaceError, and changes nothing unless the database is this workspace's."""
    database = database_of(found, key)
    try:
        with database.read() as connection:
            person = person_at(connection)
            require_live(connection)
            _require_fitting(connection)
        migrate(database, before=_end_former)
        renew(database)
        with database.read() as connection:
            works = f"{prefix_of(connection)}{Role.WORKER}" if have_roles(connection) else ""
        there = Server.parse(found.server), _password(found, key)
        return Opened(database, open_server_flows(*there, works), open_beats(*there), person)
    except AppError:
        database.engine.dispose()
        raise


def database_of(found: Header, key: bytes) -> ServerDatabase:
    """This workspace's database, whatever marks it has; raises WorkspaceError for any other."""
    database = ServerDatabase(open_server(Server.parse(found.server), _password(found, key)))
    try:
        _require_ours(database, found)
    except AppError:
        database.engine.dispose()
        raise
    return database


def _password(found: Header, key: bytes) -> str:
    """Bound to the address: whoever changes where the file points to is not sent the password.

    Raises WorkspaceError `server_changed`, since a server may have moved, and `damaged` for what is no password.
    """
    if not found.password:
        return ""
    try:
        sealed = bytes.fromhex(found.password)
    except ValueError as error:
        raise WorkspaceError("damaged", "The workspace's file is damaged") from error
    try:
        return _vault(key).open(sealed, _context(found)).decode()
    except WorkspaceError as error:
        # the key is the right one: it was asked for before the password
        why = "The password was sealed for another address"
        raise WorkspaceError("server_changed", why, address=found.server) from error


def _vault(key: bytes) -> Vault:
    return Vault(derive(key, "server-password"))


def _context(header: Header) -> bytes:
    return f"{header.workspace_id}\0{header.server}".encode()


def _require_fitting(connection: sa.Connection) -> None:
    """Nobody changes the tables under a worker, or beside it what another version understands otherwise.

    Nor does anybody whose tables they are not.
    """
    if connection.execute(_HAS_WORKERS).scalar_one():
        require_version(connection, VERSION)
    if version_of(connection) in KNOWN - {HEAD} and not is_owner(connection):
        raise WorkspaceError("older_workspace", "Whoever owns the tables has to open the workspace first")


def _end_former(connection: sa.Connection) -> None:
    """Of tables from before there were leases nobody has one."""
    if connection.execute(_HAS_WORKERS).scalar_one():
        end_former(connection, VERSION)


def _require_ours(database: ServerDatabase, found: Header) -> None:
    with database.read() as connection:
        require_open(connection)
        if not connection.execute(_HAS_TABLES).scalar_one():
            raise WorkspaceError("server_other", "The database has no workspace")
        marks = dict(connection.execute(_META).all())
    same_id = marks.get("workspace_id") == found.workspace_id
    if not same_id or not hmac.compare_digest(marks.get("key_check", ""), found.key_check):
        raise WorkspaceError("server_other", "The database is another workspace's")
