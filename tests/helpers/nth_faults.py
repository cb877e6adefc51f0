"""The Nth thing that a process does at one of its borders fails: a write or a commit at the driver, an HTTP request.

For a process that was forked for one round: what is replaced are names of the driver's and of requests' own, for good.
"""

from __future__ import annotations

import mmap
import os
import signal
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any, Final, NoReturn, TypeVar

import requests
import sqlcipher3.dbapi2 as sqlcipher
from requests.adapters import HTTPAdapter

T = TypeVar("T")
BORDERS: Final = ("write", "commit", "call")
_COUNTS: Final = struct.Struct("4q")  # by border, and whether the fault fired
_SITE: Final = 200
_WRITES: Final = ("INSERT", "UPDATE", "DELETE", "REPLACE")


def _sqlite(code: int, words: str) -> Callable[[], NoReturn]:
    def fail() -> NoReturn:
        error = sqlcipher.OperationalError(words)
        error.sqlite_errorcode = code
        raise error

    return fail


def _unreachable() -> NoReturn:
    raise requests.exceptions.ConnectTimeout("injected")


def _unanswered() -> NoReturn:
    raise requests.exceptions.ReadTimeout("injected")


def _killed() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("a killed process goes on")


_IO_ERROR: Final = _sqlite(10, "disk I/O error")
_FULL: Final = _sqlite(13, "database or disk is full")


@dataclass(frozen=True, slots=True)
class Kind:
    """What fails, whether it is carried out before it does, and how."""

    border: str
    done: bool
    fail: Callable[[], NoReturn]


KINDS: Final = {
    "write": Kind("write", False, _IO_ERROR),
    "write_full": Kind("write", False, _FULL),
    "commit": Kind("commit", False, _IO_ERROR),
    "commit_done": Kind("commit", True, _IO_ERROR),
    "call": Kind("call", False, _unreachable),
    "call_done": Kind("call", True, _unanswered),
    "kill_write": Kind("write", False, _killed),
    "kill_commit": Kind("commit", False, _killed),
    "kill_commit_done": Kind("commit", True, _killed),
    "kill_call": Kind("call", False, _killed),
    "kill_call_done": Kind("call", True, _killed),
}


class Tally:
    """Counts of a round, shared by its processes one after another: how much was met, and where the fault fired."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, mmap.PAGESIZE)
        self._lock = Lock()

    def count(self, border: str) -> int:
        """The number of this one."""
        with self._lock:
            counts = list(_COUNTS.unpack_from(self._memory))
            at = BORDERS.index(border)
            counts[at] += 1
            _COUNTS.pack_into(self._memory, 0, *counts)
            return counts[at]

    def fire(self, site: str) -> None:
        with self._lock:
            counts = _COUNTS.unpack_from(self._memory)
            written = site.encode()[:_SITE]
            self._memory[_COUNTS.size : _COUNTS.size + _SITE] = written.ljust(_SITE, b"\x00")
            _COUNTS.pack_into(self._memory, 0, *counts[:-1], 1)

    @property
    def met(self) -> dict[str, int]:
        return dict(zip(BORDERS, _COUNTS.unpack_from(self._memory), strict=False))

    @property
    def fired(self) -> bool:
        return bool(_COUNTS.unpack_from(self._memory)[-1])

    @property
    def site(self) -> str:
        written = self._memory[_COUNTS.size : _COUNTS.size + _SITE]
        return written.rstrip(b"\x00").decode(errors="replace")

    def close(self) -> None:
        self._memory.close()


@dataclass(frozen=True, slots=True)
class Plan:
    """The fault of a round: the `nth` of the kind's border. Of another kind there is none; all is counted anyhow.

    `jump` is done before the `nth` call instead, where there is one.
    """

    kind: str
    nth: int
    tally: Tally
    jump: Callable[[], None] | None = None

    def meet(self, border: str, site: str, carry_out: Callable[[], T]) -> T:
        number, kind = self.tally.count(border), KINDS.get(self.kind)
        if self.jump is not None and border == "call" and number == self.nth:
            self.tally.fire(site)
            self.jump()
        if kind is None or kind.border != border or number != self.nth:
            return carry_out()
        if kind.done:
            carry_out()
        self.tally.fire(site)
        return kind.fail()


def install(plan: Plan) -> None:
    """Every connection and every request that this process makes from now on goes by the plan."""
    _install_driver(plan)
    _install_http(plan)


class Cursor(sqlcipher.Cursor):
    def execute(self, sql: str, *values: Any) -> Any:
        return self._run(sql, partial(super().execute, sql, *values))

    def executemany(self, sql: str, *values: Any) -> Any:
        return self._run(sql, partial(super().executemany, sql, *values))

    def _run(self, sql: str, carry_out: Callable[[], Any]) -> Any:
        if not sql.lstrip()[:7].upper().startswith(_WRITES):
            return carry_out()
        return self.connection.plan.meet("write", f"{self.connection.file} {' '.join(sql.split())}", carry_out)


class Connection(sqlcipher.Connection):
    file: str
    plan: Plan

    def cursor(self, factory: Any = Cursor) -> Any:
        return super().cursor(factory)

    def commit(self) -> None:
        if self.in_transaction:
            self.plan.meet("commit", f"{self.file} COMMIT", super().commit)


def _install_driver(plan: Plan) -> None:
    connect = sqlcipher.connect

    def faulty(database: str, **options: Any) -> Any:
        made = connect(database, factory=Connection, **options)
        made.plan, made.file = plan, "flows" if "flows.db" in database else "workspace"
        return made

    sqlcipher.connect = faulty


def _install_http(plan: Plan) -> None:
    send = HTTPAdapter.send

    def faulty(self: HTTPAdapter, request: requests.PreparedRequest, *rest: Any, **options: Any) -> requests.Response:
        site = f"{request.method} {request.path_url.partition('?')[0]}"
        return plan.meet("call", site, lambda: send(self, request, *rest, **options))

    HTTPAdapter.send = faulty
