"""Makes the server hold what `grants` and `guards` say: again and again the same, in one transaction.

Roles belong to the whole server, so their names begin with the database's. Making them takes CREATEROLE; everything
else is done by whoever owns the tables.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from campaign_app.domain.errors import WorkspaceError
from campaign_app.domain.team import Role
from campaign_app.storage import schema
from campaign_app.storage.engine import Database
from campaign_app.storage.migrate import HEAD
from campaign_app.storage.postgres import SCHEMA
from campaign_app.storage.roles import grants, guards
from campaign_app.storage.roles.guards import literal
from campaign_app.storage.roles.standing import have_roles, is_owner, lacks_roles, prefix_of, require_owner
from campaign_app.storage.sessions import require_release

FLOWS_SCHEMA: Final = "dbos"
OLDEST_WITH_ROLES: Final = 16
# what an owner gives and takes; a worker's login, and another owner, are the administrator's business
GIVEN_BY_OWNERS: Final = (Role.OPERATOR, Role.REVIEWER)
_LONGEST: Final = 63 - len("_team_reviewer")  # bytes: the server cuts off what is longer
_DATABASE: Final = sa.text("SELECT current_database()::text, session_user::text")
_MAY_MAKE: Final = sa.text("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = session_user")
_KNOWN: Final = sa.text(
    "SELECT rolname::text, rolcanlogin OR rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
    " FROM pg_roles WHERE rolname = ANY (:names)"
)
_WORKS: Final = sa.text("SELECT pg_has_role(session_user, CAST(:name AS name), 'SET')")
# with what the roles hold; whoever made them is in them without
_STRANGERS: Final = sa.text(
    "SELECT r.rolname::text FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles l"
    " ON l.oid = m.member WHERE r.rolname = ANY (:names) AND l.rolname <> ALL (:names) AND l.rolname <> session_user"
    " AND (m.inherit_option OR m.set_option)"
)
_GIVES: Final = sa.text(
    "SELECT count(DISTINCT r.oid) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles o"
    " ON o.oid = m.member WHERE o.rolname = :owner AND r.rolname = ANY (:given) AND m.admin_option"
)
_TOLD: Final = sa.text("SELECT obj_description(to_regprocedure(:name), 'pg_proc')")
_FLOWS_OF: Final = sa.text(
    "SELECT pg_get_userbyid(nspowner)::text AS owner, pg_has_role(session_user, nspowner, 'USAGE') AS mine"
    " FROM pg_namespace WHERE nspname = :name"
)
_SEQUENCES: Final = sa.text(
    "SELECT t.relname::text, s.oid::regclass::text FROM pg_depend d JOIN pg_class s ON s.oid = d.objid"
    " AND s.relkind = 'S' JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace n ON n.oid = t.relnamespace"
    " WHERE n.nspname = :name AND d.deptype IN ('a', 'i')"
)
# whatever the flows' engine made before there were roles
_HANDED_OVER: Final = """
DO $$ DECLARE each record; BEGIN
EXECUTE format('ALTER SCHEMA {schema} OWNER TO %I', {worker});
FOR each IN SELECT c.relname, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = '{schema}' AND c.relkind IN ('r', 'p', 'v', 'S')
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i') AND c.relkind = 'S')
    LOOP EXECUTE format('ALTER %s {schema}.%I OWNER TO %I', CASE each.relkind WHEN 'v' THEN 'VIEW'
        WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, each.relname, {worker}); END LOOP;
FOR each IN SELECT p.oid::regprocedure::text AS named FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = '{schema}'
    LOOP EXECUTE format('ALTER ROUTINE %s OWNER TO %I', each.named, {worker}); END LOOP;
