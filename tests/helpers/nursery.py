"""Processes of this program that begin where all that it imports is imported, which takes longer than many a test.

A nursery is a process that has imported everything and does nothing but fork. Each of its children becomes what it was
asked for: a process with its own streams and environment that runs the program's module from its first line and ends
as any other. A process whose interpreter would read something else at its start begins from nothing, and so does every
process where nobody can fork.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

NUMBER: Final = struct.Struct("i")  # a process, and later the status with which it ended, as `waitpid` has it
REQUEST_BYTES: Final = 128 * 1024
_NOBODY_KNOWS: Final = 255 << 8  # how it ended: the nursery has ended too, and no test may take that for a good end
_MODULES: Final = {"campaign_app", "campaign_app.cli.sandbox"}
_HELPERS: Final = "tests.helpers."
# what Python and the loader of libraries read when a process starts, and never again
_READ_AT_START: Final = (
    "PYTHON",
    "LD_",
    "GLIBC_",
    "LANG",
    "LOCPATH",
    "LC_",
    "MALLOC_",
    "OPENBLAS_",
    "OMP_",
    "OPENSSL_",
)
# of these, what changes nothing where the repository is the folder and everything is in UTF-8
_AS_IT_IS: Final = {("PYTHONPATH", str(Path(__file__).parents[2])), ("PYTHONUTF8", "1")}
# also for tests that count their own children, wait for their ends or look into /proc
FROM_NOTHING: Final = subprocess.Popen


def use_nursery() -> None:
    """From now on `subprocess.Popen` asks it for all that it can bring up; it starts with the first of them."""
    if sys.platform == "linux":
        _Nursery.environment, _Nursery.folder = dict(os.environ), Path.cwd()
        subprocess.Popen = _Popen  # under the name by which the program itself calls it


@dataclass(frozen=True)
class _Wanted:
    module: str
    arguments: Sequence[str]
    environment: Mapping[str, str]


class _Nursery:
    """Of the environment and folder in which it was put to use, whatever test asks for it first."""

    environment: ClassVar[Mapping[str, str]]
    folder: ClassVar[Path]

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            # it ends with this process, whose end of the socket is closed then
            self._process = FROM_NOTHING(
                [sys.executable, "-m", "tests.helpers.nursery_process", str(theirs.fileno())],
                pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                env=self.environment, cwd=self.folder,
            )  # fmt: skip

    def begin(self, wanted: _Wanted, streams: Sequence[int]) -> tuple[int, socket.socket]:
        """The process, and where the status is told with which it ends. Raises OSError."""
        ours, theirs = socket.socketpair()
        with theirs:
            deaf = signal.getsignal(signal.SIGINT) is signal.SIG_IGN  # a child from nothing inherits that
            request = json.dumps([wanted.module, [*wanted.arguments], dict(wanted.environment), deaf])
            socket.send_fds(self._socket, [request.encode()], [theirs.fileno(), *streams])
        told = ours.recv(NUMBER.size, socket.MSG_WAITALL)
        if not told:
            ours.close()
            raise ChildProcessError("the nursery has ended")
        return NUMBER.unpack(told)[0], ours


def _at_start(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() - _AS_IT_IS if name.startswith(_READ_AT_START)}


_lock = threading.Lock()
_nurseries: dict[int, _Nursery] = {}  # by the process that has it


def _nursery() -> _Nursery:
    with _lock:
        if os.getpid() not in _nurseries:
            _nurseries[os.getpid()] = _Nursery()
        return _nurseries[os.getpid()]


def _wanted(args: object, environment: Mapping[str, str] | None, folder: Any) -> _Wanted | None:
    """What a nursery can bring up; None: nothing of that kind, or not under these circumstances."""
    if not isinstance(args, list | tuple) or [*map(str, args[:2])] != [sys.executable, "-m"]:
        return None
    module, *arguments = map(str, args[2:])
    if module not in _MODULES and not module.startswith(_HELPERS):
        return None
    wanted = _Wanted(module, arguments, os.environ if environment is None else environment)
    here = Path.cwd() if folder is None else Path(folder)
    same = here == _Nursery.folder and _at_start(wanted.environment) == _at_start(_Nursery.environment)
    return wanted if same else None


class _Popen(FROM_NOTHING):
    """Where another process forks, it is also that one which waits for the child and tells its status."""

    _told: socket.socket | None = None

    def _execute_child(
        self, args: Any, executable: Any, preexec_fn: Any, close_fds: Any, pass_fds: Any, cwd: Any, env: Any, *more: Any
    ) -> None:
        _startupinfo, _flags, shell, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, *rest = more
        pipes = p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite
        plain = (executable, preexec_fn, close_fds, [*pass_fds], shell) == (None, None, True, [], False)
        # signals restored; no group, user, mask, session and process group of its own
        wanted = _wanted(args, env, cwd) if plain and rest == [True, None, None, None, -1, False, -1] else None
        if wanted is None:
            super()._execute_child(args, executable, preexec_fn, close_fds, pass_fds, cwd, env, *more)
            return
        given = [own if pipe == -1 else pipe for own, pipe in enumerate((p2cread, c2pwrite, errwrite))]
        self.pid, self._told = _nursery().begin(wanted, given)
        self._child_created = True
        self._close_pipe_fds(*pipes)

    def _internal_poll(self, *state: Any, **names: Any) -> int | None:
        if self._told is None:
            return super()._internal_poll(*state, **names)
        lock: threading.Lock = self._waitpid_lock
        if self.returncode is None and lock.acquire(blocking=False):  # held: who waits in another thread will know
            try:
                pid, status = self._try_wait(os.WNOHANG)
                if pid:
                    self._handle_exitstatus(status)
            finally:
                lock.release()
        return self.returncode

    def _try_wait(self, flags: int) -> tuple[int, int]:
        if self._told is None:
            return super()._try_wait(flags)
        try:
            told = self._told.recv(NUMBER.size, socket.MSG_DONTWAIT if flags & os.WNOHANG else socket.MSG_WAITALL)
        except BlockingIOError:
            return 0, 0
        self._told.close()
        return self.pid, NUMBER.unpack(told)[0] if told else _NOBODY_KNOWS
