"""The engine of a team's workspace: tables, transactions, and what a real PostgreSQL says when something is wrong."""

from __future__ import annotations

import gc
import socket
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from storage_samples import KEY, NOW, Campaigning, number, person, shop, sync

from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.errors import WorkspaceError
from campaign_app.storage import postgres, schema, schema_cases, schema_sending
from campaign_app.storage.columns import metadata
from campaign_app.storage.integrity import check_integrity
from campaign_app.storage.postgres import SCHEMA, ServerDatabase, beginning, hold_move, open_server, open_server_flows
from campaign_app.storage.server import Server
from campaign_app.storage.workspace import Workspace, open_workspace
from tests.helpers.pg import PASSWORD, USER, bare_database, cluster, cut_connections

DIALECTS = ("postgresql",)


@pytest.fixture
def empty() -> Iterator[str]:
    """A database without anything in it."""
    with bare_database() as name:
        yield name


def test_the_migrations_build_what_the_stores_expect(workspace: Workspace, empty: str) -> None:
    expected = ServerDatabase(open_server(cluster().server(empty), PASSWORD))
    with expected.write() as connection:
        connection.execute(sa.schema.CreateSchema(SCHEMA))
        metadata.create_all(connection)
    assert built(workspace.database) == built(expected)
    expected.engine.dispose()


BUILT = """
SELECT 'column', table_name || '.' || column_name,
       concat_ws(' ', data_type, collation_name, is_nullable, column_default) FROM information_schema.columns
WHERE table_schema = 'campaign_app'
UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'campaign_app'
UNION ALL SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'campaign_app'::regnamespace
"""


def built(database: ServerDatabase | object) -> set[tuple[str, ...]]:
    assert isinstance(database, ServerDatabase)
    with database.read() as connection:
        found = {tuple(map(str, row)) for row in connection.exec_driver_sql(BUILT)}
    return {each for each in found if "alembic_version" not in each[1]}


def test_words_are_ordered_and_compared_as_in_an_embedded_workspace(workspace: Workspace) -> None:
    assert isinstance(workspace.database, ServerDatabase)
    odd = """SELECT table_name || '.' || column_name FROM information_schema.columns
             WHERE table_schema = 'campaign_app' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'
             AND table_name <> 'alembic_version'"""
    with workspace.database.read() as connection:
        assert connection.exec_driver_sql(odd).scalars().all() == []


def test_a_servers_certificate_is_held_to_the_systems(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The driver's own OpenSSL looks for them where its builders had them."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    where = postgres._connect_args(Server("db.example", "u", "d"))
    assert where["sslmode"] == "verify-full"
    assert Path(where["sslrootcert"]).is_file()
    own = tmp_path / "own.pem"
    own.touch()
    monkeypatch.setenv("SSL_CERT_FILE", str(own))
    assert postgres._connect_args(Server("db.example", "u", "d"))["sslrootcert"] == str(own)


def test_every_append_only_table_refuses_changes(workspace: Workspace) -> None:
    tables = (*schema.APPEND_ONLY, *schema_sending.APPEND_ONLY, *schema_cases.APPEND_ONLY)
    with workspace.database.read() as connection:
        wanted = sa.text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        assert set(connection.execute(wanted).scalars()) == {
            f"{table}_{kind}" for table in tables for kind in ("append_only", "no_truncate")
        }
    workspace.audit.record("x", actor="test", at=NOW)
    for change in ("DELETE FROM audit", "UPDATE audit SET actor = 'y'", "TRUNCATE audit"):
        with pytest.raises(sa.exc.IntegrityError, match="append-only"), workspace.database.write() as connection:
            connection.execute(sa.text(change))
    assert check_integrity(workspace) == 1


def test_a_reader_keeps_its_moment_while_another_writes(workspace: Workspace) -> None:
    account_id = shop(workspace)
    count = sa.text("SELECT count(*) FROM customer")
    with workspace.database.read() as reader:
        assert reader.execute(count).scalar() == 0
        sync(workspace, account_id, person("c1"))
        assert reader.execute(count).scalar() == 0
    assert workspace.customers.total() == 1


def test_a_reader_cannot_write(workspace: Workspace) -> None:
    with pytest.raises(WorkspaceError) as caught, workspace.database.read() as reader:
        reader.execute(sa.text("DELETE FROM setting"))
    assert caught.value.code == "server_read_only"


def test_threads_and_desktops_write_one_after_the_other(workspace: Workspace) -> None:
    account_id = shop(workspace)
    with closing(open_workspace(workspace.folder, MemoryKeeper(KEY))) as other:

        def work(n: int) -> None:
            desk = (workspace, other)[n % 2]
            sync(desk, account_id, *(person(f"c{n}-{each}", number(each)) for each in range(20)))
            desk.audit.record("synced", actor="test", at=NOW, n=n)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(24)))
    assert workspace.customers.total() == 480
    assert workspace.audit.verify() == 24


