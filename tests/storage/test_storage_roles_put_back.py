"""A team's database that is put back where its roles are not there, or taken back after a move; and by whom."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from storage_samples import KEY, NOW

from campaign_app.domain.errors import WorkspaceError
from campaign_app.domain.team import Role
from campaign_app.storage import moved, moving
from campaign_app.storage.homes import Hand
from campaign_app.storage.roles.applying import by_administrator, introduce, renew
from campaign_app.storage.roles.members import SqlMembers
from campaign_app.storage.workspace import Workspace
from tests.helpers.crowd import Crowd, crowd
from tests.helpers.pg import cluster, run_tool

DIALECTS = ("postgresql",)
HAND = Hand("1.0", (), 60.0, bool)


def lose_the_roles(here: Crowd, dump: Path) -> None:
    """As on a server that is new: the logins are there, the roles are not."""
    assert run_tool("pg_dump", "-Fc", "-f", str(dump), here.database) == ""
    with cluster().admin(here.database) as admin:
        admin.execute("DROP SCHEMA campaign_app, dbos CASCADE")
        for role in Role:
            admin.execute(f'DROP OWNED BY "{here.database}_team_{role}"')
            admin.execute(f'DROP ROLE "{here.database}_team_{role}"')
    assert "does not exist" in run_tool("pg_restore", "-d", here.database, str(dump))


def code_of(asked: Callable[[], object]) -> str:
    with pytest.raises(WorkspaceError) as caught:
        asked()
    return caught.value.code


@pytest.mark.parametrize("makes_roles", [True, False])
def test_it_says_what_is_missing_and_an_administrator_is_told_what_to_run(tmp_path: Path, makes_roles: bool) -> None:
    with crowd(tmp_path / "ws", KEY, makes_roles=makes_roles) as here:
        lose_the_roles(here, tmp_path / "dump")
        operator = here.people[Role.OPERATOR]
        assert code_of(lambda: here.open(operator)) == "no_role"
        with closing(here.open(here.maker)) as workspace:
            grant(workspace, operator, code="no_roles")
            assert code_of(lambda: workspace.work(HAND).__enter__()) == "no_roles"
            renew(workspace.database)  # as after an update: nothing can be said yet of roles that are not there
            assert code_of(lambda: introduce(workspace.database)) == "roles_missing"
            with workspace.database.read() as connection:
                wanted = by_administrator(connection)
            with cluster().admin(here.database) as admin:
                for statement in wanted:
                    admin.execute(statement)
            introduce(workspace.database)
            grant(workspace, operator)
            with workspace.database.read() as connection:
                assert by_administrator(connection) == []
            with workspace.work(HAND):
                pass
            with workspace.flows.begin() as flows:
                flows.exec_driver_sql("INSERT INTO dbos.former DEFAULT VALUES")
        with closing(here.open(operator)) as mine:
            assert mine.person.roles == {Role.OPERATOR}


def grant(workspace: Workspace, login: str, *, code: str = "") -> None:
    members = SqlMembers(workspace.database)
    if code:
        assert code_of(lambda: members.grant(login, Role.OPERATOR, actor="cli", at=NOW)) == code
    else:
        members.grant(login, Role.OPERATOR, actor="cli", at=NOW)


def test_what_was_moved_away_is_taken_back_by_whoever_made_it(tmp_path: Path) -> None:
    with crowd(tmp_path / "ws", KEY) as here:
        with closing(here.open(here.maker)) as maker, maker.database.write() as connection:
            moved.leave(connection, moved.Moved("of a test", "elsewhere", NOW), "cli")
        for login in here.people.values():
            folder = here.folder_of(login)
            refused = code_of(partial(moving.take_back, folder, KEY, actor="cli", at=NOW))
            assert refused == "not_schema_owner", "and no colleague is named who might"
        assert moving.take_back(here.folder_of(here.maker), KEY, actor="cli", at=NOW).to == "elsewhere"
        here.open(Role.OPERATOR).close()
