"""A team's workspace of an earlier schema migrates on its server and keeps its rows, also where two programs do it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from test_storage_vectors import rows_kept, rows_now, rows_then

from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.errors import WorkspaceError
from campaign_app.storage import migrate, team
from campaign_app.storage.header import Header
from campaign_app.storage.keys import key_check
from campaign_app.storage.placed import place, was_put_back
from campaign_app.storage.postgres import ServerDatabase, open_server
from campaign_app.storage.workspace import Workspace, open_workspace
from tests.helpers.pg import PASSWORD, bare_database, cluster
from tools.make_workspace_vectors import ID, KEY

DIALECTS = ("postgresql",)
# the first; numbers that are still to be linked; before roots, workers and who edited what; a table that is made anew
SAMPLE = ("0001", "0016", "0026")


@pytest.fixture
def name() -> Iterator[str]:
    with bare_database() as database:
        yield database


def put_there(name: str, head: str, folder: Path) -> Path:
    """The workspace as it lay on a server then."""
    server = cluster().server(name)
    made = team.with_server(Header(ID, "memory", {}, key_check(KEY, ID)), KEY, server, PASSWORD)
    database = ServerDatabase(open_server(server, PASSWORD))
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    with ExitStack() as stack:
        stack.callback(database.engine.dispose)
        connection = stack.enter_context(database.write())
        connection.exec_driver_sql("CREATE SCHEMA campaign_app")
        config.attributes["connection"] = connection
        command.upgrade(config, head)
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for table, rows in rows_then(head).items():
            known = sa.Table(table, sa.MetaData(), autoload_with=connection)
            connection.execute(sa.insert(known), rows)
            if "id" in known.c:
                following = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM \"{table}\""
                connection.exec_driver_sql(following)
        connection.execute(sa.text("INSERT INTO meta VALUES ('key_check', :check)"), {"check": made.key_check})
    folder.mkdir()
    made.write(folder)
    return folder


@pytest.mark.parametrize("head", SAMPLE)
def test_it_migrates_on_a_server_and_keeps_every_row(name: str, head: str, tmp_path: Path) -> None:
    folder = put_there(name, head, tmp_path / "ws")
    with closing(open_workspace(folder, MemoryKeeper(KEY))) as workspace:
        for table, rows in rows_kept(head).items():
            now = rows_now(workspace, table)
            if table == "waiting_recent":
                now += rows_now(workspace, "waiting_key")
            for row in rows:
                assert any(row.items() <= each.items() for each in now), f"{table} lost {row}"
        assert workspace.campaigns.campaign(1).state is CampaignState.SENDING
        workspace.audit.verify()
        person = workspace.customers.by_ids([1])[1]
        assert person.phone is not None
        assert workspace.phone_keys.of_phone(person.phone) == person.phone_key


def test_tables_that_a_migration_writes_anew_were_put_back_by_nobody(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, real = put_there(name, "0026", tmp_path / "ws"), migrate.upgrade

    def upgrade(connection: sa.Connection) -> None:
        real(connection)
        assert connection.exec_driver_sql("SHOW statement_timeout").scalar() == "0", "of millions it takes longer"
        connection.exec_driver_sql("ALTER TABLE meta ADD COLUMN spare double precision DEFAULT random()")
        connection.exec_driver_sql("ALTER TABLE meta DROP COLUMN spare")

    database = ServerDatabase(open_server(cluster().server(name), PASSWORD))
    with database.write() as connection:
        place(connection)
    database.engine.dispose()
    monkeypatch.setattr(migrate, "upgrade", upgrade)
    with closing(open_workspace(folder, MemoryKeeper(KEY))) as workspace, workspace.database.read() as connection:
        assert not was_put_back(connection)


def test_of_two_programs_that_migrate_at_once_both_open_it(name: str, tmp_path: Path) -> None:
    folder, opened, told = put_there(name, "0001", tmp_path / "ws"), list[Workspace](), list[str]()

    def run() -> None:
        try:
            opened.append(open_workspace(folder, MemoryKeeper(KEY)))
        except WorkspaceError as error:
            told.append(error.code)

    both = [threading.Thread(target=run) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    for workspace in opened:
        workspace.close()
    assert (told, len(opened)) == ([], 2)


def test_a_schema_that_is_not_known_yet_is_left_alone(name: str, tmp_path: Path) -> None:
    folder = put_there(name, migrate.HEAD, tmp_path / "ws")
    with cluster().admin(name) as admin:
        admin.execute("UPDATE campaign_app.alembic_version SET version_num = '9999'")
        with pytest.raises(WorkspaceError) as caught:
            open_workspace(folder, MemoryKeeper(KEY))
        assert caught.value.code == "newer_workspace"
        assert admin.execute("SELECT version_num FROM campaign_app.alembic_version").fetchall() == [("9999",)]