def impatient(connection: sa.PoolProxiedConnection, *_: object) -> None:
    connection.execute("SET lock_timeout = '50ms'")
    connection.commit()


def test_a_writer_that_waits_too_long_says_that_the_workspace_is_busy(workspace: Workspace) -> None:
    with workspace.database.write(), closing(open_workspace(workspace.folder, MemoryKeeper(KEY))) as other:
        event.listen(other.database.engine, "checkout", impatient)
        with pytest.raises(WorkspaceError) as caught:
            other.accounts.set_setting("x", 1)
        assert caught.value.code == "busy"
        assert other.customers.total() == 0, "reading never waits"


def write(workspace: Workspace, *statements: str) -> None:
    with workspace.database.write() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("state", "code"),
    [("53100", "server_disk_full"), ("53300", "server_connections"), ("57014", "busy"),
     ("40P01", "busy"), ("58030", "disk_error"), ("XX001", "damaged"),
     ("57P01", "server_unreachable"), ("25006", "server_read_only")],
)  # fmt: skip
def test_what_the_server_says_is_said_in_our_words(workspace: Workspace, state: str, code: str) -> None:
    """By a server that really says so; nothing of the transaction stays."""
    raised = f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$"
    with pytest.raises(WorkspaceError) as caught:
        write(workspace, "INSERT INTO setting VALUES ('x', '1')", raised)
    assert caught.value.code == code
    assert workspace.accounts.setting("x", None) is None


def test_a_standby_that_has_yet_to_take_over_is_waited_for_and_asked_anew(workspace: Workspace) -> None:
    """Its address may have gone over before it did; neither the program nor DBOS takes that for a fault."""
    raised = "DO $$ BEGIN RAISE EXCEPTION 'cannot {} during recovery' USING ERRCODE = '0A000'; END $$"
    with pytest.raises(WorkspaceError) as caught:
        write(workspace, raised.format("set transaction read-write mode"))
    assert caught.value.code == "server_read_only"
    with pytest.raises(sa.exc.DBAPIError) as flows, workspace.flows.begin() as connection:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY; CREATE TABLE public.made ()")
    assert flows.value.connection_invalidated
    with pytest.raises(sa.exc.NotSupportedError):
        write(workspace, raised.replace(" during recovery", "").format("do this"))


@pytest.mark.parametrize("limited", ["ROLE {login}", "DATABASE {database}"])
def test_a_server_without_a_connection_left_says_so_and_refuses_nobody(empty: str, limited: str) -> None:
    """Whose login is right is not sent to look for another password."""
    login = "nur_wenige"
    with closing(cluster().admin()) as admin:
        admin.execute(f"CREATE ROLE {login} LOGIN PASSWORD '{PASSWORD}'")
        what = limited.format(login=login, database=empty)
        try:
            admin.execute(f"ALTER {what} CONNECTION LIMIT 0")
            with pytest.raises(WorkspaceError) as caught:
                open_server(replace(cluster().server(empty), user=login), PASSWORD)
            assert caught.value.code == "server_connections"
        finally:
            admin.execute(f"ALTER {what} CONNECTION LIMIT -1")
            admin.execute(f"DROP ROLE {login}")


