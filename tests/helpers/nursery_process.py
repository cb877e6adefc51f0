"""The nursery of `tests/helpers/nursery.py`: `python -m tests.helpers.nursery_process SOCKET`."""

from __future__ import annotations

import gc
import json
import os
import runpy
import select
import signal
import socket
import sys
import tempfile
import time
from contextlib import suppress
from importlib import import_module

from campaign_app import working
from tests.helpers.nursery import NUMBER, REQUEST_BYTES

# what the program's commands load once they are asked for, beside what a worker does
_LOADED = ("ui.app", "cli.main", "bootstrap", "demo", "sandbox")
_FDS = 4


def main() -> None:
    for name in _LOADED:
        import_module(f"campaign_app.{name}")
    working.get_ready()
    gc.collect()
    gc.freeze()  # a child's search for cycles would copy all of it
    born = _serve(socket.socket(fileno=int(sys.argv[1])))
    if born is not None:
        _become(*born)


def _serve(asked: socket.socket) -> tuple[bytes, list[int]] | None:
    """Forks until whoever asks is gone. In a child: what it is to be, and its streams."""
    ended, wakes = socket.socketpair()
    ended.setblocking(False)
    wakes.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # at a terminal: whoever asks sees to its children
    signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
    children: dict[int, socket.socket] = {}  # where the end of each is told
    while True:
        ready, _, _ = select.select([asked, ended], [], [])
        if ended in ready:
            ended.recv(4_096)
            _tell(children)
        if asked not in ready:
            continue
        request, fds, _, _ = socket.recv_fds(asked, REQUEST_BYTES, _FDS)
        if not request:
            return None
        told, streams = socket.socket(fileno=fds[0]), fds[1:]
        if child := os.fork():
            children[child] = told
            with suppress(BrokenPipeError):
                told.sendall(NUMBER.pack(child))
            for each in streams:
                os.close(each)
            continue
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for ours in (asked, ended, wakes, told, *children.values()):
            ours.close()
        return request, streams


def _tell(children: dict[int, socket.socket]) -> None:
    while children:
        child, status = os.waitpid(-1, os.WNOHANG)
        if not child:
            return
        # nobody may wait for it any more
        with children.pop(child) as told, suppress(BrokenPipeError):
            told.sendall(NUMBER.pack(status))


def _become(request: bytes, streams: list[int]) -> None:
    """Raises SystemExit where the module does: the interpreter then ends as after any other program."""
    module, arguments, environment, deaf = json.loads(request)
    if not deaf:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, (stream, name) in enumerate(zip(streams, ("stdin", "stdout", "stderr"), strict=True)):
        os.dup2(stream, number)
        os.close(stream)
        before = getattr(sys, name)
        how = {"encoding": before.encoding, "errors": before.errors, "newline": "\n", "closefd": False}
        now = os.fdopen(number, before.mode, **how)
        now.reconfigure(line_buffering=now.line_buffering or name == "stderr")  # as Python's own
        setattr(sys, name, now)
        setattr(sys, f"__{name}__", now)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    tempfile.tempdir = None  # it follows the environment when it is first asked for
    sys.argv = [module, *arguments]
    if not hasattr(sys.modules.get(module), "__path__"):
        sys.modules.pop(module, None)  # from now on it is __main__
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
