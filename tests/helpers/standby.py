"""A server with a standby of its own that takes over from it, lacking what did not reach it any more."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.helpers.pg import PASSWORD, USER, Cluster, free_port, server_programs, user_of_server, wait_for
from tests.helpers.run import home_of_run
from tests.helpers.way import Way

_SETTINGS: Final = ("fsync=off", "shared_buffers=48MB", "max_connections=100", "unix_socket_directories=")


@dataclass
class Pair:
    """`way` leads to whichever of the two is the server; the standby hears of it by a way of its own."""

    folder: Path
    first: int
    second: int
    way: Way
    _hears: Way
    _running: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    def begin(self, *, synchronous: bool) -> None:
        programs, env = server_programs()
        one, other = self._data("one"), self._data("other")
        (self.folder / "password").write_text(PASSWORD + "\n", encoding="utf-8")
        options = ("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
        _run(
            programs / "initdb",
            "-D",
            str(one),
            "-U",
            USER,
            "--pwfile",
            str(self.folder / "password"),
            *options,
            env=env,
        )
        self._start(one, self.first)
        copied = ("-h", "127.0.0.1", "-p", str(self._hears.port), "-U", USER, "-D", str(other))
        _run(programs / "pg_basebackup", *copied, "--write-recovery-conf", "--checkpoint=fast", "--no-sync", env=env)
        self._start(other, self.second)
        if synchronous:
            with Cluster(self.first).admin() as admin:
                admin.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
                admin.execute("SELECT pg_reload_conf()")

    def fall_behind(self) -> None:
        """From now on the standby hears nothing."""
        self._hears.cut()

    def fail(self) -> None:
        """The server is gone at once, and for ever."""
        gone = self._running.pop(self.first)
        gone.send_signal(signal.SIGQUIT)
        gone.wait()

    def take_over(self) -> None:
        """The standby is the server; returns once the way leads there."""
        with Cluster(self.second).admin() as admin:
            admin.execute("SELECT pg_promote(true, 60)")
        self.way.lead_to(self.second)

    def close(self) -> None:
        for each in self._running.values():
            each.send_signal(signal.SIGQUIT)
            each.wait()
        for way in (self.way, self._hears):
            way.close()

    def _data(self, name: str) -> Path:
        made = self.folder / name
        made.mkdir(mode=0o700)
        uid, gid = user_of_server()
        if uid:
            os.chown(made, uid, gid)
        return made

    def _start(self, data: Path, port: int) -> None:
        programs, env = server_programs()
        settings = [word for each in (*_SETTINGS, "listen_addresses=127.0.0.1") for word in ("-c", each)]
        command = [str(programs / "postgres"), "-D", str(data), "-p", str(port), *settings]
        log = self.folder / f"{data.name}.log"
        with log.open("wb") as out:
            begun = self._running[port] = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env, **_as_user()
            )
        wait_for(port, log, lambda: begun.poll() is None)


@contextmanager
def server_with_standby(*, synchronous: bool) -> Iterator[Pair]:
    """`synchronous`: nothing counts before the standby has it."""
    first, second = free_port(), free_port()
    folder = home_of_run() / f"pair-{first}"
    server_programs()  # makes the folder of the run
    folder.mkdir(mode=0o711)
    pair = Pair(folder, first, second, Way(first), Way(first))
    try:
        pair.begin(synchronous=synchronous)
        yield pair
    finally:
        pair.close()
        shutil.rmtree(folder, ignore_errors=True)


def _run(program: Path, *arguments: str, env: dict[str, str]) -> None:
    subprocess.run([str(program), *arguments], check=True, capture_output=True, env=env, **_as_user())


def _as_user() -> dict[str, Any]:
    uid, gid = user_of_server()
    return {"user": uid, "group": gid, "extra_groups": []} if uid else {}