def test_an_error_does_not_tell_what_stands_in_a_row(workspace: Workspace) -> None:
    made = Campaigning(workspace, 1)
    made.claim(0)
    refused = "INSERT INTO ledger SELECT 9, submission_id, campaign_id, 9, customer_id, fact_id, 'no', 'm', '', text"
    with pytest.raises(sa.exc.IntegrityError) as caught, workspace.database.write() as connection:
        connection.exec_driver_sql(f"{refused} FROM ledger")
    told = "".join(traceback.format_exception(caught.value))
    assert "ledger_confirmed" in told
    assert "退订回T" not in told


def test_a_cut_connection_changes_nothing_and_is_made_anew(workspace: Workspace) -> None:
    with pytest.raises(WorkspaceError) as caught:
        write(workspace, "INSERT INTO setting VALUES ('x', '1')", "SELECT pg_terminate_backend(pg_backend_pid())")
    assert caught.value.code == "server_unreachable"
    workspace.accounts.set_setting("z", 1)
    cut_connections(workspace)
    assert workspace.accounts.settings(["x", "z"]) == {"z": 1}


def test_commits_are_durable_whatever_the_server_is_set_to(workspace: Workspace) -> None:
    database = workspace.database.engine.url.database
    with closing(cluster().admin()) as admin:
        admin.execute(f"ALTER DATABASE {database} SET synchronous_commit = off")
        admin.execute(f"ALTER DATABASE {database} SET default_transaction_isolation = 'serializable'")
    workspace.database.engine.dispose()
    with workspace.database.write() as connection:
        said = [
            connection.exec_driver_sql(f"SHOW {name}").scalar()
            for name in ("synchronous_commit", "transaction_isolation")
        ]
    assert said == ["on", "read committed"]


def test_a_servers_own_limits_end_nothing_that_goes_on(workspace: Workspace) -> None:
    """A move of millions lasts longer, and the connection that has its lock lies unused meanwhile."""
    database = workspace.database.engine.url.database
    limits = ("idle_session_timeout", "transaction_timeout")
    with closing(cluster().admin()) as admin:
        for name in limits:
            admin.execute(f"ALTER DATABASE {database} SET {name} = '100ms'")
        workspace.database.engine.dispose()
        with hold_move(workspace.database.engine) as lock, workspace.database.write() as connection:
            admin.execute(f"ALTER DATABASE {database} RESET ALL")  # for whoever empties it
            connection.exec_driver_sql("SELECT pg_sleep(0.2)")
            assert lock.exec_driver_sql("SELECT 1").scalar() == 1
            assert [connection.exec_driver_sql(f"SHOW {name}").scalar() for name in limits] == ["0", "0"]


def test_flows_that_cannot_have_their_connections_do_not_begin(workspace: Workspace) -> None:
    """DBOS would wait for them in silence, deaf to whoever wants to end it."""
    running = cluster()
    database = workspace.database.engine.url.database or ""
    with closing(running.admin()) as admin:
        admin.execute(f"CREATE ROLE narrow LOGIN CONNECTION LIMIT 1 PASSWORD '{PASSWORD}'")
        flows = open_server_flows(replace(running.server(database), user="narrow"), PASSWORD)
        try:
            with pytest.raises(WorkspaceError) as caught, beginning(flows):
                pass
        finally:
            flows.dispose()
            admin.execute("SELECT pg_terminate_backend(pid, 9000) FROM pg_stat_activity WHERE usename = 'narrow'")
            admin.execute("DROP ROLE narrow")
    assert caught.value.code == "server_connections"


def test_a_try_to_connect_that_nobody_answers_leaves_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even until somebody looks for cycles: a worker tries again and again for as long as its server is away."""
    monkeypatch.setattr(postgres, "CONNECT_SECONDS", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        gc.disable()
        try:
            with pytest.raises(WorkspaceError) as caught:
                open_server(Server("127.0.0.1", USER, "x", silent.getsockname()[1], verified=False), PASSWORD)
        finally:
            gc.enable()
        silent.settimeout(5)
        opened, _ = silent.accept()
        with opened:
            opened.settimeout(5)
            while opened.recv(4_096):
                pass
    assert caught.value.code == "server_unreachable"