END $$
"""


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def run(connection: sa.Connection, statement: str) -> None:
    """A statement without parameters; the driver would take a `%` in it for one."""
    connection.exec_driver_sql(statement.replace("%", "%%"))


def new_prefix(database: str) -> str:
    return f"{database.encode()[:_LONGEST].decode(errors='ignore')}_team_"


def making(connection: sa.Connection) -> list[str]:
    """The statements that make the roles, as far as they are not there; an administrator can run them as they are.

    Raises WorkspaceError `role_taken` where a role of that name is something else, or somebody is in it already;
    `server_old` where roles cannot be given as these are.
    """
    require_release(int((connection.dialect.server_version_info or (0,))[0]), OLDEST_WITH_ROLES)
    database, login = connection.execute(_DATABASE).one()
    prefix = prefix_of(connection) if have_roles(connection) else new_prefix(database)
    names = {role: f"{prefix}{role}" for role in Role}
    known = _known(connection, list(names.values()))
    said = [f"CREATE ROLE {quoted(name)} NOLOGIN" for name in names.values() if name not in known]
    if mine := [quoted(name) for name in names.values() if name not in known or not _works_as(connection, name)]:
        # whoever owns the tables works for the flows as well, and gives the roles to others; who makes a role may
        gives = "" if connection.execute(_MAY_MAKE).scalar_one() else "ADMIN TRUE, "
        said.append(f"GRANT {', '.join(mine)} TO {quoted(login)} WITH {gives}INHERIT TRUE, SET TRUE")
    given = [names[role] for role in GIVEN_BY_OWNERS]
    asked = {"owner": names[Role.OWNER], "given": given}
    if connection.execute(_GIVES, asked).scalar_one() < len(given):
        both = ", ".join(map(quoted, given))
        said.append(f"GRANT {both} TO {quoted(names[Role.OWNER])} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE")
    return said


def handing_over(connection: sa.Connection) -> list[str]:
    """What only an administrator can do: the flows are theirs where a dump was put back before its roles were there."""
    found = connection.execute(_FLOWS_OF, {"name": FLOWS_SCHEMA}).one_or_none()
    database, login = connection.execute(_DATABASE).one()
    prefix = prefix_of(connection) if have_roles(connection) else new_prefix(database)
    if found is None or found.mine or found.owner == f"{prefix}{Role.WORKER}":
        return []
    return [_HANDED_OVER.format(schema=FLOWS_SCHEMA, worker=literal(login)).strip()]


def by_administrator(connection: sa.Connection) -> list[str]:
    """What an administrator has to run. Whoever may make roles makes them, and so may give them, by `introduce`."""
    if (handed := handing_over(connection)) and connection.execute(_MAY_MAKE).scalar_one():
        return handed
    return making(connection) + handed


def _known(connection: sa.Connection, names: list[str]) -> set[str]:
    """Of the roles those that are there; none may be more than a role, or have members of an earlier workspace."""
    known = {row[0]: row[1] for row in connection.execute(_KNOWN, {"names": names})}
    taken = [name for name, more in known.items() if more]
    if not have_roles(connection):
        taken += connection.execute(_STRANGERS, {"names": names}).scalars()
    if taken:
        raise WorkspaceError("role_taken", "A role of this name is something else", name=taken[0])
    return set(known)


def _works_as(connection: sa.Connection, name: str) -> bool:
    return bool(connection.execute(_WORKS, {"name": name}).scalar_one())


def introduce(database: Database) -> None:
    """Makes the roles, and lets them do what is theirs. Raises WorkspaceError:

    `not_schema_owner`, `role_taken`, `server_old`; `roles_missing` where it takes an administrator
    (`by_administrator`).
    """
    with database.write() as connection:
        require_owner(connection)
        missing, handed = making(connection), handing_over(connection)
        if handed or (missing and not connection.execute(_MAY_MAKE).scalar_one()):
            raise WorkspaceError("roles_missing", "This takes an administrator", count=len(missing + handed))
        for statement in missing:
            run(connection, statement)
        name, known = connection.execute(_DATABASE).one()[0], have_roles(connection)
        if not known:  # work that came with a move names logins of another server, which say nothing here
            connection.execute(sa.update(schema.job).values(asked_by=""))
        _apply(connection, prefix_of(connection) if known else new_prefix(name))


def renew(database: Database) -> None:
    """After the program, or the tables, became other ones: whoever owns the tables brings the roles along."""
    with database.read() as connection:
        if not have_roles(connection) or not is_owner(connection) or _is_told(connection) or lacks_roles(connection):
            return
    with database.write() as connection:
        _apply(connection, prefix_of(connection))


def _is_told(connection: sa.Connection) -> bool:
    said = connection.execute(_TOLD, {"name": f"{SCHEMA}.role_prefix()"}).scalar()
    return bool(said == _fingerprint(prefix_of(connection)))


def _fingerprint(prefix: str) -> str:
    """Of everything that the data says, and of the tables that it is said of."""
    told = (HEAD, *guards.functions(prefix), repr(guards.TRIGGERS), repr(grants.GRANTS), repr(grants.POLICIES))
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _apply(connection: sa.Connection, prefix: str) -> None:
    for statement in _statements(connection, prefix):
        run(connection, statement)


def _statements(connection: sa.Connection, prefix: str) -> Iterator[str]:
    everybody = ", ".join(quoted(f"{prefix}{role}") for role in Role)
    yield from guards.functions(prefix)
    yield f"COMMENT ON FUNCTION {SCHEMA}.role_prefix() IS {literal(_fingerprint(prefix))}"
    for name, (table, changes, function) in guards.TRIGGERS.items():
        yield (
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {changes} ON {SCHEMA}.{table}"
            f" FOR EACH ROW EXECUTE FUNCTION {SCHEMA}.{function}"
        )
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {SCHEMA} FROM PUBLIC, {everybody}"
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {SCHEMA} FROM PUBLIC, {everybody}"
    yield f"REVOKE ALL ON SCHEMA {SCHEMA} FROM PUBLIC, {everybody}"
    yield f"GRANT USAGE ON SCHEMA {SCHEMA} TO {everybody}"
    sequences = {row[0]: row[1] for row in connection.execute(_SEQUENCES, {"name": SCHEMA})}
    for table in grants.GRANTS:
        yield from _granting(table, prefix, sequences.get(table))
    for table in grants.POLICED:
        yield from _policing(table, prefix)
    yield from _flows(connection, f"{prefix}{Role.WORKER}")


def _granting(table: str, prefix: str, sequence: str | None) -> Iterator[str]:
    for role in Role:
        to = quoted(f"{prefix}{role}")
        for letter, columns in grants.granted(table, role):
            limited = f" ({', '.join(columns)})" if columns else ""
            # a grant of columns stays behind REVOKE ALL of the table, and is renewed with it
            yield f"GRANT {grants.PRIVILEGES[letter]}{limited} ON {SCHEMA}.{table} TO {to}"
            if letter == "a" and sequence is not None:
                yield f"GRANT USAGE ON SEQUENCE {sequence} TO {to}"


def _policing(table: str, prefix: str) -> Iterator[str]:
    yield f"ALTER TABLE {SCHEMA}.{table} ENABLE ROW LEVEL SECURITY"
    for policy in grants.policies(table):
        name, command = f"{policy.role}_{policy.privilege}", grants.PRIVILEGES[policy.privilege]
        rows = f"WITH CHECK ({policy.rows})" if policy.privilege == "a" else f"USING ({policy.rows})"
        yield f"DROP POLICY IF EXISTS {name} ON {SCHEMA}.{table}"
        yield (f"CREATE POLICY {name} ON {SCHEMA}.{table} FOR {command} TO {quoted(f'{prefix}{policy.role}')} {rows}")


def _flows(connection: sa.Connection, worker: str) -> Iterator[str]:
    """The flows' own schema belongs to the workers, whichever login they have; nobody else gets in."""
    there = connection.exec_driver_sql(f"SELECT to_regnamespace('{FLOWS_SCHEMA}') IS NOT NULL").scalar_one()
    if not _works_as(connection, worker):
        raise WorkspaceError("roles_missing", "This login is not in the workers' role", count=1)
    if not there:
        yield f"CREATE SCHEMA {FLOWS_SCHEMA} AUTHORIZATION {quoted(worker)}"
        return
    # the new owner has to be allowed to make things there for the moment of the change
    yield f"GRANT ALL ON SCHEMA {FLOWS_SCHEMA} TO {quoted(worker)}"
    yield _HANDED_OVER.format(schema=FLOWS_SCHEMA, worker=literal(worker))
