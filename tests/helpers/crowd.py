"""A team's workspace with roles on the tests' server, and a login for each of them, as an administrator makes them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.team import Role
from campaign_app.storage import team
from campaign_app.storage.header import read_header
from campaign_app.storage.roles.applying import introduce, making
from campaign_app.storage.workspace import Workspace, create_team_workspace, open_workspace
from tests.helpers.pg import bare_database, cluster

WORD = "wer das liest"
_number = count()
# of a workspace that had no roles yet: what its flows made, and a job that was moved here with its asker's name
BEFORE = """
CREATE SCHEMA dbos; CREATE TABLE dbos.former (id bigserial PRIMARY KEY);
CREATE VIEW dbos.seen AS SELECT * FROM dbos.former; CREATE SEQUENCE dbos.counted;
CREATE FUNCTION dbos.one() RETURNS int LANGUAGE sql AS 'SELECT 1';
INSERT INTO job (kind, args, state, queued_at, asked_by) VALUES ('changes', '{}', 'done', 1, 'a login of elsewhere')
"""


@dataclass(frozen=True, slots=True)
class Crowd:
    """`people` are logins by role; `maker` owns the tables and is no superuser."""

    database: str
    maker: str
    people: dict[Role, str]
    folder: Path
    key: bytes

    def sql(self, login: str) -> psycopg.Connection[tuple[Any, ...]]:
        """As with psql: one's own login, one's own statements."""
        return psycopg.connect(
            host="127.0.0.1", port=cluster().port, user=login, password=WORD, dbname=self.database,
            options="-c search_path=campaign_app",
        )  # fmt: skip

    def folder_of(self, login: str) -> Path:
        """The folder as that person has it, with their own login."""
        mine = self.folder.with_name(f"{self.folder.name}-{login}")
        if not mine.exists():
            mine.mkdir()
            server = replace(cluster().server(self.database), user=login)
            team.with_server(replace(read_header(self.folder), password=""), self.key, server, WORD).write(mine)
        return mine

    def open(self, who: Role | str) -> Workspace:
        login = self.people[who] if isinstance(who, Role) else who
        return open_workspace(self.folder_of(login), MemoryKeeper(self.key))

    def new_login(self) -> str:
        login = f"u{os.getpid()}_{next(_number)}"
        with cluster().admin() as admin:
            admin.execute(f"CREATE ROLE {login} LOGIN PASSWORD '{WORD}'")
        return login


def by_administrator(made: Workspace, here: Crowd) -> None:
    """What the user that made the workspace is shown, and may not run itself."""
    with made.database.read() as connection:
        statements = making(connection)
    with cluster().admin(here.database) as admin:
        for statement in statements:
            admin.execute(statement)


@contextmanager
def crowd(folder: Path, key: bytes, *, makes_roles: bool = True) -> Iterator[Crowd]:
    """The roles are made by whoever made the workspace, who may make roles and nothing else; or by an administrator."""
    with bare_database() as database:
        here = Crowd(database, "", {}, folder, key)
        maker = here.new_login()
        with cluster().admin(database) as admin:
            if makes_roles:
                admin.execute(f"ALTER ROLE {maker} CREATEROLE")
            admin.execute(f"GRANT CREATE ON DATABASE {database} TO {maker}")
        server = replace(cluster().server(database), user=maker)
        here = replace(here, maker=maker)
        with closing(create_team_workspace(folder, MemoryKeeper(key), server, WORD)) as made:
            with here.sql(maker) as connection:
                connection.execute(BEFORE)
            if not makes_roles:
                by_administrator(made, here)
            introduce(made.database)
        people = {role: here.new_login() for role in Role}
        here = replace(here, maker=maker, people=people)
        with here.sql(maker) as connection:
            for role, login in people.items():
                connection.execute(f'GRANT "{database}_team_{role}" TO {login}')
        yield here
        with cluster().admin(database) as admin:
            # the logins are left to the server, which ends with the run
            admin.execute("DROP SCHEMA campaign_app, dbos CASCADE")
            for role in Role:
                admin.execute(f'DROP OWNED BY "{database}_team_{role}"')
                admin.execute(f'DROP ROLE "{database}_team_{role}"')
